"""From the words of a question to named nodes, types, properties and relationships of a graph."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from knowledger.domain.agents.semantics.generic.doing import link_doing, link_somebody
from knowledger.domain.agents.semantics.generic.naming import (
    Words,
    forms,
    loose_property_forms,
    loose_type_forms,
    main_days,
    other_property_forms,
    property_forms,
    relationship_forms,
    spelt,
    stem,
    type_forms,
)
from knowledger.domain.agents.semantics.generic.rates import link_heads
from knowledger.domain.agents.semantics.generic.scattered import link_counted, link_scattered
from knowledger.domain.agents.semantics.generic.view import Owner, SaidProperty, SaidType, View
from knowledger.domain.agents.semantics.generic.vocabulary import is_where, vocabulary
from knowledger.domain.agents.semantics.question import number_of
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property
from knowledger.kernel.json import JsonObject, JsonValue

PropertyForms = Callable[[Property, Owner], list[Words]]


def link_mentions(view: View, rows: JsonValue) -> None:
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict):
            continue
        start, end = int(str(row["start"])), int(str(row["end"]))
        word = " ".join(view.question.words[start:end])
        if is_where(view.question.words, start, end, str(row["name"])):
            continue
        same = any((item["start"], item["end"]) == (start, end) for item in view.mentions)
        if (same or view.question.free(start, end)) and not _names_schema(view.setting.schema, word):
            view.question.claim(start, end)
            view.mentions.append({**row, "id": _key_of(view.setting.schema, row)})
    _told_apart(view)


def _key_of(schema: GraphSchema, row: JsonObject) -> JsonValue:
    """A node's key as the graph has it: names are found with their keys as text."""
    node = next(item for item in schema.nodes if item.name == row["type"])
    key = next(item for item in node.properties if item.name == node.key[0])
    return int(str(row["id"])) if key.type.scalar is Scalar.INT else row["id"]


def _told_apart(view: View) -> None:
    """Of several of one name the surest; a type said right before it tells which: the city of Bergen."""
    for place in {(row["start"], row["end"]) for row in view.mentions}:
        here = [row for row in view.mentions if (row["start"], row["end"]) == place]
        best = max(float(str(row["score"])) for row in here)
        near = " ".join(view.question.words[max(0, int(str(place[0])) - 2) : int(str(place[1])) + 1])
        kept = [row for row in here if float(str(row["score"])) == best]
        typed = [row for row in kept if " ".join(forms(str(row["type"]))) in near]
        view.mentions = [row for row in view.mentions if row not in here or row in (typed or kept)]


def _names_schema(schema: GraphSchema, word: str) -> bool:
    wanted = tuple(singular(part) for part in word.split())
    return any(wanted in type_forms(node) for node in schema.nodes)


def link_schema(view: View, nodes: Iterable[NodeType] = ()) -> None:
    """Types, properties and relationships that the question names, surest first; `nodes` were named before."""
    schema = view.setting.schema
    plain = [singular(word) for word in view.question.words]
    taken = {forms(node.name): node for node in schema.nodes}
    _link_types(view, plain, lambda node: [words for words in type_forms(node) if taken.get(words, node) == node])
    before = tuple(nodes)
    _link_properties(view, plain, before, lambda item, _: [words for words in property_forms(item) if len(words) > 1])
    _link_properties(view, plain, before, lambda item, _: [it for it in other_property_forms(item) if len(it) > 1])
    _link_types(view, plain, lambda node: loose_type_forms(node, schema))
    _link_types(view, [stem(word) for word in plain], lambda node: [(stem(forms(node.name)[-1]),)])
    if plain[:1] == ["who"]:  # "who rents it" is no question for a rent
        _link_relationships(view, [plain[0], *plain[1:3], *([""] * len(plain[3:]))])
    _link_properties(view, plain, before, lambda item, _: property_forms(item))
    _link_relationships(view, plain)
    _link_properties(view, plain, before, lambda item, _: other_property_forms(item))
    _link_properties(view, plain, before, loose_property_forms)
    _link_properties(view, [stem(word) for word in plain], before, loose_property_forms)
    link_doing(view)
    link_scattered(view)
    link_counted(view)
    link_heads(view)
    link_somebody(view)


def link_hints(view: View) -> None:
    """Relationships that share a stem with a word of the question, whatever that word means besides."""
    said = {stem(singular(word)) for word in view.question.words if len(word) > 4}
    for relationship in view.setting.schema.relationships:
        telling = {stem(word) for word in forms(relationship.name) if len(word) > 4}
        if telling & said and relationship not in view.relationships:
            view.hints.append(relationship)


def _link_relationships(view: View, plain: list[str]) -> None:
    schema = view.setting.schema
    for relationship in schema.relationships:
        for words in relationship_forms(relationship, schema):
            for start in _places(view, plain, words):
                view.question.claim(start, start + len(words))
                if relationship not in view.relationships:
                    view.relationships.append(relationship)


def _link_types(view: View, plain: list[str], called: Callable[[NodeType], list[Words]]) -> None:
    named = [(words, node) for node in view.setting.schema.nodes for words in called(node)]
    for words, node in sorted(named, key=lambda pair: -len(pair[0])):
        for start in _places(view, plain, words):
            view.question.claim(start, start + len(words))
            view.types.append(SaidType(node, start, start + len(words)))
    view.types.sort(key=lambda item: item.start)


