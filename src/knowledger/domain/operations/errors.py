"""How an operation can be refused or end other than well."""

from knowledger.kernel.errors import Conflict, InvalidInput, KnowledgerError, NotFound


class OperationNotFound(NotFound):
    """There is no such operation, or it is not yours to see."""


class OperationFinished(Conflict):
    """The operation has already ended."""

    hint = "A finished operation stays as it is; start a new one if you need to."


class IdempotencyKeyReused(InvalidInput):
    """This Idempotency-Key was used before, for a different request."""

    hint = "Use a new key for a new request, or repeat the first request exactly."


class OperationTimedOut(KnowledgerError):
    """The operation did not finish within its time."""

    status = 408
    hint = "Try with less data at a time; if it should have been enough time, look at the log of the worker."


class WorkerLost(KnowledgerError):
    """Every worker that tried this operation died while at it."""

    retryable = True
    hint = "Start it again; if it ends so again, the work may need more memory than the machine has."


class OperationCancelled(KnowledgerError):
    """The operation was cancelled."""

    status = 409


class LeaseLost(Exception):
    """This worker no longer holds the operation: whatever it would write, another may have written already."""
