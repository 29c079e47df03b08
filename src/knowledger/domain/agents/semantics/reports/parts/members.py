"""The parts that companies report a figure for: each member of one axis, named as the graph labels it."""

import re
from collections.abc import Generator
from dataclasses import dataclass

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.reports.book import FactBook
from knowledger.domain.agents.semantics.reports.desk import Desk, suggestions, unread
from knowledger.domain.agents.steps import Call, Reply
from knowledger.domain.agents.tools.figures import Figure, figures
from knowledger.domain.agents.tools.kinds import is_reporting
from knowledger.domain.agents.tools.output import ToolOutput

_OF_ALL_SEGMENTS = (("ConsolidationItemsAxis", "OperatingSegmentsMember"),)
_AND = " & "
_LABEL_ENDS = re.compile(r"(?:\s+Segments?)?\s*\[(?:Member|Axis|Domain|Table)\]\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """`axis` and `member` as people read them, `elements` as the taxonomy names them; both may be a pair of two."""

    entity: str
    axis: str
    member: str
    elements: tuple[str, str]
    book: FactBook

    @property
    def is_of_one_axis(self) -> bool:
        return _AND not in self.elements[0]

    @property
    def key(self) -> str:
        return f"{self.entity} {self.elements[0]} {self.elements[1]}"


def parts_of(desk: Desk, metrics: list[Metric], who: list[Who]) -> Generator[Call, ToolOutput, list[Part] | Reply]:
    """Every part with a book of its own; of all companies where none is named."""
    found = yield from desk.find(metrics, who, [], parts=True)
    if problem := unread(found):
        return problem
    grouped: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in figures(found.value.get("rows")):
        listed = [item for item in re.split(r"[;,] ?(?=[^=;,]+=)", figure.dimensions.strip("; ")) if "=" in item]
        pairs = [(axis.strip(), member.strip()) for axis, _, member in (item.partition("=") for item in listed)]
        narrowing = sorted(pair for pair in pairs if pair not in _OF_ALL_SEGMENTS)
        if len(narrowing) in (1, 2):
            axes, members = zip(*narrowing, strict=True)
            grouped.setdefault((figure.entity, _AND.join(axes), _AND.join(members)), []).append(figure)
    if not grouped:
        named, whose = ", ".join(item.name for item in metrics), ", ".join(item.name for item in who)
        told = f"The graph has no {named}{f' of {whose}' if whose else ''} by segment, product or region."
        return abstain(told, suggestions(desk.frame, desk.setting))
    every = {name for _, *names in grouped for joined in names for name in joined.split(_AND)}
    labels = yield from _labels(desk, sorted(every))
    return [
        Part(entity, labels(entity, axis), labels(entity, member), (axis, member), FactBook(own))
        for (entity, axis, member), own in grouped.items()
    ]


class _Labels:
    """The label of an element: the company's own before those of others, and its name where it has none."""

    def __init__(self, found: dict[str, str]) -> None:
        self._found = found
        self._by_name = {concept.rpartition(":")[2]: label for concept, label in found.items()}

    def __call__(self, entity: str, joined: str) -> str:
        return ", ".join(self._of_one(entity, name) for name in joined.split(_AND))

    def _of_one(self, entity: str, name: str) -> str:
        plain = name.rpartition(":")[2]
        label = self._found.get(f"{entity}:{plain}") or self._by_name.get(plain)
        return _LABEL_ENDS.sub("", label) if label else readable(name)


def _labels(desk: Desk, names: list[str]) -> Generator[Call, ToolOutput, _Labels]:
    if not is_reporting(desk.setting.schema):
        return _Labels({})
    query = (
        "MATCH (c:Concept) WHERE c.name IN $names AND c.label IS NOT NULL "
        "RETURN c.concept_id AS id, c.label AS label ORDER BY id DESC"
    )
    plain = [name.rpartition(":")[2] for name in names]
    found = yield Call("run_cypher", {"query": query, "parameters": {"names": [*plain]}, "max_rows": 5000}, "labels")
    rows = found.value.get("rows")
    known = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return _Labels({str(row["id"]): str(row["label"]) for row in known})


def readable(name: str) -> str:
    """The name of an axis or member as people read it: GreaterChinaSegmentMember → Greater China."""
    plain = re.sub(r"^Statement(?=[A-Z])|Axis$|(?:Segments?)?(?:Member|Domain)$", "", name.rpartition(":")[2]) or name
    # The names of elements begin with a capital, which iPhone and eBay do not.
    plain = re.sub(r"^[IE](?=[A-Z][a-z])", lambda first: first[0].lower(), plain)
    return re.sub(r"(?<=[a-z])(?=[A-Z])(?!(?<=^[ie])[A-Z])", " ", plain)
