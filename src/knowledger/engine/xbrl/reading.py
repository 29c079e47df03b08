"""What is read from the documents of a filing, before it becomes rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from lxml import etree

from knowledger.domain.filings.aspects import Dimension, Period, Unit
from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.engine.xbrl.package import Document
from knowledger.engine.xbrl.places import line_of

Attributes = Mapping[str, str]


@dataclass(slots=True)
class Context:
    """`entity` is scheme and identifier. The keys of dimensions are concept ids."""

    entity: tuple[str, str]
    period: Period
    dimensions: tuple[Dimension, ...]


@dataclass(slots=True)
class ReadFact:
    """One fact as one document states it. `number` is exact, `text` its writing; a nil has neither.

    `markup` is the value of a passage as escaped HTML, and `text` then stays empty. `decimals` is as written.
    """

    namespace: str
    name: str
    context_ref: str
    context: Context
    unit: Unit | None
    text: str | None
    number: Decimal | None
    decimals: str | None
    language: str
    document: str
    anchor: str
    line: int
    is_hidden: bool = False
    markup: str | None = None
    id: str = ""

    @property
    def is_nil(self) -> bool:
        return self.text is None and self.markup is None


@dataclass(slots=True)
class ReadFootnote:
    """A footnote with the facts it is to, each by its document and its id there."""

    language: str
    text: str
    facts: tuple[tuple[str, str], ...]


@dataclass
class Reading:
    """Everything one filing states. `schema_refs` are the addresses its instances name as their taxonomy."""

    facts: list[ReadFact] = field(default_factory=list)
    footnotes: list[ReadFootnote] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    schema_refs: list[str] = field(default_factory=list)
    contexts: int = 0
    units: int = 0

    def find(
        self, rule: Rule, message: str, document: str, line: int | None = None, severity: Severity = Severity.PROBLEM
    ) -> None:
        self.findings.append(Finding(rule, severity, message, document=document, line=line))

    def find_tuple(self, document: str, tuples: Sequence[etree._Element]) -> None:
        first = tuples[0].get("name") or etree.QName(tuples[0]).localname
        message = f"{len(tuples)} tuples, {first} the first: their facts are read, but not what groups them."
        self.find(Rule.REFUSED, message, document, line_of(tuples[0]))


def attributes_of(element: etree._Element) -> Attributes:
    """All at once: where there are many, to ask the element for each takes longer."""
    return dict(cast("list[tuple[str, str]]", element.items()))


class Names:
    """Prefixes of one document. Most documents declare all of them at their root, which makes looking up cheap."""

    def __init__(self, document: Document) -> None:
        self._root = {prefix or "": uri for prefix, uri in document.root.nsmap.items()}
        self._all_at_root = not document.declares_below_root
        self._known: dict[str, tuple[str, str] | None] = {}

    def expand(self, name: str, element: etree._Element) -> tuple[str, str] | None:
        """Namespace and local name of a prefixed name; None where the prefix is not declared."""
        if not self._all_at_root:
            prefix, _, local = name.strip().rpartition(":")
            return _named(element.nsmap.get(prefix or None), local)
        if name not in self._known:
            prefix, _, local = name.strip().rpartition(":")
            self._known[name] = _named(self._root.get(prefix), local)
        return self._known[name]


def _named(namespace: str | None, local: str) -> tuple[str, str] | None:
    return None if namespace is None else (namespace, local)
