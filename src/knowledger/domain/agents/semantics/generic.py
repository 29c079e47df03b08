"""Questions that any graph can answer through its schema: counts, groups, tops, sums, attributes, neighbours, paths."""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from knowledger.domain.agents.semantics.abstain import ADVICE, FUTURE, WHY, abstain, unknown_words
from knowledger.domain.agents.semantics.cues import Bound, Cues, read_bounds, read_cues
from knowledger.domain.agents.semantics.lexicon import singular
from knowledger.domain.agents.semantics.periods import Times, read_times
from knowledger.domain.agents.semantics.question import Question
from knowledger.domain.agents.semantics.wording import Writing, bar_chart, exact
from knowledger.domain.agents.steps import Call, Reply, Setting, Table
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property, RelationshipType
from knowledger.kernel.json import JsonObject, JsonValue

Answering: TypeAlias = Generator[Call, ToolOutput, Reply]

_NUMBERS = (Scalar.INT, Scalar.DOUBLE, Scalar.DECIMAL)
_PEOPLE = {"who", "person", "people", "whom"}
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


@dataclass
class View:
    """What the question names of the schema."""

    setting: Setting
    question: Question
    times: Times
    cues: Cues
    nodes: list[NodeType] = field(default_factory=list)
    properties: list[tuple[NodeType, Property]] = field(default_factory=list)
    relationships: list[RelationshipType] = field(default_factory=list)
    mentions: list[JsonObject] = field(default_factory=list)
    filters: list[tuple[Property, JsonValue]] = field(default_factory=list)

    def citation(self, query: str, label: str) -> Citation:
        return Citation(label, self.setting.graph_id, self.setting.generation_id, query=" ".join(query.split()))


_FORM = re.compile(r"\b(10|8|20)-?([kqf])s?\b", re.IGNORECASE)


def forms(name: str) -> tuple[str, ...]:
    """A schema's name as words: HAS_LINE_ITEM → has line item; LineItem → line item."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ")
    return tuple(singular(part.lower()) for part in spaced.split())


def suggestions(schema: GraphSchema) -> list[str]:
    listed = [f"How many {' '.join(forms(node.name))} nodes are there?" for node in schema.nodes[:2]]
    return [
        *listed,
        "What node types are there?",
        *([f"What properties does {schema.nodes[0].name} have?"] if schema.nodes else []),
    ]


def think_generic(text: str, setting: Setting) -> Answering:
    found = yield Call("find_entity", {"text": text}, "what the question names")
    if found.failed:
        return abstain(f"The graph could not be read: {found.value.get('message')}")
    question = Question(text)
    bounds = read_bounds(question)
    view = View(setting, question, Times(), Cues(frozenset(), bounds))
    _mentions(view, found.value.get("rows"))
    _schema_words(view)
    view.times = read_times(question)
    view.cues = read_cues(question, bounds)
    for cue, told in (("advice", ADVICE), ("why", WHY)):
        if view.cues.has(cue):
            return abstain(told, suggestions(setting.schema))
    if view.times.is_future:
        return abstain(FUTURE, suggestions(setting.schema))
    if form := _FORM.search(text):
        wanted = [item for node in view.nodes[:1] for item in node.properties if item.name == "form"]
        if not wanted:
            return abstain("I do not see whose forms are meant.", suggestions(setting.schema))
        view.filters.append((wanted[0], f"{form[1]}-{form[2]}".upper()))
    yield from _values_named(view)
    return (yield from _choose(view))


def _mentions(view: View, rows: JsonValue) -> None:
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


def _schema_words(view: View) -> None:
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
        for words in _relationship_forms(relationship):
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


def _relationship_forms(relationship: RelationshipType) -> list[tuple[str, ...]]:
    """A relationship's name and its verb in other forms: OWNS → own, owned, owner, owning."""
    own = forms(relationship.name)
    if len(own) > 1:
        return [own]
    stem = own[0].removesuffix("e")
    return [own, *((stem + ending,) for ending in ("e", "ed", "ing", "er", "ers", "or", "es", "s"))]


def _values_named(view: View) -> Generator[Call, ToolOutput, None]:
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


