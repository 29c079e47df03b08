"""What a staging job is told, read from the JSON it comes as."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from knowledger.domain.graphs.engine import OnError
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.json import JsonObject, JsonValue

_MEMORY_BYTES = 2 * 2**30
_EXPANDED_BYTES = 256 * 2**30


@dataclass(frozen=True)
class Limits:
    """What the engines may use, and how large an archive may become."""

    memory_bytes: int = _MEMORY_BYTES
    threads: int = 2
    max_expanded_bytes: int = _EXPANDED_BYTES

    @classmethod
    def parse(cls, request: JsonObject) -> Self:
        return cls(
            memory_bytes=_number(request.get("memory_bytes"), _MEMORY_BYTES),
            threads=_number(request.get("threads"), 2),
            max_expanded_bytes=_number(request.get("max_expanded_bytes"), _EXPANDED_BYTES),
        )


@dataclass(frozen=True)
class Upload:
    """An uploaded file: `parts`, in order, are its bytes, and `scratch` is where it may be unpacked."""

    file_name: str
    parts: tuple[Path, ...]
    scratch: Path
    limits: Limits

    @classmethod
    def parse(cls, request: JsonObject) -> Self:
        parts = cast("list[str]", request["parts"])
        return cls(
            file_name=str(request["file_name"]),
            parts=tuple(Path(part) for part in parts),
            scratch=Path(str(request["scratch"])),
            limits=Limits.parse(request),
        )


@dataclass(frozen=True)
class StagingJob:
    """One upload to turn into `rows_path` and `rejects_path`."""

    upload: Upload
    schema: GraphSchema
    table: str
    rows_path: Path
    rejects_path: Path
    on_error: OnError

    @classmethod
    def parse(cls, request: JsonObject) -> Self:
        return cls(
            upload=Upload.parse(request),
            schema=GraphSchema.parse(request["schema"]),
            table=str(request["table"]),
            rows_path=Path(str(request["rows_path"])),
            rejects_path=Path(str(request["rejects_path"])),
            on_error="fail" if request.get("on_error") == "fail" else "continue",
        )


def _number(value: JsonValue, default: int) -> int:
    return int(value) if isinstance(value, int | float | str) else default
