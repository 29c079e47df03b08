"""Rows that are typed already: Parquet files that hold exactly what their tables' schema says.

They need no staging, which reads what people write. Many small ones of a table become one, which is a staged file like
any other.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.progress import Work


@dataclass(frozen=True)
class GatherRequest:
    """Directories with a `<table>.parquet` for each of some tables; of rows with the same key the last one counts.

    In tables that are `completed`, what the last row leaves empty the latest one says that does not.
    `into` takes one such file for each table that any of them has one for, and `rejects.parquet`, which has no rows.
    """

    schema: GraphSchema
    directories: tuple[Path, ...]
    into: Path
    scratch: Path
    completed: tuple[str, ...] = ()


class TypedRowsEngine(Protocol):
    def gather(self, request: GatherRequest) -> Work[dict[str, int]]:
        """Make one file of many for each table; gives its rows by table. Raises StagingSchemaMismatch."""