def _choose(view: View) -> Answering:
    cues, schema = view.cues, view.setting.schema
    if cues.has("rank_best", "rank_worst"):
        return abstain("I rank by a property that is named, not by what is best.", suggestions(schema))
    if cues.has("schema", "define") and not view.mentions:
        return _described(view)
    if unknown := [word for word in view.question.left if word not in _PEOPLE]:
        return unknown_words(unknown, suggestions(schema))
    if len(view.mentions) == 2 and cues.has("path") and not view.nodes:
        return (yield from _path(view))
    if (len(view.mentions) == 1 and not view.nodes) or (view.mentions and view.relationships):
        return (yield from _about_one(view))
    if not view.nodes and view.properties:
        owners = {node.name for node, _ in view.properties}
        if len(owners) == 1:
            view.nodes = [view.properties[0][0]]
    if not view.nodes:
        return abstain("I do not see what of this graph it asks for.", suggestions(schema))
    return (yield from _of_type(view))


def _described(view: View) -> Reply:
    schema = view.setting.schema
    if view.question.left:
        return unknown_words(view.question.left, suggestions(schema))
    writing = Writing("schema")
    if view.properties and view.cues.has("define"):
        for node, item in view.properties[:3]:
            writing.say(f"**{node.name}.{item.name}** ({item.type}): {item.description or 'no description'}")
    elif view.nodes:
        for node in view.nodes:
            writing.say(f"**{node.name}**: {node.description or 'no description'}. Key: {', '.join(node.key)}.")
            rows = tuple((item.name, str(item.type), item.description) for item in node.properties)
            writing.tables.append(Table(node.name, ("property", "type", "description"), rows))
            writing.say("Properties: " + ", ".join(f"{item.name} ({item.type})" for item in node.properties) + ".")
            ways = [item for item in schema.relationships if node.name in (item.from_node, item.to_node)]
            writing.say(
                "Relationships: "
                + ", ".join(f"({item.from_node})-[{item.name}]->({item.to_node})" for item in ways)
                + "."
            )
            writing.values["count"] = str(len(node.properties))
            writing.values["names"] = "; ".join(item.name for item in node.properties)
    else:
        writing.say(
            f"{schema.description or 'This graph'}: {len(schema.nodes)} node types and "
            f"{len(schema.relationships)} relationship types."
        )
        writing.say("Node types: " + ", ".join(node.name for node in schema.nodes) + ".")
        writing.say("Relationship types: " + ", ".join(item.name for item in schema.relationships) + ".")
        rows = tuple((node.name, node.description, ", ".join(node.key)) for node in schema.nodes)
        writing.tables.append(Table("Node types", ("type", "description", "key"), rows))
        text = view.question.text.lower()
        about_ways = "relationship" in text or "edge" in text
        names = [item.name for item in (schema.relationships if about_ways else schema.nodes)]
        writing.values |= {"count": str(len(names)), "value": str(len(names)), "names": "; ".join(names)}
    return writing.reply()


def _where(view: View, node: NodeType) -> tuple[str, JsonObject] | Reply:
    """The conditions that the question names for nodes of a type, as Cypher and its parameters."""
    conditions: list[str] = []
    parameters: JsonObject = {}
    for number, (item, value) in enumerate(view.filters):
        conditions.append(f"n.`{item.name}` = $f{number}")
        parameters[f"f{number}"] = value
    numbers = [item for owner, item in view.properties if owner == node and item.type.scalar in _NUMBERS]
    numbers = numbers or [
        item for item in node.properties if item.type.scalar in _NUMBERS and item.name not in node.key
    ]
    for number, bound in enumerate(view.cues.bounds):
        if len(set(numbers)) != 1:
            return abstain(f"Which number of {node.name} is meant?", suggestions(view.setting.schema))
        conditions.append(f"n.`{numbers[0].name}` {_sign(bound)} CAST($b{number} AS {_cast(numbers[0])})")
        parameters[f"b{number}"] = exact(bound.amount)
    if any(not item.year for item in view.times.periods):
        return abstain("Name the year too.", suggestions(view.setting.schema))
    if view.times.periods:
        dates = [
            item
            for owner, item in view.properties
            if owner == node and item.type.scalar in (Scalar.DATE, Scalar.TIMESTAMP)
        ]
        dates = dates or [item for item in node.properties if item.type.scalar in (Scalar.DATE, Scalar.TIMESTAMP)]
        years = [item for owner, item in view.properties if owner == node and item.type.scalar is Scalar.INT]
        if len(set(dates)) == 1 and not view.times.is_range:
            first, last = view.times.periods[0].days()
            conditions.append(
                f"CAST(n.`{dates[0].name}` AS DATE) >= date($first) AND CAST(n.`{dates[0].name}` AS "
                f"DATE) <= date($last)"
            )
            parameters |= {"first": str(first), "last": str(last)}
        elif len(set(years)) == 1 and view.times.periods[0].kind == "FY":
            conditions.append(f"n.`{years[0].name}` = $year")
            parameters["year"] = view.times.periods[0].year
        else:
            return abstain(f"Which day of {node.name} is meant?", suggestions(view.setting.schema))
    elif not view.times.says_nothing and not view.times.is_all:
        return abstain("Name the year, month or day that is meant.", suggestions(view.setting.schema))
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), parameters


