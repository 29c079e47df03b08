"""Who or what a text names: companies by name, ticker or CIK, counterparties, merchants, anything with a name."""

import re
from dataclasses import dataclass

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.kinds import is_data_sets
from knowledger.domain.agents.tools.named import Named, name_words, telling
from knowledger.domain.agents.tools.names import Mention, NameIndex
from knowledger.domain.agents.tools.nicknames import ALSO_CALLED, ORDINARY_WORDS, ticker_of, word_set
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool
from knowledger.domain.graphs.schema import NodeType
from knowledger.kernel.json import JsonObject, JsonValue

MOST_NAMES = 50_000
_NAMES = ("name", "title", "label")
_LIKE_NAMES = (
    "surname",
    "last_name",
    "family_name",
    "company",
    "headline",
    "nickname",
    "username",
    "street",
    "address",
)
"""What tells nodes apart that have no name."""
_PARTS_OF_NAMES = ("first", "last", "middle", "user", "file", "legal", "official")
_CODES = ("ticker", "cik", "code", "mask", "lei")
_OFFICIALLY = ("legal_name", "official_name")
_ALSO_NAMED = (*_OFFICIALLY, "account_subkind")
_SEVERAL_THINGS = ("Account", "Category")
"""Their names list what belongs into them: wages and salaries."""
_SKIPPED = word_set(
    """
    Concept Element Label Taxonomy Unit Period Reference Structure DimensionSet Dimension TextBlock Footnote Fact
    Report StandardLineItem Tag Journal ChartOfAccounts AccountingPeriod Connection
    """
)


@dataclass(frozen=True)
class FindEntity:
    text: str
    node_type: str = ""


def find_entity(context: ToolContext, asked: FindEntity) -> ToolOutput:
    """Every mention with its place in the text's words. Several of one place: the text does not tell them apart."""
    types = [node for node in named_types(context) if asked.node_type in ("", node.name)]
    named, counts = [], {}
    for node in types:
        found = _all_named(context, node)
        counts[node.name] = len(found)
        named += found
    mentions = NameIndex(named, ORDINARY_WORDS, _SEVERAL_THINGS).mentions(asked.text)
    rows: list[JsonValue] = [_row(mention) for mention in mentions[:50]]
    alone: list[JsonValue] = [_entry(item) for item in named] if len(named) <= 30 else []
    told: JsonObject = {"rows": rows, "counts": {**counts}, "all": alone}
    return ToolOutput(told, truncated=len(mentions) > 50)


def named_types(context: ToolContext) -> list[NodeType]:
    """The node types whose nodes people call by name."""
    kept = [node for node in context.schema.nodes if node.name not in _SKIPPED]
    return [node for node in kept if name_property(node)]


def name_property(node: NodeType) -> str | None:
    """What a node is called by: its name or title, or the only property that is a name of some kind: full_name."""
    named = [item.name for item in node.properties if re.search(r"(?:_n|[a-z]N)ame$", item.name)]
    called = [name for name in named if name.lower().removesuffix("name").strip("_") not in _PARTS_OF_NAMES]
    return _first(node, _NAMES) or (called[0] if len(called) == 1 else None) or _first(node, _LIKE_NAMES)


def _all_named(context: ToolContext, node: NodeType) -> list[Named]:
    name = name_property(node)
    codes = [item.name for item in node.properties if item.name in _CODES]
    key = name if is_data_sets(context.schema) else node.key[0]
    own = {item.name for item in node.properties}
    other = [column for column in _ALSO_NAMED if column in own]
    if node.name in _SEVERAL_THINGS and "description" in own:
        other.append("description")
    columns = ", ".join(f"n.`{column}` AS `{column}`" for column in dict.fromkeys((key, name, *codes, *other)))
    query = f"MATCH (n:`{node.name}`) WHERE n.`{name}` IS NOT NULL RETURN DISTINCT {columns} LIMIT {MOST_NAMES}"
    rows = context.reading.cypher(query, {}, max_rows=MOST_NAMES).rows
    return [_named(node.name, row, str(key), str(name), codes, other) for row in rows]


def _named(kind: str, row: JsonObject, key: str, name: str, codes: list[str], other: list[str]) -> Named:
    known = tuple(str(row[code]) for code in codes if row.get(code))
    shorter = tuple(code.lstrip("0") for code in known if code.isdigit() and code.startswith("0"))
    ticker = str(row.get("ticker") or "").lower() or ticker_of(telling(name_words(str(row[name]))))
    if ticker and ticker not in known:
        known = (*known, ticker)
    aliases = tuple(str(row[column]) for column in other if row.get(column) and column in _OFFICIALLY)
    if subkind := row.get("account_subkind"):
        aliases += (f"{subkind} account", *([str(subkind)] if " " in str(subkind) else []))
    called = ALSO_CALLED.get(ticker, ()) if ticker else ()
    if kind in _SEVERAL_THINGS and " of " not in str(row[name]):
        aliases += tuple(part for part in re.split(r",? and |, | & ", str(row[name])) if part != row[name])
    return Named(
        kind, str(row[key]), str(row[name]), (*known, *shorter), (*aliases, *called), str(row.get("description") or "")
    )


def _first(node: NodeType, names: tuple[str, ...]) -> str | None:
    own = {item.name for item in node.properties}
    return next((name for name in names if name in own), None)


def _row(mention: Mention) -> JsonObject:
    place: JsonObject = {"start": mention.start, "end": mention.end, "text": mention.text, "score": mention.score}
    return {**_entry(mention.named), **place}


def _entry(item: Named) -> JsonObject:
    return {"type": item.type, "id": item.id, "name": item.name, "codes": [*item.codes]}


FIND_ENTITY = Tool(
    name="find_entity",
    title="Find an entity",
    description=(
        "Nodes that a text names: companies by name, ticker or CIK, accounts, counterparties, merchants … Spelling may "
        "be slightly off. Several rows for one place mean that it is ambiguous: ask which one is meant."
    ),
    input=FindEntity,
    run=find_entity,
)
