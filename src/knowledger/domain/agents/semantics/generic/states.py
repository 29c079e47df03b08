"""Open and done: whether the day on which something ended is known."""

from knowledger.domain.agents.semantics.generic.doing import is_person
from knowledger.domain.agents.semantics.generic.naming import spelt
from knowledger.domain.agents.semantics.generic.paths import ways
from knowledger.domain.agents.semantics.generic.view import DAYS, SaidType, SaidValue, View
from knowledger.domain.agents.tools.nicknames import word_set
from knowledger.domain.graphs.schema import NodeType, Property

_OPEN = word_set("open outstanding unfinished pending unresolved ongoing incomplete uncompleted unreturned running")
_DONE = word_set("done finished completed closed resolved settled over ended")
_ENDED = word_set(
    "completed closed finished returned resolved discharged end ended settled delivered done checkout left finish"
)

_EMPTY = word_set("vacant empty unoccupied unlet unrented untenanted unassigned")


def end_days(node: NodeType) -> list[Property]:
    """The days on which something of this type came to its end."""
    days = [item for item in node.properties if item.type.scalar in DAYS and not item.type.is_list]
    return [item for item in days if set(spelt(item.name)) & _ENDED]


def link_vacancies(view: View) -> None:
    """ "Vacant flats" are those that nobody is related to."""
    for number, word in enumerate(view.question.words):
        if word in _EMPTY and view.question.free(number, number + 1) and len(view.nodes) == 1:
            persons = [
                node
                for node in view.setting.schema.nodes
                if is_person(node) and len(ways(view.setting.schema, view.nodes[0].name, node.name)) == 1
            ]
            if len(persons) == 1:
                view.question.claim(number, number + 1)
                view.types.append(SaidType(persons[0], number, number + 1, is_not=True))


def link_states(view: View) -> None:
    """ "Repairs that are still open": those without such a day. For words that are nothing else in this graph."""
    for number, word in enumerate(view.question.words):
        if word not in _OPEN | _DONE or not view.question.free(number, number + 1):
            continue
        found = [(node, item) for node in view.nodes for item in end_days(node)]
        if len(found) == 1:
            view.question.claim(number, number + 1)
            denied = view.question.words[max(0, number - 2) : number]
            is_done = (word in _DONE) != ("not" in denied)
            if "not" in denied:
                place = number - 1 if denied[-1] == "not" else number - 2
                view.question.claim(place, place + 1)
            view.values.append(SaidValue(*found[0], None, is_done))