def _sign(bound: Bound) -> str:
    return (">" if bound.over else "<") + ("=" if bound.inclusive else "")


def _cast(item: Property) -> str:
    if item.type.scalar is Scalar.DECIMAL:
        return f"DECIMAL({item.type.precision},{item.type.scale})"
    return "INT64" if item.type.scalar is Scalar.INT else "DOUBLE"


def _of_type(view: View) -> Answering:
    node, cues = view.nodes[0], view.cues
    if len(view.nodes) > 1:
        return (yield from _related(view))
    where = _where(view, node)
    if isinstance(where, Reply):
        return where
    condition, parameters = where
    own = [item for owner, item in view.properties if owner == node]
    numbers = [item for item in own if item.type.scalar in _NUMBERS]
    others = [item for item in own if item not in numbers and item not in [each for each, _ in view.filters]]
    if (
        others
        and cues.has("by", "split", "count")
        and not cues.direction
        and (cues.has("by", "split") or "each" in view.question.text)
    ):
        return (yield from _grouped(view, node, others[0], numbers, condition, parameters))
    if others and cues.direction and "most" in view.question.text.lower() and not numbers:
        return (yield from _grouped(view, node, others[0], numbers, condition, parameters))
    countable = [item for item in node.properties if item.type.scalar in _NUMBERS and item.name not in node.key]
    if cues.has("sum", "average") and not own and len(countable) == 1:
        numbers = countable
    if (numbers and cues.has("average", "sum", "median")) or (
        numbers and "total" in view.question.words and not cues.direction
    ):
        return (yield from _aggregated(view, node, numbers[0], condition, parameters))
    if cues.direction and not own and len(countable) == 1:
        numbers = countable
    if cues.direction and (numbers or [item for item in own if item.type.scalar is Scalar.DATE]):
        ordering = (numbers or [item for item in own if item.type.scalar is Scalar.DATE])[0]
        return (yield from _top(view, node, ordering, condition, parameters))
    if cues.has("count"):
        return (yield from _counted(view, node, condition, parameters))
    if condition or (cues.has("list") and not own):
        return (yield from _listing(view, node, condition, parameters))
    return abstain(f"I can count, list, group, rank or sum {node.name} nodes.", suggestions(view.setting.schema))


def _ask(
    query: str, parameters: JsonObject, why: str, most: int = 1000
) -> Generator[Call, ToolOutput, list[JsonObject] | Reply]:
    found = yield Call("run_cypher", {"query": query, "parameters": parameters, "max_rows": most}, why)
    rows = found.value.get("rows")
    if found.failed or not isinstance(rows, list):
        return abstain(f"The graph could not be asked: {found.value.get('message')}")
    return [row for row in rows if isinstance(row, dict)]


def _counted(view: View, node: NodeType, condition: str, parameters: JsonObject) -> Answering:
    query = f"MATCH (n:`{node.name}`){condition} RETURN count(*) AS nodes"
    rows = yield from _ask(query, parameters, f"count of {node.name}")
    if isinstance(rows, Reply):
        return rows
    writing = Writing("count")
    marks = writing.cite(view.citation(query, f"count of {node.name}"))
    told = "".join(f", {item.name} = {value}" for item, value in view.filters) + "".join(
        f", {bound}" for bound in view.cues.bounds
    )
    writing.say(f"There are **{rows[0]['nodes']}** {node.name} nodes{told} {marks}.")
    writing.values["value"] = str(rows[0]["nodes"])
    return writing.reply()


def _shown_name(node: NodeType) -> str:
    own = [item.name for item in node.properties]
    return next((name for name in ("name", "title", "label", "description") if name in own), node.key[0])


