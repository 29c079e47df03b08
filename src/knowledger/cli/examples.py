"""The examples that are shipped: a schema, what to ask, which file fills which table, and for one of them the files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import knowledger
from knowledger.cli.documents import read_schema
from knowledger.cli.intake import Intake, gather, table_for
from knowledger.cli.problems import UsageProblem

if TYPE_CHECKING:
    from knowledger.client.json import JsonObject

DIRECTORY = Path(knowledger.__file__).parent / "examples"


@dataclass(frozen=True)
class Question:
    title: str
    query: str


@dataclass(frozen=True)
class Example:
    directory: Path

    @property
    def schema(self) -> "JsonObject":
        return read_schema(self.directory / "schema.json")

    @property
    def questions(self) -> list[Question]:
        return [Question(**item) for item in json.loads((self.directory / "queries.json").read_text())]

    @property
    def mapping(self) -> dict[str, str]:
        """File name without ending to table, for files that are not named after theirs."""
        path = self.directory / "tables.json"
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def intakes(self, files: Sequence[Intake]) -> list[Intake]:
        """The files with their tables. Raises UsageProblem where one has none."""
        tables = _table_names(self.schema)
        chosen = [Intake(file.name, file.path, table_for(file, tables, self.mapping, None)) for file in files]
        for file in chosen:
            if file.table is None:
                raise UsageProblem(
                    f"{file.name} belongs to no table of the example.",
                    "The demo knows the SEC's Financial Statement Data Sets; load others with `knowledger table load`.",
                )
        return chosen


LEDGER = Example(DIRECTORY / "demo")
FSDS = Example(DIRECTORY / "fsds")


def shipped_files() -> list[Intake]:
    found = gather([str(LEDGER.directory)], LEDGER.directory)
    return [file for file in found if file.name not in ("schema.json", "queries.json", "tables.json")]


def _table_names(schema: "JsonObject") -> list[str]:
    nodes, relationships = schema.get("nodes"), schema.get("relationships")
    items = [*(nodes if isinstance(nodes, list) else []), *(relationships if isinstance(relationships, list) else [])]
    return [str(item["name"]) for item in items if isinstance(item, dict) and not item.get("source")]
