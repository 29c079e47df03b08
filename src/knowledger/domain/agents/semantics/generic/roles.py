"""What a named type or property is to its question: asked about, told by, measured, missing; and what has a limit."""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from knowledger.domain.agents.semantics.cues import CUES, Bound
from knowledger.domain.agents.semantics.generic.naming import spelt
from knowledger.domain.agents.semantics.generic.view import SaidBound, SaidProperty, SaidType, SaidValue, View
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import NodeType

_BY = {"by", "per", "each", "every"}
_ASKED = {"which", "what", "whose"}
_NOT = {"without", "no", "never", "not", "lacking", "zero", "any"}
_DIRECTION = re.compile(
    "|".join(CUES[name].pattern for name in ("rank_most", "rank_least", "rank_best", "rank_worst")), re.IGNORECASE
)
_LACKING = {"without", "no", "missing", "lacking", "unknown", "lack", "lacks"}
_UNSAID = {"a", "an", "the", "any", "known", "recorded", "given", "have", "has", "with", "is", "are", "of"}
_PASSED_OVER = {
    "the", "a", "an", "of", "number", "total", "count", "average", "mean", "combined", "their", "its", "our", "overall",
    "all", "sum", "have", "has", "had", "been", "yet", "single", "different", "distinct", "one", "two", "three", "four",
    "five", "ten", "3", "5", "10", "4", "2", "other", "for", "in", "common", "many",
}  # fmt: skip


def link_roles(view: View) -> None:
    directions = {view.question.inside(*match.span())[1] for match in _DIRECTION.finditer(view.question.text)}
    view.types = [
        replace(
            item,
            is_by=_follows(view, item.start, _BY),
            is_asked=_follows(view, item.start, _ASKED),
            is_measured=_is_measured(view, item.start, directions),
            is_not=_is_missing(view, item.start),
        )
        for item in view.types
    ]
    view.properties = [
        replace(
            item,
            is_by=_follows(view, item.start, _BY),
            is_asked=_follows(view, item.start, _ASKED),
            is_measured=item.is_measured or _is_measured(view, item.start, directions),
        )
        for item in view.properties
    ]
    _owned_by(view)
    _named_by_property(view)
    _missing(view)
    _never(view)
    view.bounds = [SaidBound(bound, _limited(view, bound.start, bound.end)) for bound in view.cues.bounds]
    _more_than_nothing(view)


def _missing(view: View) -> None:
    """ "without a known blood type", "with no overhaul date": the property is not there."""
    for said in [*view.properties]:
        place = said.start - 1
        while place >= 0 and view.question.words[place] in _UNSAID:
            place -= 1
        said_before = view.question.words[max(place, 0) : said.start]
        lacks = said_before[:1] and (said_before[0] in _LACKING or said_before[:2] in (["not", "have"], ["not", "has"]))
        if said.is_day and (denied := _not_yet(view, said)) is not None:
            place, lacks = denied, True
        if not lacks or said.is_by or not isinstance(said.owner, NodeType):
            continue
        if said.owner in view.nodes or not view.types:
            view.properties.remove(said)
            view.values.append(SaidValue(said.owner, said.item, None))
            view.question.claim(place, said.start)


_THERE = {"late", "behind", "owe", "owes", "owing"}
"""What is so where the number is more than nothing."""


def _more_than_nothing(view: View) -> None:
    """ "How many legs were delayed", "delayed legs": those with a delay of more than nothing."""
    if not view.cues.has("count", "list") or view.bounds or view.cues.direction or view.cues.has("average", "sum"):
        return
    for said in view.properties:
        words = view.question.words
        is_done = words[said.start].endswith("ed") or words[said.start] in _THERE
        before = "".join(words[said.start - 1 : said.start])
        if (
            said.is_number
            and "year" not in spelt(said.item.name)
            and is_done
            and said.owner in view.nodes
            and (
                words[said.start] in _THERE
                or before in ("were", "was", "are", "is", "been")
                or any(said.end == item.start or item.end == said.start for item in view.types)
            )
        ):
            view.bounds.append(SaidBound(Bound(True, False, Decimal(0), False, said.start, said.end), said))


