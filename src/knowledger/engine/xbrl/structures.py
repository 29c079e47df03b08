"""Structures as rows: what each role of a filing presents, sums and breaks down."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from knowledger.domain.filings.aspects import digest
from knowledger.domain.filings.statements import role_kind
from knowledger.engine.xbrl.concepts import Concepts
from knowledger.engine.xbrl.links import DIMENSIONAL, PARENT_CHILD, SUMMATION, Arc, Links, Name
from knowledger.engine.xbrl.schema import Schemas
from knowledger.engine.xbrl.tables import Rows

_MOST_LINES = 20_000


class _Line(NamedTuple):
    name: Name
    place: int
    parent: int | None
    depth: int
    label_role: str


def write_structures(accession: str, links: Links, schemas: Schemas, concepts: Concepts, rows: Rows) -> None:
    lines: list[tuple[str, str, _Line]] = []
    for role, arcs in links.arcs.items():
        presented = [arc for arc in arcs if arc.arcrole == PARENT_CHILD]
        summed = [arc for arc in arcs if arc.arcrole in SUMMATION]
        dimensional = [arc for arc in arcs if arc.arcrole.startswith(DIMENSIONAL)]
        if not (presented or summed or dimensional):
            continue
        structure_id = _write_structure(accession, role, schemas, rows)
        lines.extend((structure_id, concepts.meet(line.name), line) for line in _lines(presented))
        _write_calculation(structure_id, summed, concepts, rows)
        _write_dimensional(structure_id, dimensional, concepts, rows)
    _write_presentation(lines, concepts, rows)


def structure_id_of(accession: str, role: str) -> str:
    return digest(accession, "role", role)


def _write_structure(accession: str, role: str, schemas: Schemas, rows: Rows) -> str:
    id_, kind = structure_id_of(accession, role), role_kind(schemas.roles.get(role, ""), role)
    rows.add(
        "Structure",
        id_,
        structure_id=id_,
        report_id=accession,
        role_uri=role,
        name=kind.name,
        number=kind.number or None,
        structure_kind=kind.structure_kind,
        statement_kind=kind.statement_kind or None,
    )
    return id_


def _write_presentation(lines: list[tuple[str, str, _Line]], concepts: Concepts, rows: Rows) -> None:
    """Lines with their structure and concept."""
    rows.add_columns(
        "PRESENTS",
        structure_id=[structure_id for structure_id, _, _ in lines],
        concept_id=[concept_id for _, concept_id, _ in lines],
        place=[line.place for _, _, line in lines],
        parent_place=[line.parent for _, _, line in lines],
        depth=[line.depth for _, _, line in lines],
        label=[concepts.label(line.name, line.label_role) or None for _, _, line in lines],
        label_role=[_short_role(line.label_role) for _, _, line in lines],
    )


def _lines(arcs: list[Arc]) -> Iterator[_Line]:
    """The tree from its roots down, siblings by their order. What leads back to a line above it is left out."""
    children: dict[Name, list[Arc]] = {}
    for arc in sorted(arcs, key=lambda one: one.order):
        children.setdefault(arc.source, []).append(arc)
    targets = {arc.target for arc in arcs}
    roots = [source for source in dict.fromkeys(arc.source for arc in arcs) if source not in targets]
    stack: list[tuple[Name, str, int | None, tuple[Name, ...]]] = [(root, "", None, ()) for root in reversed(roots)]
    place = 0
    while stack and place < _MOST_LINES:
        name, label_role, parent, above = stack.pop()
        place += 1
        yield _Line(name, place, parent, len(above), label_role)
        if name not in above:
            below = (*above, name)
            stack.extend((arc.target, arc.preferred_label, place, below) for arc in reversed(children.get(name, ())))


def _write_calculation(structure_id: str, arcs: list[Arc], concepts: Concepts, rows: Rows) -> None:
    for arc, place in _among_siblings(arcs):
        total, part = concepts.meet(arc.source), concepts.meet(arc.target)
        rows.add(
            "CALCULATES",
            (total, part, structure_id),
            total_concept_id=total,
            part_concept_id=part,
            structure_id=structure_id,
            weight=round(arc.weight, 4),
            place=place,
        )


def _write_dimensional(structure_id: str, arcs: list[Arc], concepts: Concepts, rows: Rows) -> None:
    for arc, place in _among_siblings(arcs):
        source, target = concepts.meet(arc.source), concepts.meet(arc.target)
        arcrole = arc.arcrole.removeprefix(DIMENSIONAL)
        rows.add(
            "DIMENSIONAL",
            (source, target, structure_id, arcrole),
            from_concept_id=source,
            to_concept_id=target,
            structure_id=structure_id,
            arcrole=arcrole,
            place=place,
            is_closed=arc.is_closed,
            is_usable=arc.is_usable,
        )


def _among_siblings(arcs: list[Arc]) -> Iterator[tuple[Arc, int]]:
    counts: dict[tuple[str, Name], int] = {}
    for arc in sorted(arcs, key=lambda one: one.order):
        key = (arc.arcrole, arc.source)
        counts[key] = counts.get(key, 0) + 1
        yield arc, counts[key]


@lru_cache(maxsize=1024)
def _short_role(role: str) -> str:
    short = role.rsplit("/", 1)[-1]
    return "standard" if short in ("", "label") else short.removesuffix("Label")
