"""JSON parameters, as LadybugDB takes them."""

from collections.abc import Mapping
from functools import lru_cache

from knowledger.domain.graphs.reading import QueryError
from knowledger.engine.guard.cypher import CheckedStatement, check_cypher
from knowledger.engine.guard.tokens import Kind
from knowledger.kernel.json import JsonObject, JsonValue

_INT64 = range(-(2**63), 2**63)


def check_parameters(statement: CheckedStatement, parameters: JsonObject) -> None:
    missing = sorted(statement.parameters - parameters.keys())
    if missing:
        shown = ", ".join(f"${name}" for name in missing)
        raise QueryError(f"The query uses {shown}, but no such parameter was given.", missing=missing)
    for name, value in parameters.items():
        _check_value(name, value)


def with_wide_integers(statement: CheckedStatement, parameters: Mapping[str, JsonValue]) -> str:
    """The statement with `CAST($n AS INT64)` for every `$n` that is an integer.

    LadybugDB gives an integer parameter the narrowest type that holds it, so that `$a + $b` overflows at 128. LIMIT and
    SKIP take a bare parameter only, and do not calculate with it.
    """
    integers = frozenset(
        name for name in statement.parameters if isinstance(parameters[name], int) and parameters[name] is not True
    )
    return _widened(statement.text, integers) if integers else statement.text


@lru_cache(maxsize=256)
def _widened(text: str, integers: frozenset[str]) -> str:
    parts, position = [], 0
    previous = None
    for token in check_cypher(text).tokens:
        limits = previous is not None and previous.is_word("LIMIT", "SKIP")
        if token.kind is Kind.PARAMETER and token.word in integers and not limits:
            parts += [text[position : token.start], f"CAST({token.text} AS INT64)"]
            position = token.end
        previous = token
    return "".join([*parts, text[position:]])


def _check_value(name: str, value: JsonValue) -> None:
    match value:
        case bool():
            return
        case int() if value not in _INT64:
            hint = "Hand it over as text and CAST it in the query."
            raise QueryError(f"${name}: {value} does not fit 64 bits.", hint=hint)
        case list():
            for item in value:
                _check_value(name, item)
        case dict():
            for item in value.values():
                _check_value(name, item)
