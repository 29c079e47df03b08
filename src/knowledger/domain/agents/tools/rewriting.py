"""What people and models write for Neo4j, said as LadybugDB understands it. One pass, the same every time."""

import re
from collections.abc import Callable

_STRING_OR_NAME = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|//[^\n]*|/\*.*?\*/", re.DOTALL)
_RENAMED = {
    "type": "label",
    "elementId": "id",
    "toInteger": "to_int64",
    "toFloat": "to_double",
    "toBoolean": "to_bool",
    "toString": "to_string",
    "datetime": "timestamp",
    "stdev": "stddev",
    "ucase": "upper",
    "lcase": "lower",
}
_CALLS = {
    r"CALL\s+db\.labels\s*\(\s*\)(?:\s+YIELD\s+\w+)?": "CALL show_tables() WHERE type = 'NODE'",
    r"CALL\s+db\.relationshipTypes\s*\(\s*\)(?:\s+YIELD\s+\w+)?": "CALL show_tables() WHERE type = 'REL'",
    r"CALL\s+db\.schema\.\w+\s*\(\s*\)(?:\s+YIELD\s+[\w, ]+)?": "CALL show_tables()",
}


def rewritten(query: str, problem: str) -> str:
    """The query with known Neo4j-isms replaced. `problem` is why it did not compile."""
    query = _outside_strings(query, _plain_text)
    if "DECIMAL" in problem:
        query = _each_call(query, "sum", lambda inside: f"list_sum(collect({inside}))")
        query = _each_call(query, "avg", lambda inside: f"avg(CAST({inside} AS DOUBLE))")
    query = _each_call(query, "head", lambda inside: f"list_extract({inside}, 1)")
    query = _each_call(query, "last", lambda inside: f"list_extract({inside}, -1)")
    return _each_call(query, "exists", lambda inside: f"({inside} IS NOT NULL)", only=re.compile(r"\s*\w+\.\w+\s*"))


def _plain_text(text: str) -> str:
    text = text.replace("!=", "<>")
    for old, new in _RENAMED.items():
        text = re.sub(rf"(?<![\w.]){old}\s*\(", f"{new}(", text, flags=re.IGNORECASE)
    for pattern, new in _CALLS.items():
        text = re.sub(pattern, new, text, flags=re.IGNORECASE)
    return re.sub(r"(\b\w+\.\w+)\.(year|month|day|quarter)\b", r"date_part('\2', \1)", text)


def _outside_strings(query: str, change: Callable[[str], str]) -> str:
    parts, position = [], 0
    for found in _STRING_OR_NAME.finditer(query):
        parts += [change(query[position : found.start()]), found[0]]
        position = found.end()
    return "".join([*parts, change(query[position:])])


def _each_call(query: str, function: str, change: Callable[[str], str], only: re.Pattern[str] | None = None) -> str:
    """Replace `function(…)`, brackets matched, wherever its argument is of the form `only`."""
    found = re.search(rf"(?<![\w.]){function}\s*\(", query, flags=re.IGNORECASE)
    if found is None:
        return query
    end = _closing(query, found.end())
    if end is None:
        return query
    inside, rest = query[found.end() : end], _each_call(query[end + 1 :], function, change, only)
    if only is not None and not only.fullmatch(inside):
        return query[: end + 1] + rest
    return query[: found.start()] + change(inside) + rest


def _closing(query: str, start: int) -> int | None:
    depth = 1
    for index in range(start, len(query)):
        depth += {"(": 1, ")": -1}.get(query[index], 0)
        if depth == 0:
            return index
    return None
