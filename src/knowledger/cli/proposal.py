"""The types that a graph proposes for new files: shown, renamed as asked, and accepted or not."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from knowledger.cli.problems import UsageProblem
from knowledger.cli.terminal import Terminal

if TYPE_CHECKING:
    from knowledger.client.json import JsonObject
    from knowledger.client.records import InferredSchema


@dataclass(frozen=True)
class Chosen:
    """A schema to add, and for each file (id, name) the table that it fills."""

    schema: "JsonObject"
    files: tuple[tuple[str, str, str], ...]


def accepted_proposal(terminal: Terminal, proposal: "InferredSchema", names: Mapping[str, str], *, ask: bool) -> Chosen:
    """Show the proposal under the names that the user gave for files. Raises UsageProblem where nobody agrees."""
    renamed = {
        table.table_name: names[stem]
        for table in proposal.tables
        if (stem := table.file_name.split(".")[0].lower()) in names
    }
    schema = rename_types(proposal.schema, renamed)
    if not terminal.json:
        show_schema(terminal, schema)
    if ask and not terminal.is_interactive:
        raise UsageProblem(
            "The graph has no types for these files, and nobody is there to agree to new ones.", "Add --yes."
        )
    if ask and not typer.confirm("Add these types and load?", default=True, err=True):
        raise UsageProblem("Nothing was loaded.", "Write the types yourself: --schema types.json")
    files = tuple(
        (table.file_id, table.file_name, renamed.get(table.table_name, table.table_name)) for table in proposal.tables
    )
    return Chosen(schema, files)


def rename_types(schema: "JsonObject", renamed: Mapping[str, str]) -> "JsonObject":
    """The schema with some node types under other names, wherever it speaks of them."""
    changed = copy.deepcopy(schema)
    for part, fields in (("nodes", ("name",)), ("relationships", ("from", "to", "source"))):
        items = changed.get(part)
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict):
                item.update({field: renamed.get(str(item[field]), item[field]) for field in fields if field in item})
    return changed


def show_schema(terminal: Terminal, schema: "JsonObject") -> None:
    """Every type with its properties, the keys marked."""
    if terminal.json:
        terminal.data({"schema": schema})
        return
    for node in _objects(schema.get("nodes")):
        key = node.get("key")
        keys = key if isinstance(key, list) else [key]
        rows = [
            (
                item.get("name"),
                item.get("type"),
                "key" if item.get("name") in keys else _marks(item),
                item.get("column"),
            )
            for item in _objects(node.get("properties"))
        ]
        terminal.table(("property", "type", "", "column"), rows, title=str(node.get("name")))
        if node.get("description"):
            terminal.note(f"{node.get('name')}: {node.get('description')}")
    found = [_relationship(item) for item in _objects(schema.get("relationships"))]
    if found:
        terminal.table(("relationship", "from", "to", "read from"), found)


def type_names(schema: "JsonObject") -> list[str]:
    """Node types, then relationship types, in the schema's order."""
    return [str(item.get("name")) for part in ("nodes", "relationships") for item in _objects(schema.get(part))]


def _objects(items: object) -> "list[JsonObject]":
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _marks(item: "JsonObject") -> str:
    return "required" if item.get("required") else ""


def _relationship(item: "JsonObject") -> tuple[object, ...]:
    source = item.get("source")
    return (item.get("name"), item.get("from"), item.get("to"), f"rows of {source}" if source else "its own table")
