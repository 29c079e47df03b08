"""Parts that a question names by words that mean nothing else: iPhone, Europe, Data Center."""

from collections.abc import Generator

from knowledger.domain.agents.semantics.abstain import which_of
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.reports.company import names_of
from knowledger.domain.agents.semantics.reports.desk import Desk, suggestions
from knowledger.domain.agents.semantics.reports.parts.members import Part, parts_of, readable
from knowledger.domain.agents.semantics.reports.strangers import not_known
from knowledger.domain.agents.steps import Call, Reply
from knowledger.domain.agents.tools.named import name_words, singular
from knowledger.domain.agents.tools.nicknames import word_set
from knowledger.domain.agents.tools.output import ToolOutput

_SAY_NOTHING = word_set("member segment product and the of division business line category region")
_AXES = ("segment", "product", "geograph")
_ALSO = {
    "us": ("united", "state"), "usa": ("united", "state"), "america": ("united", "state"),
    "uk": ("united", "kingdom"), "prc": ("china",), "datacenter": ("data", "center"), "centre": ("center",),
    "automobile": ("automotive",), "car": ("automotive",), "macbook": ("mac",), "watch": ("wearable",),
}  # fmt: skip
_VAGUE = word_set("greater total other rest all")
_SHORTEST = 3


def named_parts(desk: Desk, unknown: list[str]) -> Generator[Call, ToolOutput, list[tuple[Who, Part]] | Reply]:
    """Each part that is named, as if it were a company by itself."""
    frame, stranger = desk.frame, not_known(desk, unknown)
    if frame.cues.has("restatement") or len(frame.metrics) != 1 or len(frame.who) > 1:
        return stranger
    parts = yield from parts_of(desk, frame.metrics, frame.who)
    if isinstance(parts, Reply):
        return stranger
    words = _plain(unknown), _plain([*frame.question.words, *frame.carried])
    said = [axis for axis in _AXES if axis in frame.question.text.lower()]
    of_axis = [part for part in parts if any(axis in part.elements[0].lower() for axis in said)]
    found = _meant(of_axis, *words) or _meant(parts, *words)
    if not found:
        return stranger
    owners = {part.entity for members in found for part in members}
    names = yield from names_of(desk, sorted(owners))
    if len(owners) > 1:
        return which_of([names[owner] for owner in sorted(owners)], suggestions(frame, desk.setting))
    chosen = []
    for members in (_of_the_time(desk, own) for own in found):
        if not _alike(desk, members):
            told = [f"{part.member} by {part.axis.lower()}" for part in members]
            return which_of(told, suggestions(frame, desk.setting))
        part = members[0]
        name = part.member if len(found) > 1 else f"{names.get(part.entity, part.entity)}, {part.member}"
        chosen.append((Who(part.key, name, "Entity", 0, 0), part))
    return chosen if len({part.elements[0] for _, part in chosen}) == 1 else stranger


def _plain(words: list[str]) -> set[str]:
    return {singular(part) for word in words for part in name_words(word)}


def _words_of(part: Part) -> list[frozenset[str]]:
    """What a member may be called: by its label, or by its element's name."""
    forms = (part.member, " ".join(map(readable, part.elements[1].split(" & "))))
    return [frozenset(singular(word) for word in name_words(form)) - _SAY_NOTHING for form in forms]


def _meant(parts: list[Part], unknown: set[str], asked: set[str]) -> list[list[Part]]:
    """The parts whose every word is said, or another word for them, the longest where one name is in another."""
    wanted = unknown - _SAY_NOTHING
    instead = {other for word in wanted for other in _ALSO.get(word, (word,))}
    for words, needed in ((asked, wanted), (asked | instead, instead)):
        said: dict[frozenset[str], list[Part]] = {}
        for part in parts:
            if form := next((form for form in _words_of(part) if form and form <= words and form & needed), None):
                said.setdefault(form, []).append(part)
        kept = {form: own for form, own in said.items() if not any(form < other for other in said)}
        rest = needed - {word for form in kept for word in form}
        if kept and not rest:
            return list(kept.values())
        if kept and (others := _by_beginning(parts, rest)):
            return [*kept.values(), *others]
    return _by_beginning(parts, wanted)


def _by_beginning(parts: list[Part], wanted: set[str]) -> list[list[Part]]:
    """ "Wearables" for Wearables, Home and Accessories; "China" for Greater China: where one part has the words."""
    if not wanted - _VAGUE or min(map(len, wanted)) < _SHORTEST:
        return []
    found: dict[frozenset[str], list[Part]] = {}
    for part in parts:
        form = _words_of(part)[0]
        first = singular(name_words(part.member)[0]) if name_words(part.member) else ""
        if wanted <= form and (first in wanted or first in _VAGUE):
            found.setdefault(form, []).append(part)
    shortest = min(found, key=len, default=frozenset())
    return [found[shortest]] if found and all(shortest <= form for form in found) else []


def _of_the_time(desk: Desk, members: list[Part]) -> list[Part]:
    """Those that are told for the periods asked about: companies name their parts anew over the years."""
    metric, span = desk.frame.metrics[0], desk.frame.times.span
    asked = [period for period in desk.frame.times.periods if period.year]
    if asked:
        return [p for p in members if all(p.book.value(metric, item, span) for item in asked)] or members
    newest = {part.key: max((item.end for item in part.book.figures), default=None) for part in members}
    last = max((end for end in newest.values() if end), default=None)
    return [part for part in members if newest[part.key] == last]


def _alike(desk: Desk, members: list[Part]) -> bool:
    """Whether several axes tell the same of a member that they share."""
    metric = desk.frame.metrics[0]
    books = [part.book for part in members]
    for period in {item for book in books for step in ("year", "quarter") for item in book.periods(metric, step)}:
        if len({value.value for book in books if (value := book.value(metric, period))}) > 1:
            return False
    return True
