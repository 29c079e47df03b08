"""Ways from one type to another along relationships, and how they are written."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledger.domain.agents.tools.nicknames import word_set
from knowledger.domain.graphs.schema import GraphSchema, NodeType, RelationshipType

_FURTHEST = 3


_OUT = word_set("from out leaving leave departs depart departing origin source sent sender payer by start")
_IN = word_set("to into towards arriving arrives arrive destination bound inbound reach payee receiver end")


def is_way(hint: str) -> bool:
    return hint in _OUT | _IN


def meant_by(hint: str) -> frozenset[str]:
    """A preposition and the words of relationships that say the same."""
    return _OUT if hint in _OUT else _IN if hint in _IN else frozenset({hint})


@dataclass(frozen=True)
class Way:
    """Relationships one behind the other, with the type that each leads to."""

    steps: tuple[tuple[RelationshipType, str], ...] = ()

    def pattern(self, start: str, end: str, name: str) -> str:
        """(n)-[:SENT]-(x0:Supplier)-…-(m:Type); inner nodes are called after `name`."""
        text = f"({start})"
        for number, (relationship, type_) in enumerate(self.steps):
            is_last = number == len(self.steps) - 1
            text += f"-[:`{relationship.name}`]-({end if is_last else f'{name}{number}'}:`{type_}`)"
        return text


def ways(schema: GraphSchema, one: str, other: str, said: Sequence[RelationshipType] = ()) -> list[Way]:
    """The shortest ways, those with relationships that are named where there are such. None between alike types."""
    if one == other:
        return [Way()]
    here: list[tuple[str, Way]] = [(one, Way())]
    for _ in range(_FURTHEST):
        further = [
            (type_, Way((*way.steps, (item, type_))))
            for at, way in here
            for item in schema.relationships
            if item.from_node != item.to_node
            and at in (item.from_node, item.to_node)
            and (type_ := item.to_node if item.from_node == at else item.from_node) not in _passed(one, way)
        ]
        arrived = [way for type_, way in further if type_ == other]
        named = [way for way in arrived if any(item in said for item, _ in way.steps)]
        if arrived:
            return named or arrived
        here = further
    return []


def _passed(start: str, way: Way) -> set[str]:
    return {start, *(type_ for _, type_ in way.steps)}


def the_way(
    schema: GraphSchema, one: NodeType, other: NodeType, said: Sequence[RelationshipType] = (), hint: str = ""
) -> Way | None:
    """The only one there is, or the only one that a word such as "from" tells from the rest."""
    found = ways(schema, one.name, other.name, said)
    if len(found) > 1 and hint:
        meant = meant_by(hint)
        found = [
            way for way in found if any(meant & set(item.name.lower().split("_")) for item, _ in way.steps)
        ] or found
    return found[0] if len(found) == 1 else None
