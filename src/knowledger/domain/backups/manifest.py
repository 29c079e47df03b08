"""What a backup says of itself: what it holds, how much of it, and how to tell that it is that."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import BinaryIO, Literal, Self, cast

from pydantic import TypeAdapter, ValidationError

from knowledger.domain.backups.container import BackupDamaged
from knowledger.domain.backups.keys import WrappedKey
from knowledger.domain.graphs.engine import GraphContents
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.json import JsonObject

BackupKind = Literal["full", "logical"]

HEAD_MAGIC = b"KNHEAD1\n"
_LENGTH_BYTES = 4
_LONGEST_HEAD = 64 << 20
GRAPH_PART = "graph.lbug"


@dataclass(frozen=True)
class Part:
    """A run of the container's bytes that was a file. Parts lie in the order of the manifest, one behind the other."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class StagedPart:
    """A staged file of the generation: its rows, and those that did not fit, are the parts of these names."""

    rows_part: str
    rejects_part: str
    file_name: str
    table: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rejects_by_rule: dict[str, int]


@dataclass(frozen=True)
class Manifest:
    """`digests` and `counts` are by type name. `schema` is JSON text, whose bytes no database changes.

    A full backup has the generation's own file and its staged files; a logical one the staged files alone, of which
    any version of the engine can build the graph, if it `has_all_rows`. A full one is known by its file's SHA-256 and
    has `digests` only where they had been taken before. `sha256` and `stored_bytes` are those of the container.
    """

    backup_id: str
    graph_id: str
    graph_name: str
    description: str
    tags: tuple[str, ...]
    tier: str
    kind: BackupKind
    engine_version: str
    generation_id: str
    generation_number: int
    schema: str
    counts: dict[str, int]
    digests: dict[str, str]
    rows_superseded: int
    rows_rejected: int
    parts: tuple[Part, ...]
    staged: tuple[StagedPart, ...]
    has_all_rows: bool
    plain_bytes: int
    stored_bytes: int
    sha256: str
    format: int = 1

    @property
    def graph_schema(self) -> GraphSchema:
        return GraphSchema.parse(json.loads(self.schema))

    @property
    def contents(self) -> GraphContents:
        return GraphContents(self.counts, self.digests)

    @property
    def as_json(self) -> JsonObject:
        return cast(JsonObject, json.loads(self.canonical))

    @property
    def canonical(self) -> bytes:
        """The one way to write it, which its key is bound to."""
        return canonical(cast(JsonObject, asdict(self)))

    @classmethod
    def parse(cls, body: object) -> Self:
        """Raises BackupDamaged."""
        try:
            return TypeAdapter(cls).validate_python(body)
        except ValidationError:
            raise BackupDamaged("The backup's manifest cannot be read.") from None


@dataclass(frozen=True)
class Head:
    """What stands before the container where a backup leaves the store as one file."""

    manifest: Manifest
    key: WrappedKey

    def as_bytes(self) -> bytes:
        body = canonical({"manifest": self.manifest.as_json, "key": self.key.as_json()})
        return HEAD_MAGIC + len(body).to_bytes(_LENGTH_BYTES, "big") + body

    @classmethod
    def read(cls, source: BinaryIO) -> Self:
        """Read up to where the container begins. Raises BackupDamaged."""
        if source.read(len(HEAD_MAGIC)) != HEAD_MAGIC:
            raise BackupDamaged("This is not a backup.")
        length = int.from_bytes(source.read(_LENGTH_BYTES), "big")
        text = source.read(length) if length <= _LONGEST_HEAD else b""
        try:
            body = json.loads(text)
            head = cls(Manifest.parse(body["manifest"]), WrappedKey.parse(body["key"]))
        except (ValueError, TypeError, KeyError):
            raise BackupDamaged("The backup's manifest cannot be read.") from None
        if canonical(body) != text:
            raise BackupDamaged("The backup's manifest was changed.")
        return head


def canonical(body: JsonObject) -> bytes:
    """JSON with sorted keys and no blanks; it has no floating-point numbers, which could be written in several ways."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def differences(wanted: GraphContents, found: GraphContents) -> Iterator[str]:
    """How a graph differs from another, a sentence for each type; where either has no digests, in its counts alone."""
    by_rows = bool(wanted.digests and found.digests)
    for name in sorted({*wanted.counts, *found.counts}):
        before, after = wanted.counts.get(name, 0), found.counts.get(name, 0)
        if before != after:
            yield f"{name}: {after:,} rows instead of {before:,}."
        elif by_rows and wanted.digests.get(name) != found.digests.get(name):
            yield f"{name}: the rows are not those that were backed up."
