"""What is told for a unit of time, and numbers that stand before what they are of: per hour, two rooms, third floor."""

from knowledger.domain.agents.semantics.generic.naming import is_ordinal, spelt
from knowledger.domain.agents.semantics.generic.view import NUMBERS, SaidProperty, SaidValue, View
from knowledger.domain.agents.semantics.question import number_of
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import NodeType

_STEPS = {
    "hour": {"hourly"},
    "day": {"daily"},
    "night": {"nightly"},
    "week": {"weekly"},
    "month": {"monthly"},
    "year": {"yearly", "annual"},
}
_ORDINALS = {"ground": 0, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_LISTED = {"top", "first", "last", "best", "the", "than", "least", "most", "over", "under"}


def link_rates(view: View) -> None:
    """ "The cheapest per hour": the only number that is hourly."""
    words = view.question.words
    for number, word in enumerate(words):
        if word not in _STEPS or words[number - 1 : number] not in (["per"], ["a"], ["an"], ["each"], ["every"]):
            continue
        found = [
            (node, item)
            for node in view.setting.schema.nodes
            for item in node.properties
            if item.type.scalar in NUMBERS and _STEPS[word] & set(spelt(item.name))
        ]
        if len(found) == 1 and view.question.free(number - 1, number + 1):
            view.question.claim(number - 1, number + 1)
            view.properties.append(SaidProperty(*found[0], number, number + 1))


def link_heads(view: View) -> None:
    """ "Rent arrears" are arrears."""
    for one in [*view.properties]:
        behind = [item for item in view.properties if item.start == one.end and item.item != one.item]
        if one.is_number and len(behind) == 1 and behind[0].is_number:
            view.properties.remove(one)


def link_numbers_before(view: View) -> None:
    """ "Two rooms", "the third floor"."""
    words = view.question.words
    for said in [*view.properties]:
        before = said.start - 1
        if before < 0 or said.item.type.scalar is not Scalar.INT or not isinstance(said.owner, NodeType):
            continue
        free = view.question.free(before, before + 1)
        number = number_of(words[before]) if free else None
        if is_ordinal(said.item) and words[before] in _ORDINALS:
            number = _ORDINALS[words[before]]
        ranked = view.direction or said.is_measured or words[max(0, before - 1)] in _LISTED - {"the"}
        if number is not None and not ranked and words[before] not in ("once", "twice"):
            view.question.claim(before, before + 1)
            view.properties.remove(said)
            view.values.append(SaidValue(said.owner, said.item, number))
