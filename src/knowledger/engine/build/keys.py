"""Keys as DuckDB computes them from staged columns, so that both engines mean the same node by the same value."""

from collections.abc import Sequence

from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.domain.graphs.schema import NodeType
from knowledger.engine.build.ddl import has_generated_key

_SEPARATOR, _ESCAPE = "|", "\\"


def key_sql(node: NodeType, columns: Sequence[str]) -> str:
    """The value of a node's primary key, from the columns (as SQL) that hold its parts; NULL when a part is.

    A generated key joins the parts with `|`. Backslashes and bars inside a part are escaped with a backslash, so no
    two keys look alike, and each part is written in the one way that its type has.
    """
    if not has_generated_key(node):
        return columns[0]
    parts = [_text(column, part.type) for column, part in zip(columns, node.key_properties, strict=True)]
    return f" || '{_SEPARATOR}' || ".join(parts)


def _text(column: str, kind: PropertyType) -> str:
    match kind.scalar:
        case Scalar.STRING:
            escaped = f"replace({column}, '{_ESCAPE}', '{_ESCAPE * 2}')"
            return f"replace({escaped}, '{_SEPARATOR}', '{_ESCAPE}{_SEPARATOR}')"
        case Scalar.DOUBLE:
            return f"CASE WHEN {column} = 0 THEN '0.0' ELSE CAST({column} AS VARCHAR) END"
        case Scalar.DECIMAL:
            return f"CAST(CAST({column} AS DECIMAL({kind.precision}, {kind.scale})) AS VARCHAR)"
        case _:
            return f"CAST({column} AS VARCHAR)"
