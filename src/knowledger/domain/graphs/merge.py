"""Two schemas become one: types are added, and properties to types of both; nothing is changed or dropped."""

import re
from collections.abc import Iterator
from typing import TypeVar

from knowledger.domain.graphs.schema import (
    GraphSchema,
    InvalidSchema,
    NodeType,
    Property,
    RelationshipType,
    inconsistencies,
)

T = TypeVar("T", NodeType, RelationshipType)
_TYPE = re.compile(r"^(nodes|relationships)\[(\d+)\]")


def conflicts(current: GraphSchema, addition: GraphSchema) -> list[tuple[str, str]]:
    """Where the addition would change what is there, each as (place in the addition, problem).

    A type that is there already may be repeated, whole or with some of its properties; descriptions do not count.
    """
    taken = [*(item.name for item in current.nodes), *(item.name for item in current.relationships)]
    names = {name.lower(): name for name in taken}
    return [
        *_conflicts("nodes", current.nodes, addition.nodes, names),
        *_conflicts("relationships", current.relationships, addition.relationships, names),
    ]


def merge(current: GraphSchema, addition: GraphSchema) -> GraphSchema:
    """`current` with the new types and properties of an addition that is without conflicts.

    Raises InvalidSchema with every mistake that shows only in the whole, at its place in the addition.
    """
    merged = current.model_copy(
        update={
            "nodes": _merge(current.nodes, addition.nodes),
            "relationships": _merge(current.relationships, addition.relationships),
        }
    )
    if problems := [(_place_in(addition, merged, place), text) for place, text in inconsistencies(merged)]:
        raise InvalidSchema.listing(problems)
    return merged


def _conflicts(
    field: str, current: tuple[T, ...], addition: tuple[T, ...], names: dict[str, str]
) -> Iterator[tuple[str, str]]:
    there = {item.name: item for item in current}
    for index, wanted in enumerate(addition):
        place, taken = f"{field}[{index}]", names.get(wanted.name.lower())
        if wanted.name in there:
            yield from _changes(place, there[wanted.name], wanted)
        elif taken is not None:
            yield place, f"the name {wanted.name!r} is taken by {taken}: upper and lower case are the same"


def _changes(place: str, current: T, wanted: T) -> Iterator[tuple[str, str]]:
    had = {item.name: item for item in current.properties}
    rest = {"description": current.description, "properties": current.properties}
    if wanted.model_copy(update=rest) != current:
        yield place, f"{current.name} is there already, with another key or other ends"
    for index, item in enumerate(wanted.properties):
        there = had.get(item.name)
        if there is not None and item.model_copy(update={"description": there.description}) != there:
            yield f"{place}.properties[{index}]", f"{current.name}.{item.name} is there already, as {_shown(there)}"


def _shown(item: Property) -> str:
    """A property as far as it differs from an ordinary one, which has a type only."""
    document = item.model_dump(mode="json", exclude_defaults=True, exclude={"name", "description", "type"})
    return ", ".join([str(item.type), *(f"{name} {value}" for name, value in document.items())])


def _merge(current: tuple[T, ...], addition: tuple[T, ...]) -> tuple[T, ...]:
    merged = {item.name: item for item in current}
    for item in addition:
        merged[item.name] = _grown(merged[item.name], item) if item.name in merged else item
    return tuple(merged.values())


def _grown(current: T, wanted: T) -> T:
    had = {item.name for item in current.properties}
    added: list[Property] = [item for item in wanted.properties if item.name not in had]
    properties: tuple[Property, ...] = (*current.properties, *added)
    return current.model_copy(update={"properties": properties})


def _place_in(addition: GraphSchema, merged: GraphSchema, place: str) -> str:
    if (match := _TYPE.match(place)) is None:
        return place
    field, index = match[1], int(match[2])
    name = (merged.nodes if field == "nodes" else merged.relationships)[index].name
    names = [item.name for item in (addition.nodes if field == "nodes" else addition.relationships)]
    return f"{field}[{names.index(name)}]{place[match.end() :]}" if name in names else place
