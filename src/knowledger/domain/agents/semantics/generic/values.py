"""Words of a question that are values of the graph: Norway, in transit, certified, H0001."""

import re
from collections.abc import Generator, Iterable
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from knowledger.domain.agents.semantics.generic.naming import forms, spelt
from knowledger.domain.agents.semantics.generic.rows import shown_name
from knowledger.domain.agents.semantics.generic.view import NUMBERS, SaidProperty, SaidValue, View
from knowledger.domain.agents.semantics.generic.vocabulary import vocabulary
from knowledger.domain.agents.steps import Call
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import NodeType, Property
from knowledger.kernel.json import JsonObject, JsonValue

Phrases: TypeAlias = dict[str, tuple[int, int]]
FoundValue: TypeAlias = tuple[NodeType, Property, JsonValue]
Found: TypeAlias = dict[tuple[int, int], list[FoundValue]]

_LONGEST_VALUE = 4
_SMALL_SCHEMA = 12
"""With more types than that the values of types that nobody named are not searched for: it would take long."""
_NOT = {
    "not",
    "no",
    "non",
    "un",
    "never",
    "except",
    "excluding",
    "without",
    "isn't",
    "aren't",
    "outside",
    "isnt",
    "arent",
    "haven't",
    "hasn't",
    "weren't",
    "wasn't",
    "didn't",
    "don't",
    "doesn't",
}
_BEFORE_NOT = {
    "have",
    "has",
    "had",
    "in",
    "from",
    "the",
    "of",
    "yet",
    "at",
    "a",
    "an",
    "for",
    "been",
    "with",
    "than",
    "are",
    "is",
    "being",
}
_PLACES = {"country", "jurisdiction", "nationality", "nation", "state", "province", "incorporation"}
_BESIDES = {
    "mailingstate",
    "mailingcity",
    "mailingcountry",
    "incorporation",
    "incorporationcountry",
    "former",
    "previous",
}
"""Where something is told of a thing that the same words would tell of it in the first place."""


def link_flags(view: View) -> None:
    """A yes-or-no property that is named is a condition: certified suppliers. So is a number behind one: floor 2."""
    _link_denied_flags(view)
    _link_opposites(view)
    _link_numbers(view)
    for said in [*view.properties]:
        named = any(row["type"] == said.owner.name for row in view.mentions)
        if said.item.type.scalar is Scalar.BOOLEAN and isinstance(said.owner, NodeType) and not named:
            if said.is_by or view.question.words[said.start - 1 : said.start] in (["by"], ["per"]):
                continue
            view.properties.remove(said)
            view.values.append(SaidValue(said.owner, said.item, not _is_denied(view, said.start)))


def _link_denied_flags(view: View) -> None:
    """Uninsured patients."""
    for number, word in enumerate(view.question.words):
        if number in view.question.claimed or not word.startswith(("un", "non")):
            continue
        for node in view.nodes:
            bare = word.removeprefix("non").removeprefix("un")
            found = [
                item for item in node.properties if item.type.scalar is Scalar.BOOLEAN and bare in forms(item.name)
            ]
            if len(found) == 1:
                view.question.claim(number, number + 1)
                view.values.append(SaidValue(node, found[0], False))


_OTHERWISE = {("part", "time"): ("full", "time"), ("full", "time"): ("part", "time")}


def _link_opposites(view: View) -> None:
    """Who works part time does not work full time."""
    words = view.question.words
    for number, pair in enumerate(pairwise(words)):
        for node in view.nodes if pair in _OTHERWISE and view.question.free(number, number + 2) else ():
            flags = [item for item in node.properties if item.type.scalar is Scalar.BOOLEAN]
            found = [item for item in flags if forms(item.name) == _OTHERWISE[pair]]
            if found and not any(forms(item.name) == pair for item in flags):
                view.question.claim(number, number + 2)
                view.values.append(SaidValue(node, found[0], False))


def _link_numbers(view: View) -> None:
    words = view.question.words
    for said in [*view.properties]:
        behind = "".join(words[said.end : said.end + 1])
        free = view.question.free(said.end, said.end + 1)
        if said.item.type.scalar is Scalar.INT and behind.isdigit() and free and isinstance(said.owner, NodeType):
            view.question.claim(said.end, said.end + 1)
            view.properties.remove(said)
            view.values.append(SaidValue(said.owner, said.item, int(behind)))