def _listing(view: View, node: NodeType, condition: str, parameters: JsonObject) -> Answering:
    name = _shown_name(node)
    query = (
        f"MATCH (n:`{node.name}`){condition} RETURN n.`{node.key[0]}` AS id, n.`{name}` AS name "
        f"ORDER BY name, id LIMIT 201"
    )
    rows = yield from _ask(query, parameters, f"list of {node.name}")
    if isinstance(rows, Reply):
        return rows
    writing = Writing("list")
    marks = writing.cite(view.citation(query, f"list of {node.name}"))
    many = "more than 200" if len(rows) > 200 else str(len(rows))
    writing.say(
        f"**{many}** {node.name} nodes {marks}: "
        + "; ".join(str(row["name"]) for row in rows[:50])
        + ("…" if len(rows) > 50 else ".")
    )
    writing.tables.append(
        Table(node.name, ("id", "name"), tuple((row["id"], row["name"]) for row in rows[:200]), len(rows) > 200)
    )
    writing.values |= {
        "value": str(len(rows)),
        "count": str(len(rows)),
        "names": "; ".join(str(row["name"]) for row in rows[:200]),
    }
    return writing.reply()


def _grouped(
    view: View, node: NodeType, by: Property, numbers: Sequence[Property], condition: str, parameters: JsonObject
) -> Answering:
    measure = f"list_sum(collect(n.`{numbers[0].name}`))" if numbers else "count(*)"
    order = "" if view.cues.direction == "least" else " DESC"
    query = (
        f"MATCH (n:`{node.name}`){condition} RETURN n.`{by.name}` AS part, {measure} AS value "
        f"ORDER BY value{order}, part LIMIT 201"
    )
    rows = yield from _ask(query, parameters, f"{node.name} by {by.name}")
    if isinstance(rows, Reply):
        return rows
    kept = [row for row in rows if row["part"] is not None]
    if not kept:
        return abstain(f"No {node.name} has a {by.name}.", suggestions(view.setting.schema))
    writing = Writing("group")
    marks = writing.cite(view.citation(query, f"{node.name} by {by.name}"))
    what = f"sum of {numbers[0].name}" if numbers else "number"
    writing.say(f"{what.capitalize()} of {node.name} nodes by {by.name} {marks}:")
    for row in kept[: view.cues.count or 30]:
        writing.say(f"- **{row['part']}**: {row['value']}")
        writing.values[str(row["part"])] = str(row["value"])
    writing.values |= {"value": str(kept[0]["value"]), "best": str(kept[0]["part"])}
    writing.tables.append(
        Table(f"{node.name} by {by.name}", (by.name, what), tuple((row["part"], row["value"]) for row in kept[:200]))
    )
    writing.chart = bar_chart(what, by.name, [("", str(row["part"]), Decimal(str(row["value"]))) for row in kept[:20]])
    return writing.reply()


def _aggregated(view: View, node: NodeType, item: Property, condition: str, parameters: JsonObject) -> Answering:
    """Summed exactly; the average is that sum over the count."""
    if view.cues.has("median"):
        return abstain("I tell sums and averages, no medians, of nodes.", suggestions(view.setting.schema))
    present = f"{condition} AND" if condition else " WHERE"
    query = (
        f"MATCH (n:`{node.name}`){present} n.`{item.name}` IS NOT NULL RETURN "
        f"list_sum(collect(n.`{item.name}`)) AS total, count(*) AS nodes"
    )
    rows = yield from _ask(query, parameters, f"{item.name} of {node.name}")
    if isinstance(rows, Reply):
        return rows
    if not rows or not rows[0]["nodes"]:
        return abstain(f"No {node.name} has a {item.name}.", suggestions(view.setting.schema))
    total, nodes = Decimal(str(rows[0]["total"])), int(str(rows[0]["nodes"]))
    is_average = view.cues.has("average")
    value = total / nodes if is_average else total
    writing = Writing(
        "average" if is_average else "sum",
        formula=f"sum of {item.name} / {nodes}" if is_average else f"sum of {item.name}",
    )
    marks = writing.cite(view.citation(query, f"{item.name} of {node.name}"))
    word = "Average" if is_average else "Sum of"
    writing.say(
        f"{word} {item.name} over {nodes} {node.name} nodes: "
        f"**{exact(value) if not is_average else f'{value:.4f}'}** {marks}."
    )
    writing.values["value"] = exact(value)
    return writing.reply()


