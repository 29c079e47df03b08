"""Every error that a user can meet, from the classes that declare them."""

import importlib
import pkgutil
from collections.abc import Iterator
from http import HTTPStatus

import knowledger
from knowledger.kernel.errors import KnowledgerError
from pages.markdown import code, notice, sentence, table

_HEAD = """# Errors

Every refusal has one shape, whoever makes it:

```json
{
  "error": {
    "code": "GraphNotFound",
    "message": "There is no graph 'kg_1' that you can see.",
    "hint": null,
    "retryable": false
  },
  "detail": "There is no graph 'kg_1' that you can see."
}
```

`code` is stable and listed below; `message` names the place: file, line, column, value, rule, limit. `hint` says what
you can do about it, `retryable` whether the same request may succeed later, and `details`, where there are any, holds
what a program needs of it. An operation that fails says the same in its `operation_error` event and in the `error` of
its record. In the Python client they are `ApiError` and `OperationFailed`.

The messages and hints below are the ones that are given where nothing more is known; most say more. What a route does
not know by a name of its own (a wrong path, a wrong method, a body that is not JSON) is answered in the same shape with
the status's own phrase as its code, such as `MethodNotAllowed`. A row that does not fit is no error but a
[rejected row](../wire.md#rejected-rows).

"""


def page() -> str:
    found = sorted(error_classes(), key=lambda kind: (kind.status, kind.__name__))
    return notice("the subclasses of KnowledgerError") + _HEAD + "\n".join(_sections(found))


def _sections(found: list[type[KnowledgerError]]) -> Iterator[str]:
    for status in dict.fromkeys(kind.status for kind in found):
        yield from (f"## {status} {_phrase(status)}", "")
        rows = (_row(kind) for kind in found if kind.status == status)
        yield from table(("code", "message", "hint", "retryable"), dict.fromkeys(rows))


def _phrase(status: int) -> str:
    """499 is no standard one: what proxies log for a client that left."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Client Closed Request"


def _row(kind: type[KnowledgerError]) -> tuple[str, str, str, str]:
    message = kind("").message
    return code(kind.__name__), message, sentence(kind.hint or ""), "yes" if kind.retryable else ""


def error_classes() -> Iterator[type[KnowledgerError]]:
    """All of them: every module of the package is imported first."""
    for module in pkgutil.walk_packages(knowledger.__path__, "knowledger."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            importlib.import_module(module.name)
    yield from _below(KnowledgerError)


def _below(kind: type[KnowledgerError]) -> Iterator[type[KnowledgerError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
