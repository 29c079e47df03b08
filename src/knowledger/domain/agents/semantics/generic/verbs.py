"""Verbs that the schema has no word for, where they say no more than that things are related as they are."""

from knowledger.domain.agents.semantics.generic.naming import stem
from knowledger.domain.agents.semantics.generic.view import View
from knowledger.domain.agents.semantics.generic.vocabulary import vocabulary
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.graphs.schema import NodeType


def drop_verbs(view: View) -> None:
    """ "Which venue hosted most screenings": hosting is all that a venue and a screening have to do with each other.

    A verb that tells a state (cancelled, returned, failed) or which of several ways is meant is never dropped.
    """
    verbs = [number for number, word in enumerate(view.question.words) if _is_free(view, number) and _relates(word)]
    if verbs and _are_related(view):
        for number in verbs:
            view.question.claim(number, number + 1)


def _is_free(view: View, number: int) -> bool:
    return number not in view.question.claimed and view.question.words[number] in view.question.left


def _relates(word: str) -> bool:
    known = vocabulary()
    forms = {word, singular(word), *known.verb_forms(word)}
    return bool(forms & set(known.relating)) or stem(word) in {stem(verb) for verb in known.relating}


def _are_related(view: View) -> bool:
    """Whether several types are named, with at most one relationship between any two of them."""
    named = {node.name for node in view.nodes} | {str(row["type"]) for row in view.mentions}
    named |= {value.owner.name for value in view.values}
    named |= {said.owner.name for said in view.properties if isinstance(said.owner, NodeType)}
    ways = [
        frozenset((item.from_node, item.to_node))
        for item in view.setting.schema.relationships
        if {item.from_node, item.to_node} <= named
    ]
    return bool(ways) and len(ways) == len(set(ways)) and all(len(way) == 2 for way in ways)