_PROPER = re.compile(r"(?<![.?!] )\b[A-ZÀ-Þ][\w'’-]*(?: (?:(?:of|de|the|and|&) )?[A-ZÀ-Þ][\w'’-]*)+(?: \d+\w?)?")


def link_proper_values(view: View, mentions: JsonValue) -> Generator[Call, ToolOutput, None]:
    """ "Old Town": what is written as a name is looked up as a whole before its words are read as anything else."""
    nodes = view.setting.schema.nodes
    rows = [row for row in mentions if isinstance(row, dict)] if isinstance(mentions, list) else []
    named = {(row["start"], row["end"]) for row in rows}
    phrases: Phrases = {}
    for match in _PROPER.finditer(view.question.text):
        place = view.question.inside(*match.span())
        if view.question.free(*place) and place not in named:
            phrases[match[0].lower()] = place
    found: Found = {}
    for node in nodes if phrases and len(nodes) <= _SMALL_SCHEMA else ():
        yield from _values_among(node, phrases, phrases, found)
    _take_values(view, found)


def link_values(view: View, nodes: Iterable[NodeType] = ()) -> Generator[Call, ToolOutput, None]:
    """Words left over may be values of a text property, first of the types that are asked about, then of any other."""
    schema = view.setting.schema
    said = [said.owner for said in view.properties if isinstance(said.owner, NodeType)]
    first = {node.name: node for node in [*nodes, *view.nodes, *said]}
    rest = [node for node in schema.nodes if node.name not in first] if len(schema.nodes) <= _SMALL_SCHEMA else []
    for tier in ([*first.values()], rest):
        found: Found = {}
        for node in tier:
            yield from _values_of(view, node, found)
        _take_values(view, found)
    yield from _link_keys(view)


def _take_values(view: View, found: Found) -> None:
    """Longest first; what several properties have does not tell which is meant."""
    for place, listed in sorted(found.items(), key=lambda pair: pair[0][0] - pair[0][1]):
        listed = _likeliest(view, listed)
        if view.question.free(*place) and len({(node.name, item.name) for node, item, _ in listed}) == 1:
            denied = _is_denied(view, place[0])
            view.question.claim(*place)
            view.values += [SaidValue(node, item, value, denied) for node, item, value in listed]


def _likeliest(view: View, listed: list[FoundValue]) -> list[FoundValue]:
    """Of several properties the one that is named, else the one that comes first to mind."""
    named = [found for found in listed if any(said.item == found[1] for said in view.properties)]
    return named or [found for found in listed if not _BESIDES & set(spelt(found[1].name))] or listed


def _values_of(view: View, node: NodeType, found: Found) -> Generator[Call, ToolOutput, None]:
    phrases = _phrases_left(view, in_places=False)
    if phrases:
        yield from _values_among(node, phrases, _phrases_left(view, in_places=True), found)


def _values_among(node: NodeType, phrases: Phrases, abroad: Phrases, found: Found) -> Generator[Call, ToolOutput, None]:
    """`abroad` are the phrases that may be values of a place: its other names are among them."""
    named = shown_name(node)
    wanted = [
        item
        for item in node.properties
        if item.type.scalar is Scalar.STRING and item.name not in (*node.key, named) and (not item.name.endswith("_id"))
    ]
    for item in wanted:
        here = abroad if _PLACES & set(spelt(item.name)) else phrases
        where = (
            f"UNWIND n.`{item.name}` AS value WITH value WHERE lower(value) IN $words RETURN DISTINCT value"
            if item.type.is_list
            else f"WHERE lower(n.`{item.name}`) IN $words RETURN DISTINCT n.`{item.name}` AS value"
        )
        output = yield Call(
            "run_cypher",
            {"query": f"MATCH (n:`{node.name}`) {where}", "parameters": {"words": [*here]}},
            f"{item.name} of {node.name}",
        )
        rows = output.value.get("rows")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and (place := here.get(str(row["value"]).lower())):
                found.setdefault(place, []).append((node, item, row["value"]))


