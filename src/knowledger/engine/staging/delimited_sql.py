"""How DuckDB reads a delimited file, and how one of its records is written."""

from knowledger.engine.staging.dialect import Dialect
from knowledger.engine.staging.formats import DataFile
from knowledger.engine.staging.lines import MOST_LINE_BYTES
from knowledger.engine.staging.sql import literal, path_literal


def read_as_text(file: DataFile, dialect: Dialect, *, ignore_errors: bool = False) -> str:
    """A FROM item whose columns c0, c1 … are the cells as text; a record that is not whole is an error, or left out."""
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(dialect.width))
    quote = literal(dialect.quote)
    return (
        f"read_csv({path_literal(file.path)}, auto_detect = false, header = true, compression = 'none', "
        f"delim = {literal(dialect.delimiter)}, quote = {quote}, escape = {quote}, "
        f"max_line_size = {MOST_LINE_BYTES}, ignore_errors = {str(ignore_errors).lower()}, columns = {{{columns}}})"
    )


def record_text(dialect: Dialect) -> str:
    """The record as one line, written anew from its cells."""
    special = "[" + dialect.delimiter.replace("|", r"\|").replace("\t", r"\t") + r'"\r\n]'
    cells = (
        f"CASE WHEN regexp_matches(c{i}, {literal(special)}) "
        f"THEN concat('\"', replace(c{i}, '\"', '\"\"'), '\"') ELSE coalesce(c{i}, '') END"
        for i in range(dialect.width)
    )
    return f"concat_ws({literal(dialect.delimiter)}, {', '.join(cells)})"
