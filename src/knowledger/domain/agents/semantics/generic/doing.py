"""Types that a question tells by what is done, and by whom: "who borrowed most books" is about loans and readers."""

from dataclasses import replace

from knowledger.domain.agents.semantics.generic.naming import forms, spelt, stem
from knowledger.domain.agents.semantics.generic.paths import ways
from knowledger.domain.agents.semantics.generic.view import SaidType, View
from knowledger.domain.agents.semantics.generic.vocabulary import vocabulary
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.agents.tools.nicknames import word_set
from knowledger.domain.graphs.schema import NodeType

_SOMEBODY = word_set("who whom people person persons anyone someone somebody anybody everybody everyone")
_PERSONS = word_set(
    """
    person people patron member user reader borrower customer client buyer tenant resident employee staff worker
    volunteer student pupil teacher instructor patient physician doctor nurse driver player coach author artist guest
    visitor passenger pilot crew investor donor owner agent manager researcher scientist speaker candidate applicant
    participant subscriber contact citizen
    """
)
_PERSONAL = word_set("dob birth surname firstname lastname gender sex")
_DIFFERENT = word_set("different distinct unique")


def link_doing(view: View) -> None:
    """The verbs of types: borrowed is of a loan."""
    nodes = view.setting.schema.nodes
    for number, word in enumerate(view.question.words):
        if not view.question.free(number, number + 1) or len(word) < 3:
            continue
        found = [node for node in nodes if any(_is_form(word, verb) for verb in vocabulary().doing.get(node.name, ()))]
        if len(found) == 1:
            view.question.claim(number, number + 1)
            if found[0] not in view.nodes:
                view.types.append(SaidType(found[0], number, number + 1))
                view.done.append(found[0])
    view.types.sort(key=lambda item: item.start)


def _is_form(word: str, verb: str) -> bool:
    return word in (verb, *vocabulary().verb_forms(verb)) or (
        stem(singular(word)) == stem(verb) and not word.endswith(("er", "ers"))
    )


def link_somebody(view: View) -> None:
    """Who: the only kind of people there is, or the one that is related to what is done or named."""
    persons = [node for node in view.setting.schema.nodes if is_person(node)]
    place = next((n for n, word in enumerate(view.question.words) if word in _SOMEBODY), None)
    is_asked = place is not None and view.question.words[place] in ("who", "whom")
    if place is None or view.relationships or any(node in persons for node in view.nodes):
        return
    if is_asked and view.mentions:
        return
    owners = [said.owner for said in view.properties]
    persons = [node for node in persons if node in owners] or persons
    for others in (view.done, view.nodes):
        if len(persons) > 1 and others:
            near = [node for node in persons if any(_are_near(view, node, other) for other in others)]
            persons = near or persons
    if len(persons) == 1 and (view.nodes or view.properties or view.mentions):
        view.question.claim(place, place + 1)
        view.types = [SaidType(persons[0], place, place + 1, is_asked=is_asked), *view.types]
        view.types.sort(key=lambda item: item.start)


def _are_near(view: View, one: NodeType, other: NodeType) -> bool:
    return any(len(way.steps) == 1 for way in ways(view.setting.schema, one.name, other.name))


def is_person(node: NodeType) -> bool:
    own = {word for item in node.properties for word in spelt(item.name)} | {item.name for item in node.properties}
    return forms(node.name)[-1] in _PERSONS or bool(own & (_PERSONAL | {"full_name", "first_name"}))


def count_what_is_done(view: View) -> None:
    """ "Who borrowed most books", "how many books did he borrow": what is counted is the borrowing."""
    done = [item for item in view.types if item.node in view.done and not item.is_not]
    if len(done) != 1 or _DIFFERENT & set(view.question.words):
        return
    objects = [
        item
        for item in view.types
        if item.node != done[0].node and not is_person(item.node) and (item.is_measured or _is_counted(view, item))
    ]
    if len(objects) == 1 and not any(value.owner == objects[0].node for value in view.values):
        kept = [item for item in view.types if item != objects[0]]
        view.types = [replace(item, is_measured=objects[0].is_measured) if item == done[0] else item for item in kept]


def _is_counted(view: View, said: SaidType) -> bool:
    return view.question.words[max(0, said.start - 2) : said.start] == ["how", "many"]
