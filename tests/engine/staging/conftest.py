"""Staging a file that stands in the test itself."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from knowledger.domain.operations.progress import Progress
from knowledger.engine.staging.job import stage_file
from knowledger.kernel.json import JsonObject, JsonValue


@dataclass(frozen=True)
class Staged:
    """What came of a file: the typed rows, the rejects, the answer and the news on the way."""

    rows: list[dict[str, Any]]
    rejects: list[dict[str, Any]]
    answer: JsonObject
    progress: list[Progress]

    @property
    def counts(self) -> tuple[JsonValue, JsonValue, JsonValue]:
        return self.answer["rows_read"], self.answer["rows_accepted"], self.answer["rows_rejected"]

    @property
    def rules(self) -> list[tuple[int, int | None, str | None, str]]:
        """Row, line, column and rule of each reject."""
        return [(item["row"], item["line"], item["column"], item["rule"]) for item in self.rejects]

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]


Stage = Callable[..., Staged]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Stages `content` as a file of a table T, keyed by its first column; a trailing ! makes a column required."""

    def run(
        file_name: str,
        content: bytes | str | list[bytes],
        columns: Mapping[str, str] | None = None,
        *,
        formats: Mapping[str, str] | None = None,
        **settings: JsonValue,
    ) -> Staged:
        home = tmp_path / f"staging-{len(list(tmp_path.iterdir()))}"
        (home / "scratch").mkdir(parents=True)
        chunks = content if isinstance(content, list) else [content.encode() if isinstance(content, str) else content]
        parts = [home / f"part-{number}" for number in range(len(chunks))]
        for part, chunk in zip(parts, chunks, strict=True):
            part.write_bytes(chunk)
        request: JsonObject = {
            "file_name": file_name,
            "parts": [str(part) for part in parts],
            "schema": _schema(columns or {"id": "int", "name": "string"}, formats or {}),
            "table": "T",
            "rows_path": str(home / "rows.parquet"),
            "rejects_path": str(home / "rejects.parquet"),
            "scratch": str(home / "scratch"),
            "memory_bytes": 512 * 2**20,
            "threads": 2,
            **settings,
        }
        progress: list[Progress] = []
        # The request crosses a process boundary as JSON.
        answer = stage_file(json.loads(json.dumps(request)), progress.append)
        rows, rejects = (pq.read_table(home / name).to_pylist() for name in ("rows.parquet", "rejects.parquet"))
        assert answer["rows_read"] == len(rows) + len(rejects)
        return Staged(rows, rejects, answer, progress)

    return run


def _schema(columns: Mapping[str, str], formats: Mapping[str, str]) -> JsonObject:
    properties: list[JsonValue] = [
        {
            "name": f"p{place}" if not name.isidentifier() else name,
            "column": name,
            "type": spelling.rstrip("!"),
            "required": spelling.endswith("!"),
            "format": formats.get(name),
        }
        for place, (name, spelling) in enumerate(columns.items())
    ]
    first = properties[0]
    assert isinstance(first, dict)
    return {"nodes": [{"name": "T", "key": first["name"], "properties": properties}]}
