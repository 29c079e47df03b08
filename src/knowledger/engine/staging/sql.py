"""Text made safe for SQL. Nothing a user wrote enters a statement but through these."""

import re


def identifier(name: str) -> str:
    """A name as SQL writes it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """A string as SQL writes it, whatever it holds."""
    return "'" + str(text).replace("'", "''") + "'"


def path_literal(path: object) -> str:
    """A path as DuckDB's readers take it: only that file, even where its name looks like a pattern."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))


def any_of(conditions: list[str]) -> str:
    return "(" + " OR ".join(conditions or ["FALSE"]) + ")"
