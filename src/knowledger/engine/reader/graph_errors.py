"""What LadybugDB says when a query fails, as an error a user can act on: the place and the rule, nothing of ours."""

import re
from pathlib import Path

from knowledger.domain.graphs.reading import QueryError, QueryTimeout, QueryTooLarge, StatementNotAllowed
from knowledger.kernel.errors import KnowledgerError

_PLACE = re.compile(r"\s*\(line: (\d+), offset: (\d+)\)")
_KIND = re.compile(r"^(\w+) exception: ")
_ARGUMENTS = re.compile(r"Function (\w+) did not receive correct arguments:\s*Actual:\s*(.*?)\s*Expected:", re.DOTALL)
_OUT_OF_MEMORY = ("Buffer manager exception", "bad_alloc", "Unable to allocate memory")
_FAULTS_OF_OURS = ("IO", "Storage", "Internal", "Connection", "Checkpoint", "Transaction")
_LONGEST_MESSAGE = 500


def query_error(error: BaseException, path: Path) -> KnowledgerError:
    text = str(error)
    if text.startswith("Interrupted"):
        return QueryTimeout()
    if isinstance(error, MemoryError) or any(sign in text for sign in _OUT_OF_MEMORY):
        return QueryTooLarge()
    if "read-only database" in text:
        return StatementNotAllowed(hint="Queries only read. Files change a graph: upload them and materialize.")
    if arguments := _ARGUMENTS.search(text):
        return _wrong_arguments(arguments[1], arguments[2])
    found = _KIND.match(text)
    kind = found[1] if found else ""
    if kind in _FAULTS_OF_OURS:
        return QueryError("The engine could not run this query.")
    return _query_error(kind, text[found.end() :] if found else text, path)


def _wrong_arguments(function: str, actual: str) -> QueryError:
    """The engine lists every type it takes; what helps is the type it got and a way round."""
    hint = "CAST the argument to a type that it takes."
    if "DECIMAL" in actual:
        hint = "Exact: list_sum(collect(x)) for a sum, ORDER BY x LIMIT 1 for an extreme. Else CAST(x AS DOUBLE)."
    return QueryError(f"{function} does not take {actual}.", hint=hint)


def _query_error(kind: str, text: str, path: Path) -> QueryError:
    """A parser's message ends with its place; what follows is the query again, with a mark below it."""
    place = _PLACE.search(text) if kind == "Parser" else None
    message = " ".join((text[: place.start()] if place else text).split()).rstrip(".")
    message = message.replace(str(path), "the graph").replace(str(path.parent), "the graph")[:_LONGEST_MESSAGE]
    if place is None:
        return QueryError(f"{message}.", hint=_HINTS.get(kind))
    line, column = int(place[1]), int(place[2]) + 1
    return QueryError(f"Line {line}, column {column}: {message}.", hint=_HINTS.get(kind), line=line, column=column)


_HINTS = {
    "Parser": "Check the spelling at that place; the manual of LadybugDB's Cypher lists what it knows.",
    "Binder": "The graph's schema names its types and properties: `CALL show_tables() RETURN *`.",
    "Conversion": "The value does not have the type that is needed; CAST it, or mend it.",
    "Overflow": "CAST to a wider type, for example CAST(x AS DOUBLE).",
}
