"""The standard line items, and which concepts are brought to them. `standard_lines.json` is the mapping."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class StandardLineItem:
    """A line of one of the three primary statements, such as income_statement/revenue."""

    id: str
    name: str
    statement_kind: str
    balance: str
    line_number: int
    parent_id: str


@dataclass(frozen=True)
class Mapped:
    """A concept is brought to a line, times `weight`, with a `confidence` from 0 to 1."""

    line_id: str
    confidence: Decimal
    weight: Decimal


@dataclass(frozen=True)
class StandardLines:
    """The lines in the order of the statements, and by concept the lines that it is brought to."""

    source: str
    lines: tuple[StandardLineItem, ...]
    by_concept: Mapping[str, tuple[Mapped, ...]]


@cache
def standard_lines() -> StandardLines:
    """Read the mapping. A concept is written as us-gaap:Revenues, or as [us-gaap:Revenues, confidence, weight]."""
    document = json.loads(files(__package__).joinpath("standard_lines.json").read_text("utf-8"))
    lines: list[StandardLineItem] = []
    mapped: dict[str, list[Mapped]] = {}
    for statement, entries in document["statements"].items():
        for number, entry in enumerate(entries, 1):
            parent = f"{statement}/{entry['into']}" if "into" in entry else ""
            line_id = f"{statement}/{entry['line']}"
            lines.append(StandardLineItem(line_id, entry["name"], statement, entry.get("balance", ""), number, parent))
            for written in entry["concepts"]:
                concept, confidence, weight = [*([written] if isinstance(written, str) else written), 1, 1][:3]
                mapped.setdefault(concept, []).append(Mapped(line_id, Decimal(str(confidence)), Decimal(str(weight))))
    return StandardLines(document["source"], tuple(lines), {concept: tuple(found) for concept, found in mapped.items()})