def _top(view: View, node: NodeType, by: Property, condition: str, parameters: JsonObject) -> Answering:
    count = view.cues.count or 1
    name = _shown_name(node)
    text = view.question.text.lower()
    least = view.cues.direction == "least" or "oldest" in text
    present = f"{condition} AND" if condition else " WHERE"
    query = (
        f"MATCH (n:`{node.name}`){present} n.`{by.name}` IS NOT NULL RETURN n.`{node.key[0]}` AS id, "
        f"n.`{name}` AS name, "
        f"n.`{by.name}` AS value ORDER BY value{'' if least else ' DESC'}, id LIMIT {min(count, 200)}"
    )
    rows = yield from _ask(query, parameters, f"{node.name} by {by.name}")
    if isinstance(rows, Reply):
        return rows
    if not rows:
        return abstain(f"No {node.name} has a {by.name}.", suggestions(view.setting.schema))
    writing = Writing("top")
    marks = writing.cite(view.citation(query, f"{node.name} by {by.name}"))
    for number, row in enumerate(rows, 1):
        writing.say(f"{number}. **{row['name']}**: {by.name} {row['value']} {marks}")
    writing.values |= {
        "value": str(rows[0]["value"]),
        "best": str(rows[0]["name"]),
        "names": "; ".join(str(row["name"]) for row in rows),
    }
    writing.tables.append(
        Table(
            f"{node.name} by {by.name}",
            ("id", "name", by.name),
            tuple((row["id"], row["name"], row["value"]) for row in rows),
        )
    )
    return writing.reply()


def _related(view: View) -> Answering:
    """Two types: how many (or most) of one are related to the other, where only one relationship can be meant."""
    one, other = view.nodes[0], view.nodes[1]
    ways = [
        item for item in view.setting.schema.relationships if {item.from_node, item.to_node} == {one.name, other.name}
    ]
    ways = [item for item in ways if item in view.relationships] or ways
    if (
        len(ways) != 1
        or not view.cues.direction
        or view.properties
        or view.filters
        or view.cues.bounds
        or view.times.periods
    ):
        return abstain(
            f"I cannot tell how {one.name} and {other.name} are meant together.", suggestions(view.setting.schema)
        )
    name = _shown_name(one)
    arrow = f"-[:`{ways[0].name}`]-"
    order = "" if view.cues.direction == "least" else " DESC"
    query = (
        f"MATCH (n:`{one.name}`){arrow}(m:`{other.name}`) RETURN n.`{one.key[0]}` AS id, n.`{name}` "
        f"AS name, count(m) AS value "
        f"ORDER BY value{order}, id LIMIT {view.cues.count or 1}"
    )
    rows = yield from _ask(query, {}, f"{one.name} by number of {other.name}")
    if isinstance(rows, Reply):
        return rows
    if not rows:
        return abstain(f"No {one.name} is related to a {other.name}.", suggestions(view.setting.schema))
    writing = Writing("top")
    marks = writing.cite(view.citation(query, f"{one.name} by number of {other.name}"))
    for row in rows:
        writing.say(f"- **{row['name']}**: {row['value']} {other.name} nodes {marks}")
    writing.values |= {"value": str(rows[0]["value"]), "best": str(rows[0]["name"])}
    return writing.reply()


def _about_one(view: View) -> Answering:
    """An attribute of a named node, or what it is related to."""
    places = {(row["start"], row["end"]) for row in view.mentions}
    ids = {(str(row["type"]), str(row["id"])) for row in view.mentions}
    if len(ids) > 1 or len(places) > 1:
        listed = " or ".join(f"{row['name']} ({row['type']} {row['id']})" for row in view.mentions[:5])
        return abstain(
            f"It could mean {listed}: please say which." if len(places) == 1 else "One thing at a time, please."
        )
    mention = view.mentions[0]
    node = next(item for item in view.setting.schema.nodes if item.name == mention["type"])
    if view.relationships:
        return (yield from _neighbours(view, node, mention))
    own = [item for owner, item in view.properties if owner == node]
    if len(view.mentions) != 1 or view.cues.bounds or view.times.periods or view.cues.direction:
        return abstain("I do not see what is asked about it.", suggestions(view.setting.schema))
    if not own and not view.cues.has("define", "list") and "about" not in view.question.words:
        return abstain(
            f"What about {mention['name']} is asked?",
            [f"What is the {item.name} of {mention['name']}?" for item in node.properties[1:4]],
        )
    wanted = own or list(node.properties)
    columns = ", ".join(f"n.`{item.name}` AS `{item.name}`" for item in wanted)
    query = f"MATCH (n:`{node.name}`) WHERE n.`{node.key[0]}` = $id RETURN {columns}"
    rows = yield from _ask(query, {"id": mention["id"]}, f"{mention['name']}")
    if isinstance(rows, Reply):
        return rows
    if not rows or (own and rows[0][own[0].name] is None):
        return abstain(f"The graph does not know that of {mention['name']}.")
    writing = Writing("attribute")
    marks = writing.cite(
        Citation(str(mention["name"]), view.setting.graph_id, view.setting.generation_id, node.name, str(mention["id"]))
    )
    for item in wanted:
        if rows[0][item.name] is not None:
            writing.say(f"{item.name} of {mention['name']}: **{rows[0][item.name]}** {marks}")
            writing.values.setdefault("value", str(rows[0][item.name]))
            writing.values[item.name] = str(rows[0][item.name])
    return writing.reply()


