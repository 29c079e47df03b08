"""Properties of several words that a question says apart from each other: "sold the most tickets" for tickets_sold."""

from knowledger.domain.agents.semantics.generic.naming import UNITS, Words, spelt, stem
from knowledger.domain.agents.semantics.generic.view import NUMBERS, Owner, SaidProperty, View
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import Property

_WIDEST = 5
_COUNTED = {"many", "number", "most", "fewest", "least", "total", "more", "fewer"}


def link_scattered(view: View) -> None:
    """All telling words of a property within a few words, in any order."""
    said = [stem(singular(word)) for word in view.question.words]
    for owner, item in _all(view):
        telling = tuple(stem(word) for word in spelt(item.name) if word not in UNITS)
        if len(telling) < 2 or any(known.item == item and known.owner == owner for known in view.properties):
            continue
        places = _places(view, said, telling)
        if places:
            for place in places:
                view.question.claim(place, place + 1)
            view.properties.append(SaidProperty(owner, item, places[0], places[0] + 1))
    view.properties.sort(key=lambda item: item.start)


def link_counted(view: View) -> None:
    """ "How many tickets": of the properties with that word the only one that is a whole number."""
    words = view.question.words
    for number, word in enumerate(words):
        before = set(words[max(0, number - 2) : number])
        if not view.question.free(number, number + 1) or not before & _COUNTED or len(word) < 4:
            continue
        found = [
            (owner, item)
            for owner, item in _all(view)
            if item.type.scalar is Scalar.INT and singular(word) in spelt(item.name) and not item.name.endswith("_id")
        ]
        named = [pair for pair in found if pair[0] in view.nodes] or found
        if len(named) == 1:
            view.question.claim(number, number + 1)
            view.properties.append(SaidProperty(*named[0], number, number + 1))
    view.properties.sort(key=lambda item: item.start)


def _all(view: View) -> list[tuple[Owner, Property]]:
    schema = view.setting.schema
    owners: list[Owner] = [
        *view.nodes,
        *(node for node in schema.nodes if node not in view.nodes),
        *schema.relationships,
    ]
    return [(owner, item) for owner in owners for item in owner.properties if item.type.scalar in NUMBERS]


def _places(view: View, said: list[str], telling: Words) -> list[int] | None:
    """Where the words stand, the first of the property's name first; None where one is missing or too far."""
    places: list[int] = []
    for word in telling:
        here = [n for n, other in enumerate(said) if other == word and view.question.free(n, n + 1) and n not in places]
        if not here:
            return None
        places.append(min(here, key=lambda n: abs(n - places[0])) if places else here[0])
    return places if max(places) - min(places) <= _WIDEST + len(telling) - 2 else None
