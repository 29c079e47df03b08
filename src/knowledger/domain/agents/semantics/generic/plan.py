"""What a question wants: rows of one type, what of them is counted or summed, and what they are told by."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.naming import is_ordinal
from knowledger.domain.agents.semantics.generic.view import (
    DAYS,
    NUMBERS,
    Owner,
    SaidProperty,
    SaidType,
    View,
    suggestions,
)
from knowledger.domain.agents.semantics.generic.vocabulary import vocabulary
from knowledger.domain.agents.semantics.periods import Step
from knowledger.domain.agents.steps import Reply
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import NodeType, Property, RelationshipType

How: TypeAlias = Literal["count", "sum", "average", "median", "most", "least", "list", "top", "distinct", "ratio"]
Group: TypeAlias = SaidType | SaidProperty | Step


@dataclass(frozen=True)
class Plan:
    """`base` is what the rows are; `measure` one of its properties, `over` what a ratio is of; `shown` is for lists."""

    base: Owner
    how: How
    measure: Property | None = None
    group: Group | None = None
    shown: tuple[Property, ...] = ()
    over: Property | None = None
    is_share: bool = False
    each: Property | None = None
    """What is counted is the different values of it: companies, where the rows are their filings."""


def plan_of(view: View) -> Plan | Reply:
    for read in (_ranked, _grouped, _each, _counted_property, _aggregated, _counted, _listed):
        found = read(view)
        if found is not None:
            return found if isinstance(found, Reply) else _of_companies(view, found)
    return abstain("I do not see what of this graph it asks for.", suggestions(view.setting.schema))


_COMPANIES = {
    "company",
    "companies",
    "filer",
    "filers",
    "registrant",
    "registrants",
    "firm",
    "firms",
    "issuer",
    "issuers",
}


def _of_companies(view: View, plan: Plan) -> Plan:
    """Where companies are known by their filings only, each counts once."""
    says = _COMPANIES & set(view.question.words)
    own = {item.name: item for item in plan.base.properties}
    if plan.how in ("count", "list") and says and plan.base.name == "Filing" and "cik" in own:
        return replace(plan, each=own["cik"])
    return plan


def _ranked(view: View) -> Plan | Reply | None:
    """The first by a number: of nodes, or of what they are told by."""
    if view.cues.direction is None:
        return None
    measure = _measure(view)
    subject = _subject(view, measure)
    if measure is not None and measure == subject:
        measure = _measure(view, but=subject)
    if measure is None:
        return _most_counted(view, subject)
    own = not _is_told_by(subject, measure.owner)
    if own and (view.cues.has("sum") or _says(view, "total")) and view.cues.has("rank_most") and not view.types:
        return None
    if own:
        return Plan(measure.owner, "top", measure.item)
    how: How = "average" if view.cues.has("average") else "sum"
    if measure.is_measured and _is_by(subject) and how == "sum" and not _says(view, "total", "most", "top"):
        how = "least" if view.cues.direction == "least" else "most"
    if measure.is_day or (view.direction and not _says(view, "total")):
        how = "least" if view.cues.direction == "least" else "most"
    return Plan(measure.owner, how, measure.item, subject)


def _most_counted(view: View, subject: Group | None) -> Plan | Reply | None:
    counted = [item for item in view.types if item.is_measured and item != subject]
    counted = counted or [item for item in view.types if item.is_by and item != subject]
    if counted and subject is not None and _is_told_by(subject, counted[0].node):
        return Plan(counted[0].node, "count", group=subject)
    alone = len(view.nodes) == len(view.relationships) == 1
    if alone and isinstance(subject, SaidType) and subject.is_measured and "who" in view.question.words:
        subject = _other_end(view, subject)
    if isinstance(subject, SaidType) and alone and subject.node.name in _ends(view.relationships[0]):
        return Plan(view.relationships[0], "count", group=subject)
    if isinstance(subject, SaidProperty) and (is_ordinal(subject.item) or not subject.is_number):
        owner = next((item.node for item in view.types), subject.owner)
        return Plan(owner, "count", group=subject)
    if isinstance(subject, str) and view.types:
        return Plan(view.types[0].node, "count", group=subject)
    node = subject.node if isinstance(subject, SaidType) else None
    countable = countables(node) if node else []
    if node and len(countable) == 1 and not (view.properties or view.relationships):
        return Plan(node, "top", countable[0])
    return abstain("By what is it to be ranked?", _by(view, node))


def _ends(way: RelationshipType) -> tuple[str, ...]:
    """The types at the ends, none where they are the same."""
    return (way.from_node, way.to_node) if way.from_node != way.to_node else ()


def _other_end(view: View, said: SaidType) -> SaidType:
    """ "Who treated most admissions": who is at the other end of treating."""
    way = view.relationships[0]
    name = way.to_node if way.from_node == said.node.name else way.from_node
    node = next((item for item in view.setting.schema.nodes if item.name == name), said.node)
    return SaidType(node, said.start, said.end)


def _subject(view: View, measure: SaidProperty | None) -> Group | None:
    """What is ranked: what "which" asks for, else what it is told by, else what is named first."""
    counts = _says(view, "most", "fewest", "least")  # "which floor has the most beds", but "the highest floor"
    kinds = [item for item in view.properties if counts and is_ordinal(item.item)]
    texts = [item for item in view.properties if item in kinds or not (item.is_number or item.is_day)]
    listed: list[SaidType | SaidProperty] = [*view.types, *texts]
    listed.sort(key=lambda item: item.start)
    done = [item for item in view.types if item.is_measured and item.node in view.done]
    if done and len(listed) > len(done):  # "the most borrowed titles" are titles
        listed = [item for item in listed if item not in done]
    asked = [item for item in listed if item.is_asked]
    if asked:
        return asked[0]
    if view.times.step and view.times.is_all:
        return view.times.step
    by = [item for item in listed if item.is_by]
    first = [item for item in listed if not item.is_by and not _is_condition(view, item)]
    if measure is None and by and first and isinstance(by[0], SaidType):
        return first[0]
    if by:
        return by[0]
    return next((item for item in first if not (len(first) > 1 and item.is_measured and item == first[-1])), None)


def _grouped(view: View) -> Plan | Reply | None:
    said: list[SaidType | SaidProperty] = [*view.types, *view.properties]
    by = sorted((item for item in said if item.is_by), key=lambda item: item.start)
    steps = view.times.step if view.times.step and view.times.is_all else None
    measured = _measure(view)
    if measured is not None and (len(by) > 1 or steps):  # "average units per shipment by country": one of each anyway
        by = [item for item in by if not (isinstance(item, SaidType) and item.node == measured.owner)]
    if not by and not steps:
        return None
    if len({item.start for item in by}) + bool(steps) > 1:
        return abstain("By one thing at a time, please.", suggestions(view.setting.schema))
    group: Group = by[0] if by else steps  # type: ignore[assignment]
    measure = _measure(view, but=group)
    if isinstance(group, SaidProperty) and (group.is_number or group.is_day) and not is_ordinal(group.item):
        if measure is not None and measure.owner == group.owner and group.is_number:
            return Plan(group.owner, "ratio", measure.item, over=group.item)
        return Plan(group.owner, "top", group.item)
    if measure is not None:
        how: How = "average" if view.cues.has("average") else "sum"
        if view.cues.has("median"):
            return abstain("I tell sums and averages by group, no medians.", suggestions(view.setting.schema))
        if isinstance(group, SaidType) and group.node == measure.owner:
            return Plan(measure.owner, "sum" if _says(view, "total") else "average", measure.item)
        return Plan(measure.owner, how, measure.item, group)
    base = next((item.node for item in view.types if item is not group and not item.is_not), None)
    if base is None and isinstance(group, SaidProperty):
        base = group.owner if isinstance(group.owner, NodeType) else None
    if base is None or (isinstance(group, SaidType) and group.node == base):
        return abstain("What is to be counted by that?", suggestions(view.setting.schema))
    countable = countables(base)
    if view.cues.has("average") and not view.cues.has("count") and len(countable) == 1:
        return Plan(base, "average", countable[0], group)
    if (view.cues.has("sum") or _says(view, "total")) and len(countable) == 1 and not view.cues.has("count"):
        return Plan(base, "sum", countable[0], group)
    return Plan(base, "average" if view.cues.has("average") else "count", group=group)


def _each(view: View) -> Plan | Reply | None:
    """On average, how many line items does a transaction have?"""
    types = [item for item in view.types if not item.is_not]
    if not (view.cues.has("average") and view.cues.has("count")) or len({item.node.name for item in types}) != 2:
        return None
    return None if _measure(view) is not None else Plan(types[0].node, "average", group=types[1])


def _counted_property(view: View) -> Plan | Reply | None:
    """How many countries, list all carriers: the different values; how many units: their sum."""
    if view.types and view.types[0].start < min((item.start for item in view.properties), default=0):
        return None
    first = view.properties[0] if view.properties else None
    if first is None or not view.cues.has("count", "list") or view.mentions or _is_condition(view, first):
        return None
    if first.is_number:
        return Plan(first.owner, "sum", first.item) if view.cues.has("count") and not view.cues.has("average") else None
    if first.is_day or first.item.type.scalar is Scalar.BOOLEAN:
        return None
    if isinstance(first.owner, NodeType) and first.item.name not in first.owner.key:
        return Plan(first.owner, "distinct", first.item)
    return None


def _aggregated(view: View) -> Plan | Reply | None:
    hows: list[tuple[str, How]] = [("average", "average"), ("median", "median"), ("sum", "sum")]
    how: How | None = next((how for cue, how in hows if view.cues.has(cue)), "sum" if _sums(view) else None)
    if how is None:
        return None
    measure = _measure(view)
    if measure is not None:
        apart = [item for item in view.properties if not (item.is_number or item.is_day or _names_its_node(item))]
        if apart:
            return abstain(f"Is it to be told by {apart[0].item.name}?", suggestions(view.setting.schema))
        return Plan(measure.owner, how, measure.item, is_share=view.cues.has("share"))
    node = next((item.node for item in view.types), None)
    countable = countables(node) if node else []
    if node and len(countable) == 1 and not view.cues.has("count"):
        return Plan(node, how, countable[0])
    if node and how == "sum":
        return None
    return abstain("Which number is meant?", _by(view, node))


def _sums(view: View) -> bool:
    shares = view.cues.has("share") and _measure(view) is not None
    amounts = view.question.words[:2] in (["what", "did"], ["what", "do"], ["what", "does"], ["how", "much"])
    return shares or (amounts and _measure(view) is not None) or _says(view, "total", "together", "overall")


def _counted(view: View) -> Plan | Reply | None:
    if view.cues.has("count") and view.values and (not view.types or _says_who(view)):
        return Plan(view.values[0].owner, "count")
    if not view.cues.has("count", "share") or not view.types:
        return abstain("A share of what?", suggestions(view.setting.schema)) if view.cues.has("share") else None
    base = next((item for item in view.types if not item.is_not), view.types[0])
    return Plan(base.node, "count", is_share=view.cues.has("share"))


def _says_who(view: View) -> bool:
    """ "How many women were admitted" counts women, not admissions."""
    words = view.question.words
    behind = words[words.index("many") + 1 :][:1] if "many" in words else []
    return bool(behind) and behind[0] in vocabulary().meanings and len({value.owner for value in view.values}) == 1


def _listed(view: View) -> Plan | Reply | None:
    asked = [item for item in view.types if item.is_asked] or [item for item in view.types if not item.is_not]
    node = asked[0].node if asked else None
    if node is None and view.values:
        node = view.values[0].owner
    conditioned = bool(
        view.values or view.bounds or view.mentions or len(view.types) > 1 or not view.times.says_nothing
    )
    if node is None or not (conditioned or view.cues.has("list") or any(item.is_asked for item in view.types)):
        return None
    shown = tuple(item.item for item in view.properties if item.owner == node and not _is_condition(view, item))
    return Plan(node, "list", shown=shown)


def _measure(view: View, but: Group | None = None) -> SaidProperty | None:
    """The number (to be ranked by, also the day) that is meant: what is measured, what it is told by, the only one."""
    limits = [item.on for item in view.bounds]
    numbers = [item for item in view.properties if item.is_number and item not in limits and item != but]
    ranks = view.cues.direction is not None and (
        view.direction is not None or not _says(view, "most", "fewest", "least")
    )
    days = [item for item in view.properties if item.is_day and ranks]
    listed = [*numbers, *days]
    owners = [item.node for item in view.types]
    preferred = [item for item in listed if item.owner in owners] or listed
    chosen = [item for item in preferred if item.is_measured] or [item for item in preferred if item.is_by] or preferred
    distinct = {(item.owner.name, item.item.name) for item in chosen}
    return chosen[0] if len(distinct) == 1 else None


def countables(node: NodeType) -> list[Property]:
    return [
        item
        for item in node.properties
        if item.type.scalar in NUMBERS
        and not item.type.is_list
        and item.name not in node.key
        and not item.name.endswith(("_id", "year", "latitude", "longitude"))
    ]


def _is_told_by(subject: Group | None, owner: Owner) -> bool:
    return (
        subject is not None
        and not (isinstance(subject, SaidType) and subject.node == owner)
        and not (isinstance(subject, SaidProperty) and _names_its_node(subject) and subject.owner == owner)
    )


def _names_its_node(said: SaidProperty) -> bool:
    return said.item.name in ("name", "title", "label") or said.item.name in getattr(said.owner, "key", ())


def _is_by(subject: Group | None) -> bool:
    return isinstance(subject, SaidType | SaidProperty) and subject.is_by


def _is_condition(view: View, said: SaidType | SaidProperty) -> bool:
    """Whether it is named only for the value or limit that it must have: category wire."""
    if isinstance(said, SaidType):
        return said.is_not
    return any(item.item == said.item and item.owner == said.owner for item in view.values) or any(
        item.on == said for item in view.bounds
    )


def _says(view: View, *words: str) -> bool:
    return any(word in view.question.words for word in words)


def _by(view: View, node: NodeType | None) -> list[str]:
    if node is None:
        return suggestions(view.setting.schema)
    known = [item for item in node.properties if item.type.scalar in (*NUMBERS, *DAYS) and item.name not in node.key]
    return [f"{node.name} with the highest {item.name}" for item in known[:3]] or suggestions(view.setting.schema)