def _neighbours(view: View, node: NodeType, mention: JsonObject) -> Answering:
    ways = [item for item in view.relationships if node.name in (item.from_node, item.to_node)]
    if len(ways) != 1 or view.cues.bounds or view.times.periods:
        return abstain("I cannot tell which relationship is meant.", suggestions(view.setting.schema))
    way = ways[0]
    outward = way.from_node == node.name
    if way.from_node == way.to_node:
        verb = next(
            (n for n, word in enumerate(view.question.words) if (singular(word),) in _relationship_forms(way)), 0
        )
        passive = bool(re.search(r"\bowned by\b|\bby\b", view.question.text, re.IGNORECASE)) and view.question.words[
            verb
        ].endswith("ed")
        before = int(str(mention["start"])) < verb
        outward = before != passive if not passive else not before
    other = next(item for item in view.setting.schema.nodes if item.name == (way.to_node if outward else way.from_node))
    name = _shown_name(other)
    arrow = f"-[:`{way.name}`]->" if outward else f"<-[:`{way.name}`]-"
    query = (
        f"MATCH (n:`{node.name}`){arrow}(m:`{other.name}`) WHERE n.`{node.key[0]}` = $id RETURN "
        f"m.`{other.key[0]}` AS id, m.`{name}` AS name ORDER BY name, id LIMIT 201"
    )
    rows = yield from _ask(query, {"id": mention["id"]}, f"{way.name} of {mention['name']}")
    if isinstance(rows, Reply):
        return rows
    writing = Writing("neighbours")
    marks = writing.cite(view.citation(query, f"{way.name} of {mention['name']}"))
    arrowed = f"{mention['name']} {way.name}" if outward else f"{way.name} {mention['name']}"
    writing.say(
        f"**{len(rows)}** {other.name} nodes ({arrowed}) {marks}: "
        + "; ".join(str(row["name"]) for row in rows[:50])
        + "."
    )
    writing.values |= {"count": str(len(rows)), "names": "; ".join(str(row["name"]) for row in rows)}
    writing.values["value"] = str(len(rows)) if view.cues.has("count") else writing.values["names"]
    return writing.reply()


def _path(view: View) -> Answering:
    one, other = view.mentions
    keys = {node.name: node.key[0] for node in view.setting.schema.nodes}
    query = (
        f"MATCH p = (a:`{one['type']}`)-[* SHORTEST 1..6]-(b:`{other['type']}`) WHERE "
        f"a.`{keys[str(one['type'])]}` = $one "
        f"AND b.`{keys[str(other['type'])]}` = $other RETURN length(p) AS steps, p AS path LIMIT 1"
    )
    rows = yield from _ask(query, {"one": one["id"], "other": other["id"]}, "the shortest way between them")
    if isinstance(rows, Reply):
        return rows
    writing = Writing("path")
    marks = writing.cite(view.citation(query, f"path from {one['name']} to {other['name']}"))
    if not rows:
        writing.say(f"{one['name']} and {other['name']} are **not connected** within six steps {marks}.")
        writing.values["value"] = "none"
        return writing.reply()
    path = rows[0]["path"]
    nodes = path.get("_nodes") if isinstance(path, dict) else None
    told = (
        " – ".join(str(item.get("name") or item.get("_label")) for item in nodes if isinstance(item, dict))
        if isinstance(nodes, list)
        else ""
    )
    writing.say(f"{one['name']} and {other['name']} are **{rows[0]['steps']} steps** apart: {told} {marks}.")
    writing.values["value"] = str(rows[0]["steps"])
    return writing.reply()
