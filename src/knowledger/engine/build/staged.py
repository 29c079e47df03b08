"""The staged rows of one table, over all its files, as one relation of SQL."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from knowledger.domain.graphs.engine import StagedFile
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.table_shape import TableColumn, TableShape, table_shape
from knowledger.engine.build.links import link_name
from knowledger.engine.build.workbench import Workbench

# What DuckDB says of a row's place, unless the file has a column of that name.
_PLACES = frozenset({"file_index", "file_row_number"})
BITS_OF_ROW = 40


@dataclass(frozen=True)
class LinkedFile:
    """A staged file under a plain name in the working directory, where no path needs quoting.

    `columns` are the names in the file by the names in the shape, in the order of the file.
    """

    link: str
    file_id: str
    rows: int
    columns: dict[str, str]


@dataclass(frozen=True)
class StagedTable:
    """Some files of a table, in upload order."""

    shape: TableShape
    files: tuple[LinkedFile, ...]

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    def only(self, file_ids: Sequence[str]) -> "StagedTable":
        wanted = set(file_ids)
        return replace(self, files=tuple(file for file in self.files if file.file_id in wanted))

    def without(self, file_ids: Sequence[str]) -> "StagedTable":
        unwanted = set(file_ids)
        return replace(self, files=tuple(file for file in self.files if file.file_id not in unwanted))

    def column(self, wanted: TableColumn) -> str:
        """The SQL name of a column in `scan`."""
        return f"c{self.shape.columns.index(wanted)}"

    @property
    def scan(self) -> str:
        """A relation of the columns of the shape, as c0, c1 …, and each row's `position`: later files are greater,
        and later rows of the same file. A column that a file does not have yet is NULL."""
        columns = ", ".join(f"{self._read(item)} AS c{index}" for index, item in enumerate(self.shape.columns))
        links = ", ".join(f"'{file.link}'" for file in self.files)
        position = f"(file_index::BIGINT << {BITS_OF_ROW} | file_row_number) AS position"
        return f"(SELECT {columns}, {position} FROM read_parquet([{links}], union_by_name = true))"

    def _read(self, column: TableColumn) -> str:
        inside = next((file.columns[column.name] for file in self.files if column.name in file.columns), None)
        return "NULL" if inside is None else '"' + inside.replace('"', '""') + '"'


def staged_tables(schema: GraphSchema, files: Sequence[StagedFile], bench: Workbench) -> dict[str, StagedTable]:
    """Link every file into the working directory and group them by table. A table without files is not among them."""
    linked: dict[str, list[LinkedFile]] = {}
    for index, file in enumerate(files):
        linked.setdefault(file.table, []).append(_link(file, link_name(index), schema, bench))
    return {table: StagedTable(table_shape(schema, table), tuple(parts)) for table, parts in linked.items()}


def _link(file: StagedFile, link: str, schema: GraphSchema, bench: Workbench) -> LinkedFile:
    with suppress(FileExistsError):  # the sandbox cannot make links, so whoever starts a build there has made them
        Path(link).symlink_to(file.rows_path)
    inside = [str(row[0]) for row in bench.rows(f"DESCRIBE SELECT * FROM read_parquet('{link}')")]
    columns = {name: f"{name} (column)" if name.lower() in _PLACES else name for name in inside}
    if list(columns.values()) != inside:
        link = _renamed(link, list(columns.values()))
    return LinkedFile(link, file.file_id, file.rows, columns)


def _renamed(link: str, names: list[str]) -> str:
    """A copy with these names of columns, in the same order of rows, for a file whose own names hide DuckDB's."""
    copy = f"renamed-{link}"
    with pq.ParquetFile(link) as source:
        schema = source.schema_arrow.remove_metadata()
        fields = [schema.field(index).with_name(name) for index, name in enumerate(names)]
        with pq.ParquetWriter(copy, pa.schema(fields)) as target:
            for batch in source.iter_batches():
                target.write_batch(batch.rename_columns(names))
    return copy