def _not_yet(view: View, said: SaidProperty) -> int | None:
    """ "Not yet discharged", "not discharged yet", "have not been discharged": where the "not" stands."""
    words = view.question.words
    place = said.start - 1
    while place >= 0 and words[place] in ("been", "yet"):
        place -= 1
    is_done = words[said.start].endswith("ed") or "yet" in words[place : said.start]
    if place < 0 or not is_done or not (words[place] == "not" or words[place].endswith(("n't", "n’t"))):
        return None
    if words[said.end : said.end + 1] == ["yet"]:
        view.question.claim(said.end, said.end + 1)
    return place


def _never(view: View) -> None:
    """ "never been admitted": the verb is of the type that there must be none of."""
    for said in [*view.properties] if view.types else ():
        owner = said.owner
        before = set(view.question.words[max(0, said.start - 4) : said.start])
        if isinstance(owner, NodeType) and owner not in view.nodes and before & {"never", "not"}:
            view.properties.remove(said)
            view.types.append(SaidType(owner, said.start, said.end, is_not=True))
    for number, word in enumerate(view.question.words):
        if word in ("never", "yet", "any", "no", "without", "not") and any(item.is_not for item in view.types):
            view.question.claim(number, number + 1)


def _follows(view: View, start: int, words: Iterable[str]) -> bool:
    """Whether one of the words stands right before, but for words of no weight."""
    place = start - 1
    said = view.question.words
    while place >= 0 and said[place] in _PASSED_OVER and said[place] not in words:
        place -= 1
    return place >= 0 and said[place] in words


def _is_measured(view: View, start: int, directions: set[int]) -> bool:
    place = start
    while place > 0 and place not in directions and view.question.words[place - 1] in _PASSED_OVER:
        place -= 1
    return place in directions


def _is_missing(view: View, start: int) -> bool:
    """ "without shipments", "have no shipments", "not sent any shipments", "never had a shipment"."""
    if _follows(view, start, _NOT - {"any", "not", "never"}):
        return True
    before = view.question.words[max(0, start - 5) : start]
    text = view.question.text.lower()
    return bool({"never", "not"} & set(before)) or ("n't" in text and "any" in before)


def _owned_by(view: View) -> None:
    """ "by supplier country", "by country of the supplier": what it is told by is the property, not the type."""
    for said in view.properties:
        beside = [item for item in view.types if item.end == said.start or said.end <= item.start <= said.end + 2]
        for item in beside:
            if item.node == said.owner and item.is_by and not said.is_by and item.end == said.start:
                view.properties[view.properties.index(said)] = replace(said, is_by=True)
                view.types[view.types.index(item)] = replace(item, is_by=False)


def _named_by_property(view: View) -> None:
    """ "Aircraft models" are models, not aircraft."""
    for said in [*view.properties]:
        if said.is_number or said.is_day or said.item.type.scalar is Scalar.BOOLEAN:
            continue
        for item in [one for one in view.types if one.end == said.start and one.node == said.owner]:
            roles = {name: getattr(item, name) or getattr(said, name) for name in ("is_by", "is_asked", "is_measured")}
            view.types.remove(item)
            view.properties[view.properties.index(said)] = replace(said, **roles)


def _limited(view: View, start: int, end: int) -> SaidType | SaidProperty | None:
    """What a limit is set for: what stands right behind its number, else the nearest before it."""
    numbers = [item for item in view.properties if item.is_number]
    others = [
        SaidType(item.owner, item.start, item.end)
        for item in view.properties
        if not item.is_number and isinstance(item.owner, NodeType)
    ]
    said: list[SaidType | SaidProperty] = [*view.types, *numbers, *others]
    behind = [item for item in said if end <= item.start <= end + 1]
    if behind:
        return min(behind, key=lambda item: item.start)
    if view.question.words[end - 1] in ("once", "twice"):
        numbers = []
        times = [item for item in (*others, *view.types) if item.end <= start]
        return max(times, key=lambda item: item.start) if times else None
    before = [item for item in numbers if item.end <= start]
    return max(before, key=lambda item: item.end) if before else None
