"""What is known of a company itself."""

import re
from collections.abc import Generator

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.reports.desk import Answering, Desk, suggestions
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Call
from knowledger.domain.agents.tools.kinds import is_data_sets
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.kernel.json import JsonObject

_ATTRIBUTES = {
    "cik": ("cik", "central index key"),
    "ticker": ("ticker", "ticker symbol", "stock symbol", "symbol", "stock ticker"),
    "sic": ("sic", "sic code", "industry code", "standard industrial classification"),
    "industry": ("industry", "sector"),
    "fiscal_year_end": ("fiscal year end", "year end date", "fiscal year ends"),
    "exchange": ("exchange", "listed on", "stock exchange"),
    "ein": ("ein", "employer identification number", "tax id"),
    "country": ("country",),
    "state": ("state", "which state", "headquartered", "headquarters", "hq", "based"),
    "city": ("city", "which city", "town"),
    "zip": ("zip code", "zip", "postal code"),
    "phone": ("phone number", "phone", "telephone number", "telephone"),
    "former_name": ("former name", "previous name", "formerly called", "formerly known as"),
    "currency": ("reporting currency", "currency"),
    "jurisdiction": (
        "jurisdiction",
        "state of incorporation",
        "incorporated in",
        "incorporated",
        "state of inc",
        "country of incorporation",
    ),
    "website": ("website", "web site", "homepage"),
    "filer_category": ("filer category", "filer status"),
    "legal_name": ("legal name",),
}


ATTRIBUTE_WORDS = frozenset(word for names in _ATTRIBUTES.values() for name in names for word in name.split())
_IN_DATA_SETS = {
    "fiscal_year_end": "fye", "jurisdiction": "stprinc", "country": "countryba", "filer_category": "afs",
    "state": "stprba", "city": "cityba", "zip": "zipba", "phone": "baph", "former_name": "former",
}  # fmt: skip


def take_attribute(desk: Desk) -> str | None:
    """The attribute of a company that the words left over name; claims them."""
    question = desk.frame.question
    for attribute, names in _ATTRIBUTES.items():
        for name in sorted(names, key=len, reverse=True):
            match = re.search(rf"\b{re.escape(name)}\b", question.text, re.IGNORECASE)
            if match and question.take(re.compile(re.escape(match[0]))):
                return attribute
    if re.search(r"fiscal year.* end|year[- ]end", question.text, re.IGNORECASE) and desk.frame.cues.has("when"):
        return "fiscal_year_end"
    return None


def answer_attribute(desk: Desk, attribute: str) -> Answering:
    sets = is_data_sets(desk.setting.schema)
    node, key, column = (
        ("Filing", "name", _IN_DATA_SETS.get(attribute, attribute)) if sets else ("Entity", "entity_id", attribute)
    )
    known = {item.name for kind in desk.setting.schema.nodes if kind.name == node for item in kind.properties}
    if column not in known:
        return abstain(
            f"This graph does not hold the {attribute.replace('_', ' ')} of companies.",
            suggestions(desk.frame, desk.setting),
        )
    writing = Writing("attribute")
    for who in desk.frame.who:
        query = f"MATCH (e:{node}) WHERE e.{key} = $id RETURN DISTINCT CAST(e.{column} AS STRING) AS value LIMIT 5"
        found = yield Call("run_cypher", {"query": query, "parameters": {"id": who.id}}, f"{attribute} of {who.name}")
        rows = found.value.get("rows")
        values = (
            [str(row["value"]) for row in rows if isinstance(row, dict) and row["value"]]
            if isinstance(rows, list)
            else []
        )
        if not values:
            return abstain(
                f"The graph does not know the {attribute.replace('_', ' ')} of {who.name}.",
                suggestions(desk.frame, desk.setting),
            )
        writing.say(f"{attribute.replace('_', ' ').capitalize()} of {who.name}: **{', '.join(values)}**.")
        writing.values.setdefault("value", values[0])
        writing.values[who.name] = ", ".join(values)
    return writing.reply()


