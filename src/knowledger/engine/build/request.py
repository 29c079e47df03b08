"""What a build is told, as the JSON that crosses into the sandbox."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from knowledger.domain.graphs.engine import BuildRequest, StagedFile
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.json import JsonObject, JsonValue

# The interpreter, the engines' code, and what both read Parquet into.
_FIXED_BYTES = 200 * 2**20
_SHARE_OF_DUCKDB = 0.35
_SHARE_OF_LADYBUG = 0.5
_LEAST_OF_DUCKDB = 64 * 2**20
# With less, LadybugDB can copy no relationships at all, however few.
_LEAST_OF_LADYBUG = 128 * 2**20


@dataclass(frozen=True)
class BuildJob:
    """A build and what it may use. The engines work in turns, but neither gives back all it took."""

    request: BuildRequest
    memory_bytes: int
    threads: int

    @property
    def duckdb_bytes(self) -> int:
        return max(self._share(_SHARE_OF_DUCKDB), _LEAST_OF_DUCKDB)

    @property
    def buffer_pool_bytes(self) -> int:
        return max(self._share(_SHARE_OF_LADYBUG), _LEAST_OF_LADYBUG)

    def _share(self, share: float) -> int:
        return int((self.memory_bytes - _FIXED_BYTES) * share)

    def as_json(self) -> JsonObject:
        request = self.request
        return {
            "schema": request.schema.as_json(),
            "files": [_file_as_json(file) for file in request.files],
            "graph_path": str(request.graph_path.absolute()),
            "rejects_path": str(request.rejects_path.absolute()),
            "scratch": str(request.scratch.absolute()),
            "base": str(request.base.absolute()) if request.base else None,
            "added": list(request.added),
            "memory_bytes": self.memory_bytes,
            "threads": self.threads,
        }

    @classmethod
    def parse(cls, body: JsonObject) -> Self:
        base = body.get("base")
        request = BuildRequest(
            schema=GraphSchema.parse(body["schema"]),
            files=tuple(_file(item) for item in cast("list[JsonObject]", body["files"])),
            graph_path=Path(str(body["graph_path"])),
            rejects_path=Path(str(body["rejects_path"])),
            scratch=Path(str(body["scratch"])),
            base=Path(str(base)) if base else None,
            added=tuple(cast("list[str]", body["added"])),
        )
        return cls(request, int(str(body["memory_bytes"])), int(str(body["threads"])))


def _file_as_json(file: StagedFile) -> JsonValue:
    return {
        "file_id": file.file_id,
        "file_name": file.file_name,
        "table": file.table,
        "rows_path": str(file.rows_path.absolute()),
        "rows": file.rows,
    }


def _file(body: JsonObject) -> StagedFile:
    return StagedFile(
        file_id=str(body["file_id"]),
        file_name=str(body["file_name"]),
        table=str(body["table"]),
        rows_path=Path(str(body["rows_path"])),
        rows=int(str(body["rows"])),
    )
