"""How a sandboxed child may end badly, and how an error inside it becomes one outside."""

import errno
from collections.abc import Iterator

from knowledger.kernel.errors import DiskFull, KnowledgerError
from knowledger.kernel.json import JsonObject

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_DISK_FULL_TEXTS = ("No space left on device", "Disk quota exceeded")
# DuckDB's own limit, LadybugDB's buffer pool, C++'s operator new
_OUT_OF_MEMORY_TEXTS = ("Out of Memory Error", "Buffer manager exception", "std::bad_alloc")


class MemoryLimitExceeded(KnowledgerError):
    """This needs more memory than one such piece of work may use."""

    status = 413
    hint = "Ask for less at once, or have the operator raise KNOWLEDGER_ENGINE_MEMORY."


class EngineTimeout(KnowledgerError):
    """This took longer than it may."""

    status = 408
    hint = "Ask for less at once."


class EngineCrashed(KnowledgerError):
    """The engine stopped in the middle of the work."""

    status = 500
    retryable = True
    hint = "Nothing was changed; try again. If it happens again, the log of the sandbox says more."


class SandboxUnavailable(KnowledgerError):
    """The sandbox that runs the engines does not answer."""

    status = 503
    retryable = True
    hint = "It is restarted by itself within seconds; try again. `knowledger doctor` says more."


def error_to_json(error: BaseException) -> JsonObject:
    """What may leave the child about an error: everything of ours, only the kind of anything else."""
    chain = list(_chain(error))
    if any(_is_disk_full(link) for link in chain):
        return DiskFull().as_json()
    if isinstance(error, KnowledgerError):
        return error.as_json()
    if any(_is_out_of_memory(link) for link in chain):
        return {"code": MemoryLimitExceeded.__name__}
    return {"code": EngineCrashed.__name__}


def error_from_json(body: JsonObject, *, memory_setting: str) -> KnowledgerError | None:
    """The same error again; None when no class of this code has been imported."""
    code = body.get("code")
    if code == MemoryLimitExceeded.__name__:
        return memory_limit_exceeded(memory_setting)
    kind = next((kind for kind in _subclasses(KnowledgerError) if kind.__name__ == code), None)
    if kind is None:
        return None
    error = kind.__new__(kind)
    message, hint, details = body.get("message"), body.get("hint"), body.get("details")
    KnowledgerError.__init__(error, message if isinstance(message, str) else None)
    if isinstance(hint, str):
        error.hint = hint
    error.details = details if isinstance(details, dict) else {}
    return error


def memory_limit_exceeded(setting: str) -> MemoryLimitExceeded:
    return MemoryLimitExceeded(hint=f"Ask for less at once, or have the operator raise {setting}.")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_disk_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        return True
    return any(text in str(error) for text in _DISK_FULL_TEXTS)


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or any(text in str(error) for text in _OUT_OF_MEMORY_TEXTS)


def _subclasses(kind: type[KnowledgerError]) -> Iterator[type[KnowledgerError]]:
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)