def ask_flags(view: View) -> None:
    """ "Is SK-ADF leased?" asks for what of anything else is a condition."""
    named = {row["type"] for row in view.mentions} if not view.types else set()
    for said in [item for item in view.values if isinstance(item.value, bool) and item.owner.name in named]:
        view.values.remove(said)
        view.properties.append(SaidProperty(said.owner, said.item, 0, 0))


def settle_missing(view: View) -> Generator[Call, ToolOutput, None]:
    """ "No delay" is nought where there are noughts, and else a number that is not there."""
    for number, said in enumerate(view.values):
        if said.value is not None or said.item.type.scalar not in NUMBERS:
            continue
        query = f"MATCH (n:`{said.owner.name}`) WHERE n.`{said.item.name}` = 0 RETURN count(*) AS nodes"
        output = yield Call("run_cypher", {"query": query}, f"{said.owner.name} with a {said.item.name} of nought")
        rows = output.value.get("rows")
        if isinstance(rows, list) and rows and isinstance(rows[0], dict) and rows[0]["nodes"]:
            view.values[number] = replace(said, value=0)


def _link_keys(view: View) -> Generator[Call, ToolOutput, None]:
    """Words may be the key of a node: shipment H0001."""
    phrases = {word: place for word, place in _phrases_left(view, in_places=False).items() if len(word) > 1}
    named = view.nodes or (view.setting.schema.nodes if len(view.setting.schema.nodes) <= _SMALL_SCHEMA else ())
    nodes = [node for node in named if len(node.key) == 1] if phrases else []
    for node in nodes:
        key = next(item for item in node.properties if item.name == node.key[0])
        if key.type.scalar is not Scalar.STRING:
            continue
        query = f"MATCH (n:`{node.name}`) WHERE lower(n.`{key.name}`) IN $words RETURN n.`{key.name}` AS id"
        output = yield Call("run_cypher", {"query": query, "parameters": {"words": [*phrases]}}, f"{node.name} by key")
        rows = output.value.get("rows")
        for row in rows if isinstance(rows, list) else []:
            place = phrases.get(str(row["id"]).lower()) if isinstance(row, dict) else None
            if place and isinstance(row, dict) and view.question.free(*place):
                view.question.claim(*place)
                view.mentions.append(_mention(node, row["id"], place))


def _mention(node: NodeType, id_: JsonValue, place: tuple[int, int]) -> JsonObject:
    return {"type": node.name, "id": id_, "name": str(id_), "start": place[0], "end": place[1], "score": 100}


def _is_denied(view: View, start: int) -> bool:
    """Whether a "not" stands before it; the "not" is then understood."""
    place = start - 1
    words = view.question.words
    while place >= 0 and words[place] in _BEFORE_NOT:
        place -= 1
    is_other = words[max(0, place) : place + 1] == ["other"]
    if place >= 0 and (words[place] in _NOT or is_other):
        view.question.claim(place, place + 1)
        return True
    return False


def _phrases_left(view: View, *, in_places: bool) -> Phrases:
    """Words that nobody claimed, alone and with their neighbours, and where they stand."""
    question = view.question
    left = {n for n, word in enumerate(question.words) if n not in question.claimed and word in question.left}
    found: Phrases = {}
    for length in range(1, _LONGEST_VALUE + 1):
        for start in range(len(question.words) - length + 1):
            place = (start, start + length)
            if not left & set(range(*place)) or not question.free(*place):
                continue
            phrase = " ".join(question.words[start : start + length])
            for form in (phrase, phrase.replace(" ", "_"), phrase.replace(" ", "-"), *_singles(phrase)):
                found.setdefault(form, place)
            for name in vocabulary().meanings.get(phrase, ()):
                found.setdefault(name, place)
            for name in vocabulary().places_called(phrase) if in_places else ():
                found.setdefault(name, place)
    return found


def _singles(phrase: str) -> list[str]:
    """ "robots" may be the value "robot", "documentaries" "documentary"."""
    if phrase in vocabulary().plurals:
        return [vocabulary().plurals[phrase]]
    if len(phrase) <= 3:
        return []
    head, _, last = phrase.rpartition(" ")
    return [f"{head} {singular(last)}".strip(), phrase[:-1]] if phrase.endswith("s") else [f"{phrase}s"]