def _link_properties(view: View, plain: list[str], before: Sequence[NodeType], called: PropertyForms) -> None:
    """A property is of a type that is named, of a named node's, or of whatever has it."""
    schema = view.setting.schema
    named = {str(row["type"]) for row in view.mentions}
    tiers: list[list[Owner]] = [
        [*view.nodes],
        [*before],
        [node for node in schema.nodes if node.name in named],
        [*schema.nodes, *schema.relationships],
    ]
    for owners in tiers:
        listed = [
            (words, owner, item) for owner in owners for item in owner.properties for words in called(item, owner)
        ]
        found = [
            SaidProperty(owner, item, start, start + len(words))
            for words, owner, item in sorted(listed, key=lambda each: -len(each[0]))
            for start in _places(view, plain, words)
            if view.question.words[start] != "since" or view.question.words[start + 1 : start + 2] in ([], ["when"])
        ]
        for said in _nearest(view, found):
            view.question.claim(said.start, said.end)
            view.properties.append(said)
    view.properties.sort(key=lambda item: item.start)


def _nearest(view: View, found: list[SaidProperty]) -> list[SaidProperty]:
    """The longest phrase before parts of it; of one word for several types that of the type beside it."""
    longest = [
        item
        for item in dict.fromkeys(found)
        if not any(
            other.start <= item.start and item.end <= other.end and other.end - other.start > item.end - item.start
            for other in found
        )
    ]
    kept: list[SaidProperty] = []
    for start in sorted({item.start for item in longest}):
        here = [item for item in longest if item.start == start]
        kept += [item for item in here if any(_is_beside(said, item) for said in view.types)] or here
    return kept


def _is_beside(said: SaidType, item: SaidProperty) -> bool:
    return said.node == item.owner and (said.end == item.start or item.end <= said.start <= item.end + 2)


def _places(view: View, plain: list[str], words: Words) -> list[int]:
    length = len(words)
    return [
        n
        for n in range(len(plain) - length + 1)
        if tuple(plain[n : n + length]) == words and view.question.free(n, n + length)
    ]


def link_superlatives(view: View) -> None:
    """The cheapest, the heaviest, hired first: a direction, and the one property that such a word is about."""
    for direction, known in vocabulary().superlatives.items():
        for number, word in enumerate(view.question.words):
            if word not in known or not view.question.free(number, number + 1):
                continue
            if view.direction not in (None, direction):  # the oldest and the newest are two questions
                continue
            if number_of(" ".join(view.question.words[number + 1 : number + 2])) and word not in ("first", "last"):
                view.wanted = number_of(view.question.words[number + 1]) or 0
                view.question.claim(number + 1, number + 2)
            numbers = [said for said in view.properties if said.is_number or said.is_day]
            owner = _superlative_of(view, number)
            if word == "first" and _begins_a_value(view, number):
                continue
            if (
                word in ("last", "first", "latest")
                and view.question.words[number + 1 : number + 2]
                and _is_step(view.question.words[number + 1])
            ):
                continue
            about = _about(owner, known[word]) or ([*main_days(owner)] if owner and "date" in known[word] else [])
            about = about if len(about) == 1 else []
            if numbers and (word not in ("first", "last") or numbers[0].is_day):
                view.question.claim(number, number + 1)
                view.direction = direction
            elif owner and about and not numbers:
                view.question.claim(number, number + 1)
                view.properties.append(SaidProperty(owner, about[0], number, number + 1, is_measured=True))
                view.direction = "least" if view.question.words[number - 1 : number] == ["least"] else direction


def link_wanted(view: View) -> None:
    """ "The three films with the biggest budgets": how many, where a number stands before what is ranked."""
    words = view.question.words
    for said in view.types if not (view.wanted or view.cues.count) else ():
        number = number_of(words[said.start - 1]) if said.start and words[said.start - 1].isalpha() else None
        free = said.start and view.question.free(said.start - 1, said.start)
        if number and free and number > 1 and (view.direction or view.cues.direction):
            view.question.claim(said.start - 1, said.start)
            view.cues = replace(view.cues, count=number)
            return


def _begins_a_value(view: View, number: int) -> bool:
    """ "First officers": the word behind it means nothing else."""
    behind = view.question.words[number + 1 : number + 2]
    return bool(set(behind) & set(view.question.left)) and behind[0] not in ("among", "amongst", "ever")


def _is_step(word: str) -> bool:
    return word.isdigit() or singular(word) in (
        "year",
        "month",
        "quarter",
        "week",
        "day",
        "two",
        "three",
        "four",
        "six",
        "twelve",
        "few",
    )


def _about(owner: Owner | None, names: Sequence[str]) -> list[Property]:
    """The properties with the first of these words that any has; several are none."""
    found = [[item for item in owner.properties if name in spelt(item.name)] for name in names] if owner else []
    first = next((listed for listed in found if listed), [])
    return first if len(first) == 1 else []


def _superlative_of(view: View, number: int) -> Owner | None:
    behind: Owner | None = next((item.node for item in view.types if item.start > number), None)
    return behind or next(iter(view.nodes), None) or next(iter(view.relationships), None)
