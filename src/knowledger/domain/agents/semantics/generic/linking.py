"""From the words of a question to nodes, types, properties, relationships and values of a graph."""

from collections.abc import Generator

from knowledger.domain.agents.semantics.generic.view import View, forms
from knowledger.domain.agents.steps import Call
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import GraphSchema, Property, RelationshipType
from knowledger.kernel.json import JsonValue

_ALIKE = {
    "amount": ("value", "total"),
    "employees": ("staff", "workers", "headcount", "employs", "employ"),
    "born": ("birth",),
    "founded": ("established", "founding", "started", "oldest", "youngest", "newest"),
    "industry": ("sector", "branch"),
    "country": ("nation", "countries", "based", "located"),
    "name": ("called", "names"),
    "purpose": ("reason",),
}


_TYPES_ALSO_CALLED = {
    "Entity": ("company", "companies", "firm", "filer", "issuer", "organization", "business"),
    "Report": ("filing", "submission"),
    "Filing": ("report", "submission"),
    "Tag": ("concept",),
    "Counterparty": ("partner", "counterparties"),
    "BankTransaction": ("transaction",),
    "BankAccount": ("account",),
    "LineItem": ("posting", "journal line"),
    "Person": ("people", "persons", "director"),
    "Company": ("firm", "business"),
    "Institution": ("bank",),
}


_COUNTRIES = {
    "germany": "DE",
    "german": "DE",
    "france": "FR",
    "french": "FR",
    "italy": "IT",
    "italian": "IT",
    "spain": "ES",
    "spanish": "ES",
    "poland": "PL",
    "polish": "PL",
    "sweden": "SE",
    "swedish": "SE",
    "austria": "AT",
    "austrian": "AT",
    "netherlands": "NL",
    "dutch": "NL",
    "belgium": "BE",
    "denmark": "DK",
    "norway": "NO",
    "finland": "FI",
    "ireland": "IE",
    "portugal": "PT",
    "switzerland": "CH",
    "swiss": "CH",
    "usa": "US",
    "america": "US",
    "american": "US",
    "uk": "GB",
    "britain": "GB",
    "british": "GB",
    "england": "GB",
    "canada": "CA",
    "china": "CN",
    "japan": "JP",
    "india": "IN",
    "brazil": "BR",
    "mexico": "MX",
    "greece": "GR",
    "hungary": "HU",
    "romania": "RO",
    "czechia": "CZ",
    "luxembourg": "LU",
}


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
        for name in _TYPES_ALSO_CALLED.get(node.name, ())
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
    listed = [own, *((singular(word),) for word in _ALIKE.get(item.name, ()))]
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


def link_values(view: View) -> Generator[Call, ToolOutput, None]:
    """Words left over may be values of a text property of the type that is asked about: textiles, DE, loan."""
    node = view.nodes[0] if view.nodes else None
    if node is None:
        return
    for item in node.properties:
        left = view.question.left
        if not left or item.type.scalar is not Scalar.STRING or item.type.is_list or item.name in node.key:
            continue
        if item.name in ("country", "jurisdiction"):
            left = [*left, *(_COUNTRIES[word].lower() for word in left if word in _COUNTRIES)]
        query = (
            f"MATCH (n:`{node.name}`) WHERE lower(n.`{item.name}`) IN $words RETURN DISTINCT n.`{item.name}` AS value"
        )
        found = yield Call(
            "run_cypher", {"query": query, "parameters": {"words": [*left]}}, f"{item.name} of {node.name}"
        )
        rows = found.value.get("rows")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict):
                word = str(row["value"]).lower()
                said = {word, *(name for name, code in _COUNTRIES.items() if code.lower() == word)}
                view.question.claimed.update(n for n, other in enumerate(view.question.words) if other in said)
                view.filters.append((item, row["value"]))
