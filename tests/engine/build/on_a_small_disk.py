"""Build a graph on a disk that it does not fit, and say what error came of it.

unshare --user --map-root-user --mount python -m tests.engine.build.on_a_small_disk DIRECTORY MEGABYTES
"""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from knowledger.domain.graphs.engine import StagedFile
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonValue
from tests.engine.build.workshop import Workshop

ROWS = 300_000


def main() -> None:
    directory, megabytes = Path(sys.argv[1]), int(sys.argv[2])
    disk = directory / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)]
    subprocess.run(mount, check=True)
    properties: list[JsonValue] = [{"name": "id", "type": "int"}, {"name": "text", "type": "string"}]
    workshop = Workshop(directory, {"nodes": [{"name": "T", "key": "id", "properties": properties}]})
    path = directory / "rows.parquet"
    texts = [f"{number * 7919 % ROWS:040}" for number in range(ROWS)]
    pq.write_table(pa.table({"id": pa.array(range(ROWS), pa.int64()), "text": texts}), path)
    request = workshop.request(StagedFile("file_1", "T.csv", "T", path, ROWS))
    (disk / "scratch").mkdir()
    try:
        workshop.run(replace(request, graph_path=disk / "graph.lbug", scratch=disk / "scratch"))
    except KnowledgerError as error:
        sys.stdout.write(error.code)


if __name__ == "__main__":
    main()
