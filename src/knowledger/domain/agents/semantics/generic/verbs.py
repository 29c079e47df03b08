"""Words that the schema has none for, where they say no more than what is so in this graph anyway."""

from knowledger.domain.agents.semantics.generic.naming import stem
from knowledger.domain.agents.semantics.generic.view import View
from knowledger.domain.agents.semantics.generic.vocabulary import vocabulary
from knowledger.domain.agents.tools.named import singular, words
from knowledger.domain.agents.tools.nicknames import word_set
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import GraphSchema, NodeType

_WHOLES = word_set(
    """
    collection catalogue catalog system network portfolio fleet inventory archive company organisation organization
    association programme program register list world area city house books estate group
    """
)
_MONEY = word_set("collect collected earn earned charge charged pay paid pays spend spent raise raised take took takes")


def words_of_the_graph(schema: GraphSchema) -> frozenset[str]:
    """What a graph as a whole is called says nothing about a part of it."""
    said = words(f"{schema.name} {schema.description}")
    return frozenset(form for word in said if len(word) > 3 for form in (word, singular(word), f"{singular(word)}s"))


def drop_places(view: View) -> None:
    """ "In the collection", "in our network": where everything is; and "how much did we collect in fines"."""
    said = view.question.words
    for number, word in enumerate(said):
        before = said[max(0, number - 2) : number]
        in_all = word in _WHOLES and before[-1:] in (["the"], ["our"], ["your"]) and before[0] in _IN
        amounts = [item for item in view.properties if item.is_number]
        moved = word in _MONEY and len(amounts) == 1 and amounts[0].item.type.scalar in (Scalar.DECIMAL, Scalar.DOUBLE)
        if _is_free(view, number) and (in_all or moved):
            view.question.claim(number, number + 1)


_IN = {"in", "of", "across", "within", "throughout", "over"}


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
