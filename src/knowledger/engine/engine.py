"""The engines that touch tenant data, each call a job in the sandbox."""

from pathlib import Path
from typing import Protocol, cast

from knowledger.domain.graphs.engine import (
    BuildRequest,
    BuiltGeneration,
    ExportedFiles,
    ExportFormat,
    GraphContents,
    InferredTable,
    StagedRows,
    StageRequest,
)
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.progress import Work
from knowledger.domain.tables.typed import GatherRequest
from knowledger.engine.build.links import link_name
from knowledger.engine.build.request import BuildJob
from knowledger.engine.sandbox import Confinement, Sandbox
from knowledger.kernel.json import JsonObject, JsonValue


class EngineLimits(Protocol):
    """What one staging or build may use."""

    @property
    def engine_memory(self) -> int: ...

    @property
    def engine_threads(self) -> int: ...


class SandboxedEngine:
    """A TableEngine. Closing one of its generators kills the child that works for it."""

    def __init__(self, sandbox: Sandbox, limits: EngineLimits) -> None:
        self._sandbox = sandbox
        self._limits = limits

    def stage(self, request: StageRequest) -> Work[StagedRows]:
        body = self._body(
            file_name=request.file_name,
            parts=[str(part.absolute()) for part in request.parts],
            schema=request.schema.as_json(),
            table=request.table,
            rows_path=str(request.rows_path.absolute()),
            rejects_path=str(request.rejects_path.absolute()),
            scratch=str(request.scratch.absolute()),
            on_error=request.on_error,
        )
        written = (request.scratch, request.rows_path.parent, request.rejects_path.parent)
        result = yield from self._run("stage_file", body, request.parts, written)
        return StagedRows(
            rows_read=_number(result["rows_read"]),
            rows_accepted=_number(result["rows_accepted"]),
            rows_rejected=_number(result["rows_rejected"]),
            size_bytes=_number(result["size_bytes"]),
            rejects_by_rule=_numbers(result["rejects_by_rule"]),
            first_rejects=tuple(cast("list[JsonObject]", result["first_rejects"])),
        )

    def build(self, request: BuildRequest) -> Work[BuiltGeneration]:
        body = BuildJob(request, self._limits.engine_memory, self._limits.engine_threads).as_json()
        read = (*(file.rows_path for file in request.files), *((request.base,) if request.base else ()))
        written = (request.scratch, request.graph_path.parent, request.rejects_path.parent)
        for index, file in enumerate(request.files):
            (request.scratch / link_name(index)).symlink_to(file.rows_path.absolute())
        result = yield from self._run("build_generation", body, read, written)
        return BuiltGeneration(
            size_bytes=_number(result["size_bytes"]),
            counts=_numbers(result["counts"]),
            rows_superseded=_number(result["rows_superseded"]),
            rows_rejected=_number(result["rows_rejected"]),
            appended=result["appended"] is True,
            engine_version=str(result["engine_version"]),
            rejects_by_rule=_numbers(result["rejects_by_rule"]),
        )

    def gather(self, request: GatherRequest) -> Work[dict[str, int]]:
        """As a TypedRowsEngine."""
        body = self._body(
            schema=request.schema.as_json(),
            directories=[str(item.absolute()) for item in request.directories],
            into=str(request.into.absolute()),
            scratch=str(request.scratch.absolute()),
            completed=list(request.completed),
        )
        roots = tuple(dict.fromkeys(item.parent for item in request.directories))
        result = yield from self._run("gather", body, roots, (request.scratch, request.into))
        return _numbers(result["rows"])

    def infer(self, file_name: str, parts: tuple[Path, ...], scratch: Path) -> Work[InferredTable]:
        body = self._body(
            file_name=file_name, parts=[str(part.absolute()) for part in parts], scratch=str(scratch.absolute())
        )
        result = yield from self._run("infer_file", body, parts, (scratch,))
        return InferredTable(
            file_name=str(result["file_name"]),
            format=str(result["format"]),
            node=cast(JsonObject, result["node"]),
            preview=cast("list[JsonObject]", result["preview"]),
        )

    def digest(
        self, graph_path: Path, schema: GraphSchema, scratch: Path, *, counts_only: bool = False
    ) -> Work[GraphContents]:
        body = {**self._contents(graph_path, schema, scratch), "counts_only": counts_only}
        result = yield from self._run("digest_generation", body, (graph_path,), (scratch,))
        digests = cast(JsonObject, result["digests"])
        return GraphContents(_numbers(result["counts"]), {name: str(digest) for name, digest in digests.items()})

    def export(
        self, graph_path: Path, schema: GraphSchema, scratch: Path, directory: Path, format_: ExportFormat
    ) -> Work[ExportedFiles]:
        body = self._contents(graph_path, schema, scratch)
        body |= {"directory": str(directory.absolute()), "format": format_}
        result = yield from self._run("export_generation", body, (graph_path,), (scratch, directory))
        return ExportedFiles(tuple(cast("list[str]", result["files"])), _numbers(result["counts"]))

    def _contents(self, graph_path: Path, schema: GraphSchema, scratch: Path) -> JsonObject:
        return self._body(
            graph_path=str(graph_path.absolute()), schema=schema.as_json(), scratch=str(scratch.absolute())
        )

    def _body(self, **fields: JsonValue) -> JsonObject:
        return {**fields, "memory_bytes": self._limits.engine_memory, "threads": self._limits.engine_threads}

    def _run(
        self, job: str, body: JsonObject, readable: tuple[Path, ...], writable: tuple[Path, ...]
    ) -> Work[JsonObject]:
        confinement = Confinement(readable, tuple(dict.fromkeys(writable)), self._limits.engine_memory)
        return (yield from self._sandbox.run(job, body, confinement))


def _number(value: JsonValue) -> int:
    return int(str(value))


def _numbers(value: JsonValue) -> dict[str, int]:
    return {name: _number(count) for name, count in cast(JsonObject, value).items()}
