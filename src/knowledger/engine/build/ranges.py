"""What the statistics in staged files tell of their columns, without reading a row."""

from collections.abc import Collection, Iterator
from typing import Any, TypeAlias

import pyarrow.parquet as pq

from knowledger.domain.graphs.table_shape import TableColumn
from knowledger.engine.build.staged import LinkedFile, StagedTable

Range: TypeAlias = tuple[Any, Any]
"""The least and the greatest value, or a bound beyond it."""

_WITH_NAN = frozenset({"FLOAT", "DOUBLE"})  # statistics pass over what is not a number


def lie_apart(one: StagedTable, other: StagedTable, columns: Collection[TableColumn]) -> bool:
    """Whether one of these columns certainly has no value in common. Where the statistics do not tell, it has."""
    try:
        here, there = _ranges(one, columns), _ranges(other, columns)
        common = here.keys() & there.keys()
        return any(here[item][1] < there[item][0] or there[item][1] < here[item][0] for item in common)
    except TypeError:  # the column was of another type once
        return False


def _ranges(table: StagedTable, columns: Collection[TableColumn]) -> dict[TableColumn, Range]:
    """Of the columns whose every value is known to lie in one, and none of which is NULL."""
    parts: dict[TableColumn, list[Range | None]] = {column: [] for column in columns}
    for file in table.files:
        with pq.ParquetFile(file.link) as parquet:
            for column, found in parts.items():
                found += _of_groups(parquet.metadata, file, column)
    return {
        column: (min(least for least, _ in known), max(most for _, most in known))
        for column, found in parts.items()
        if (known := [part for part in found if part is not None]) and len(known) == len(found)
    }


def _of_groups(metadata: pq.FileMetaData, file: LinkedFile, column: TableColumn) -> Iterator[Range | None]:
    paths = [metadata.schema.column(index).path for index in range(metadata.num_columns)]
    inside = file.columns.get(column.name)
    for number in range(metadata.num_row_groups):
        yield _of_group(metadata.row_group(number).column(paths.index(inside))) if inside in paths else None


def _of_group(chunk: pq.ColumnChunkMetaData) -> Range | None:
    found = chunk.statistics
    if chunk.physical_type in _WITH_NAN or found is None or not found.has_min_max or found.null_count != 0:
        return None
    return found.min, found.max
