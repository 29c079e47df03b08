"""Every error that the client raises. Each says what went wrong and, where it can, what to do about it (`hint`)."""

from knowledger.client.json import JsonObject


class KnowledgerClientError(Exception):
    """The root of all errors raised by this package."""

    hint: str | None = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        self.message = message
        if hint is not None:
            self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConnectionFailed(KnowledgerClientError):
    """Nobody answers at the URL; the request was not sent."""

    hint = "Start the server with `knowledger up`, or name its address with --url or KNOWLEDGER_URL."


class IncompleteAnswer(KnowledgerClientError):
    """The connection broke, or stayed silent, before the whole answer was there. What had come is thrown away."""

    hint = "Try again; if it goes on, look at the server's log."


class UnexpectedAnswer(KnowledgerClientError):
    """The answer is not what this API gives: another program listens there, or its version is another."""

    hint = "Check that the URL is that of a Knowledger server, and that its version fits this client's."


class StreamLost(KnowledgerClientError):
    """A stream of events broke and could not be resumed in the time allowed. The operation itself goes on."""

    hint = "The operation goes on without us: `knowledger op watch <id>` takes it up again."


class TimedOut(KnowledgerClientError, TimeoutError):
    """The time that the caller allowed is over. The operation itself goes on."""

    hint = "The operation goes on: watch it again, or cancel it."


class MissingPackage(KnowledgerClientError, ImportError):
    """An optional package is needed for this."""


class ApiError(KnowledgerClientError):
    """The server refused. `code` names the reason in the same words as the documentation."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int,
        hint: str | None = None,
        retryable: bool = False,
        details: JsonObject | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.status = status
        self.retryable = retryable
        self.details: JsonObject = details or {}
        self.retry_after_s = retry_after_s


class OperationFailed(KnowledgerClientError):
    """The operation ended in an error; `code`, `hint` and `details` are the server's."""

    def __init__(
        self,
        operation_id: str,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        retryable: bool = False,
        details: JsonObject | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.operation_id = operation_id
        self.code = code
        self.retryable = retryable
        self.details: JsonObject = details or {}


class OperationCancelled(KnowledgerClientError):
    """The operation was cancelled before it ended; nothing of it took effect."""

    def __init__(self, operation_id: str, message: str) -> None:
        super().__init__(message)
        self.operation_id = operation_id