_HOW_MANY = re.compile(
    r"\b(?:how many|number of|count(?: of)?|total)(?:\s+\w+)?\s+(?:companies|filers|registrants|issuers|firms)\b",
    re.IGNORECASE,
)


def asks_how_many_companies(desk: Desk) -> bool:
    frame = desk.frame
    plain = not (frame.unknown or frame.cues.bounds or frame.cues.direction) and frame.times.says_nothing
    plain = plain and not re.search(r"\b(?:10|20|8|6)-?[kqf]\b", frame.question.text, re.IGNORECASE)
    return plain and bool(_HOW_MANY.search(frame.question.text)) and is_data_sets(desk.setting.schema)


def answer_company_count(desk: Desk) -> Answering:
    """Data sets know companies only by their filings."""
    query = "MATCH (r:Filing) RETURN count(DISTINCT r.cik) AS value"
    found = yield Call("run_cypher", {"query": query}, "the companies that filed")
    rows = found.value.get("rows")
    row = rows[0] if isinstance(rows, list) and rows else None
    if found.failed or not isinstance(row, dict):
        return abstain("The graph could not be read.")
    writing = Writing("count")
    cited = Citation("filings", desk.setting.graph_id, desk.setting.generation_id, "Filing", query=query)
    writing.say(f"**{row['value']}** companies have filings here {writing.cite(cited)}.")
    writing.values["value"] = str(row["value"])
    return writing.reply()


_FILERS = re.compile(
    r"\b(?:which|what|who|list|name)\b.*\b(?:compan(?:y|ies)|filers?|firms?)\b.*\b(10|20)-?([kqf])s?(/a)?\b",
    re.IGNORECASE,
)


def filed_form(desk: Desk) -> str | None:
    """The form, where it is asked which companies filed one."""
    frame = desk.frame
    unknown = set(frame.unknown) - {"form", "forms"}
    match = None if unknown or frame.cues.bounds or frame.times.periods else _FILERS.search(frame.question.text)
    return f"{match[1]}-{match[2]}{match[3] or ''}".upper() if match else None


def answer_filers(desk: Desk, form: str) -> Answering:
    node, owner = ("Filing", "name") if is_data_sets(desk.setting.schema) else ("Report", "entity_id")
    query = f"MATCH (r:{node}) WHERE r.form = $form RETURN DISTINCT r.{owner} AS id ORDER BY id LIMIT 1001"
    asked: JsonObject = {"query": query, "parameters": {"form": form}, "max_rows": 1001}
    found = yield Call("run_cypher", asked, f"who filed a {form}")
    rows = found.value.get("rows")
    listed = [str(row["id"]) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if found.failed or not listed or len(listed) > 1000:
        return abstain(f"No company has a {form} here.", suggestions(desk.frame, desk.setting))
    names = yield from names_of(desk, listed)
    writing = Writing("filers")
    cited = Citation("filings", desk.setting.graph_id, desk.setting.generation_id, node, query=query)
    called = sorted(names.get(item, item) for item in listed)
    writing.say(f"**{len(called)}** companies filed a {form} {writing.cite(cited)}: {'; '.join(called[:50])}.")
    writing.values |= {"value": called[0] if len(called) == 1 else str(len(called)), "count": str(len(called))}
    writing.values |= {"best": called[0], "names": "; ".join(called)}
    return writing.reply()


def names_of(desk: Desk, ids: list[str]) -> Generator[Call, ToolOutput, dict[str, str]]:
    """What companies are called; data sets know them by their names alone."""
    if is_data_sets(desk.setting.schema) or not ids:
        return {item: item for item in ids}
    query = "MATCH (e:Entity) WHERE e.entity_id IN $ids RETURN e.entity_id AS id, e.name AS name"
    found = yield Call("run_cypher", {"query": query, "parameters": {"ids": [*ids]}, "max_rows": 5000}, "their names")
    rows = found.value.get("rows")
    return {str(row["id"]): str(row["name"]) for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}
