"""A build stays within its memory by loading nodes in parts."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from knowledger.domain.graphs.engine import StagedFile
from knowledger.kernel.json import JsonValue
from tests.engine.build.workshop import Workshop

SCHEMA: JsonValue = {"nodes": [{"name": "T", "key": "id", "properties": [{"name": "id", "type": "int"}]}]}
LITTLE = 96 * 2**20
ROWS = 500_000


def test_more_nodes_than_one_index_may_take_are_loaded_in_parts(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, SCHEMA, memory_bytes=LITTLE)
    built = workshop.build(_numbers(workshop, 0, ROWS), _numbers(workshop, ROWS - 1, ROWS))
    assert built.graph["T"] == sorted(((number,) for number in range(2 * ROWS - 1)), key=repr)
    assert built.answer["rows_superseded"] == 1


def test_files_are_taken_together_as_far_as_they_fit(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, SCHEMA, memory_bytes=LITTLE)
    built = workshop.build(*(_numbers(workshop, start, 100_000) for start in range(0, ROWS, 100_000)))
    assert built.counts == {"T": ROWS}


def _numbers(workshop: Workshop, start: int, rows: int) -> StagedFile:
    path = workshop.new_directory() / "rows.parquet"
    pq.write_table(pa.table({"id": pa.array(range(start, start + rows), pa.int64())}), path)
    return StagedFile(f"file_{path.parent.name}", "T.csv", "T", path, rows)
