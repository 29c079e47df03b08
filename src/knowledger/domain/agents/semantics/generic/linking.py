"""From the words of a question to nodes, types, properties, relationships and values of a graph."""

from collections.abc import Generator

from knowledger.domain.agents.semantics.generic.view import NUMBERS, View, forms
from knowledger.domain.agents.semantics.generic.vocabulary import vocabulary
from knowledger.domain.agents.steps import Call
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import GraphSchema, Property, RelationshipType
from knowledger.kernel.json import JsonValue

_LONGEST_VALUE = 4
_NOT = {"not", "no", "non", "un", "never"}
_PLACES = ("country", "jurisdiction", "nationality", "nation")


def link_mentions(view: View, rows: JsonValue) -> None:
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict):
            continue
        start, end = int(str(row["start"])), int(str(row["end"]))
        word = " ".join(view.question.words[start:end])
        if view.question.free(start, end) and not _names_schema(view.setting.schema, word):
            view.question.claim(start, end)
            view.mentions.append(row)


def _names_schema(schema: GraphSchema, word: str) -> bool:
    wanted = tuple(singular(part) for part in word.split())
    return any(forms(node.name) == wanted for node in schema.nodes)


def link_schema(view: View) -> None:
    """Types and properties that the question names, longest first."""
    schema = view.setting.schema
    named = [(forms(node.name), node) for node in schema.nodes]
    taken = {words for words, _ in named}
    named += [
        (words, node)
        for node in schema.nodes
        for name in vocabulary().types.get(node.name, ())
        if (words := tuple(singular(word) for word in name.split())) not in taken
    ]
    plain = [singular(word) for word in view.question.words]
    for words, node in sorted(named, key=lambda pair: -len(pair[0])):
        for start in _places(view, plain, words):
            view.question.claim(start, start + len(words))
            if node not in view.nodes:
                view.nodes.append(node)
    owners = (
        view.nodes
        or [node for node in schema.nodes if any(row["type"] == node.name for row in view.mentions)]
        or list(schema.nodes)
    )
    candidates = [(words, node, item) for node in owners for item in node.properties for words in _property_forms(item)]
    for words, node, item in sorted(candidates, key=lambda each: -len(each[0])):
        for start in _places(view, plain, words):
            if words == ("since",) and view.question.words[start + 1 : start + 2] != []:
                continue
            view.question.claim(start, start + len(words))
            view.properties.append((node, item))
    for relationship in schema.relationships:
        for words in relationship_forms(relationship):
            for start in _places(view, plain, words):
                view.question.claim(start, start + len(words))
                if relationship not in view.relationships:
                    view.relationships.append(relationship)


def _places(view: View, plain: list[str], words: tuple[str, ...]) -> list[int]:
    length = len(words)
    return [
        n
        for n in range(len(plain) - length + 1)
        if tuple(plain[n : n + length]) == words and view.question.free(n, n + length)
    ]


def _property_forms(item: Property) -> list[tuple[str, ...]]:
    own = forms(item.name)
    listed = [own, *((singular(word),) for word in vocabulary().properties.get(item.name, ()))]
    if len(own) > 1 and own[-1] in ("id", "on", "at", "date"):
        listed.append(own[:-1])
    return listed


def relationship_forms(relationship: RelationshipType) -> list[tuple[str, ...]]:
    """A relationship's name and its verb in other forms: OWNS → own, owned, owner, owning."""
    own = forms(relationship.name)
    if len(own) > 1:
        return [own]
    stem = own[0].removesuffix("e")
    return [own, *((stem + ending,) for ending in ("e", "ed", "ing", "er", "ers", "or", "es", "s"))]


def link_superlatives(view: View) -> None:
    """The cheapest, the heaviest: a direction, and the one property that such a word is about."""
    node = view.nodes[0] if view.nodes else None
    for direction, known in vocabulary().superlatives.items():
        for number, word in enumerate(view.question.words):
            if node is None or word not in known:
                continue
            about = [item for item in node.properties if set(forms(item.name)) & set(known[word])]
            named = [item for owner, item in view.properties if owner == node and item.type.scalar in NUMBERS]
            if len(about) == 1 and not named:
                view.question.claim(number, number + 1)
                view.properties.append((node, about[0]))
                view.direction = "least" if view.question.words[number - 1 : number] == ["least"] else direction


def link_flags(view: View) -> None:
    """A yes-or-no property that is named is a condition: certified suppliers."""
    for owner, item in [*view.properties]:
        if item.type.scalar is Scalar.BOOLEAN and view.nodes[:1] == [owner]:
            view.properties.remove((owner, item))
            view.filters.append((item, not _NOT & set(view.question.words)))
            view.question.claimed.update(n for n, word in enumerate(view.question.words) if word in _NOT)


def link_values(view: View) -> Generator[Call, ToolOutput, None]:
    """Words left over may be values of a text property of the type that is asked about: textiles, DE, in transit."""
    node = view.nodes[0] if view.nodes else None
    if node is None:
        return
    for item in node.properties:
        if item.type.scalar is not Scalar.STRING or item.type.is_list or item.name in node.key:
            continue
        phrases = _phrases_left(view, in_places=item.name in _PLACES)
        if not phrases:
            return
        query = (
            f"MATCH (n:`{node.name}`) WHERE lower(n.`{item.name}`) IN $words RETURN DISTINCT n.`{item.name}` AS value"
        )
        found = yield Call(
            "run_cypher", {"query": query, "parameters": {"words": [*phrases]}}, f"{item.name} of {node.name}"
        )
        rows = found.value.get("rows")
        values = [row["value"] for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        for value in sorted(values, key=lambda each: -len(str(each))):
            place = phrases.get(str(value).lower())
            if place and view.question.free(*place):
                view.question.claim(*place)
                view.filters.append((item, value))


def _phrases_left(view: View, *, in_places: bool) -> dict[str, tuple[int, int]]:
    """Words that nobody claimed, alone and with their neighbours, and where they stand."""
    question = view.question
    left = {n for n, word in enumerate(question.words) if n not in question.claimed and word in question.left}
    found: dict[str, tuple[int, int]] = {}
    for length in range(1, _LONGEST_VALUE + 1):
        for start in range(len(question.words) - length + 1):
            place = (start, start + length)
            if not left & set(range(*place)) or not question.free(*place):
                continue
            phrase = " ".join(question.words[start : start + length])
            found.setdefault(phrase, place)
            for name in vocabulary().countries_called(phrase) if in_places else ():
                found.setdefault(name, place)
    return found
