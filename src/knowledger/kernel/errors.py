"""The one root of every error that reaches a user.

The class name is the wire code, the docstring the default message, `status` the HTTP status, `hint` what the user
can do about it. A subclass stands beside the code that raises it.
"""

import errno
from typing import ClassVar

from knowledger.kernel.json import JsonObject, JsonValue


class KnowledgerError(Exception):
    """Something went wrong on our side."""

    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    hint: str | None = None

    def __init__(self, message: str | None = None, *, hint: str | None = None, **details: object) -> None:
        self.message = message or self._default_message()
        if hint is not None:
            self.hint = hint
        self.details: JsonObject = {name: _plain(value) for name, value in details.items()}
        super().__init__(self.message)

    @property
    def code(self) -> str:
        return type(self).__name__

    def as_json(self) -> JsonObject:
        """The wire shape of an error: code, message, hint, retryable and, where there are any, details."""
        body: JsonObject = {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "retryable": self.retryable,
        }
        if self.details:
            body["details"] = self.details
        return body

    @classmethod
    def _default_message(cls) -> str:
        return (cls.__doc__ or "Something went wrong.").strip().splitlines()[0]


def _plain(value: object) -> JsonValue:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item) for item in value]
        case _:
            return str(value)


class InvalidInput(KnowledgerError):
    """The request is malformed."""

    status = 422


class NotFound(KnowledgerError):
    """There is no such thing here, or it is not yours to see."""

    status = 404


class Forbidden(KnowledgerError):
    """Your role does not allow this."""

    status = 403


class Unauthenticated(KnowledgerError):
    """This needs a valid API key or a signed-in session."""

    status = 401
    hint = "Send `X-API-Key: kn_…`, or sign in; `knowledger up` prints a sign-in link."


class Conflict(KnowledgerError):
    """This collides with what is already there."""

    status = 409


class LimitExceeded(KnowledgerError):
    """A limit of your tier would be exceeded."""

    status = 413


class InternalError(KnowledgerError):
    """Something went wrong on our side."""

    hint = (
        "Try again; if it stays so, report it with the time and the operation's id, if there is one: the log has more."
    )


class DiskFull(KnowledgerError):
    """There is no space left on the disk that holds the data."""

    status = 507
    retryable = True
    hint = "Free some space, then try again; nothing was lost or half-written."


def is_disk_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
