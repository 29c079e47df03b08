"""Linkbases (XBRL 2.1, 3.5 and 5.2): which concepts are linked, how, in which role."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from urllib.parse import unquote

from lxml import etree

from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.engine.xbrl.package import Document
from knowledger.engine.xbrl.places import line_of
from knowledger.engine.xbrl.schema import Schemas
from knowledger.engine.xbrl.text import all_text
from knowledger.engine.xbrl.vocabulary import ARCROLE, FROM, HREF, LABEL, LANG, LINK, ROLE, TO, TYPE, XBRLDT

PARENT_CHILD = "http://www.xbrl.org/2003/arcrole/parent-child"
SUMMATION = ("http://www.xbrl.org/2003/arcrole/summation-item", "https://xbrl.org/2023/arcrole/summation-item")
DIMENSIONAL = "http://xbrl.org/int/dim/arcrole/"
CONCEPT_LABEL = "http://www.xbrl.org/2003/arcrole/concept-label"

_KINDS = ("presentation", "calculation", "definition", "label")
_LINKS = tuple(f"{{{LINK}}}{kind}Link" for kind in _KINDS)
_PRESENTATION_LINK, _CALCULATION_LINK, _DEFINITION_LINK, _LABEL_LINK = _LINKS
_ARCS = frozenset(f"{{{LINK}}}{kind}Arc" for kind in _KINDS)
_LINKBASE = f"{{{LINK}}}linkbase"
_LOC = f"{{{LINK}}}loc"
_CLOSED, _USABLE = f"{{{XBRLDT}}}closed", f"{{{XBRLDT}}}usable"
_RESOURCE = f"{{{LINK}}}label"
_MOST_DIGITS = 12

Name = tuple[str, str]
"""Namespace and local name of an element; the namespace of one whose schema is not at hand may be its prefix alone."""


@dataclass(slots=True)
class Arc:
    """From one concept to another, in one role."""

    arcrole: str
    source: Name
    target: Name
    order: Decimal
    weight: Decimal
    preferred_label: str
    is_closed: bool | None
    is_usable: bool | None


@dataclass(slots=True)
class Wording:
    """A label of a concept, its role in full."""

    concept: Name
    role: str
    language: str
    text: str


@dataclass
class Links:
    """The arcs in force by role, in the order of the documents, and all labels.

    `stated` are all arcs with their priority and use, of which some may prohibit others.
    """

    arcs: dict[str, list[Arc]] = field(default_factory=dict)
    stated: dict[str, list[tuple[int, str, Arc]]] = field(default_factory=dict)
    labels: list[Wording] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read_links(documents: list[Document], schemas: Schemas, prefixes: dict[str, str]) -> Links:
    """Read linkbases, those inside schemas as well. `prefixes` leads from the filing's prefixes to namespaces."""
    found = Links()
    locators = Locators(schemas, prefixes)
    for document in documents:
        is_linkbase = document.root.tag == _LINKBASE
        for link in document.root.iterchildren(*_LINKS) if is_linkbase else document.root.iter(*_LINKS):
            _LinkReader(link, document.name, locators, found).read()
    found.arcs = {role: _in_force(arcs) for role, arcs in found.stated.items()}
    return found


class Locators:
    """What the addresses of locators lead to, each looked up once."""

    def __init__(self, schemas: Schemas, prefixes: dict[str, str]) -> None:
        self._schemas = schemas
        self._prefixes = prefixes
        self._known: dict[str, Name | None] = {}

    def element(self, href: str, document: str) -> Name | None:
        """An address without a file is one of the document that it stands in."""
        if href.startswith("#"):
            href = document + href
        if href not in self._known:
            self._known[href] = self._look_up(unquote(href))
        return self._known[href]

    def _look_up(self, href: str) -> Name | None:
        address, _, fragment = href.strip().partition("#")
        file = address.rsplit("/", 1)[-1].lower()
        fragment = fragment.removeprefix("element(").removesuffix(")")
        if own := self._schemas.ids.get((file, fragment)):
            return own
        prefix, underscore, name = fragment.partition("_")
        if not underscore or not name:
            return None
        return self._schemas.namespaces.get(address) or self._prefixes.get(prefix) or prefix, name


class _LinkReader:
    """Reads one extended link."""

    def __init__(self, link: etree._Element, document: str, locators: Locators, found: Links) -> None:
        self._link = link
        self._document = document
        self._locators = locators
        self._found = found
        self._role = link.get(ROLE, "")
        self._kind = link.tag
        self._concepts: dict[str, list[Name]] = {}
        self._labels: dict[str, list[etree._Element]] = {}
        self._arcs: list[etree._Element] = []

    def read(self) -> None:
        """To ask for elements by a name takes less than to ask each for its own."""
        locators, labels, arcs = (list(self._link.iterchildren(*names)) for names in ((_LOC,), (_RESOURCE,), _ARCS))
        is_all = len(locators) + len(labels) + len(arcs) == len(self._link)
        self._arcs = arcs if is_all else _all_arcs(self._link)
        for locator in locators:
            self._locate(locator)
        for label in labels:
            self._labels.setdefault(label.get(LABEL, ""), []).append(label)
        if self._kind == _LABEL_LINK:
            self._found.labels.extend(self._wordings())
        else:
            self._found.stated.setdefault(self._role, []).extend(self._read_arcs())

    def _locate(self, element: etree._Element) -> None:
        href = element.get(HREF, "")
        concept = self._locators.element(href, self._document)
        if concept is None:
            self._find(element, f"the locator to {href} leads to no element")
        else:
            self._concepts.setdefault(element.get(LABEL, ""), []).append(concept)

    def _wordings(self) -> Iterator[Wording]:
        for arc in self._arcs:
            if arc.get(ARCROLE) != CONCEPT_LABEL or arc.get("use") == "prohibited":
                continue
            for concept in self._concepts.get(arc.get(FROM, ""), ()):
                for label in self._labels.get(arc.get(TO, ""), ()):
                    text = " ".join(all_text(label).split())
                    yield Wording(concept, label.get(ROLE, ""), label.get(LANG, ""), text)

    def _read_arcs(self) -> Iterator[tuple[int, str, Arc]]:
        """With priority and use, which say whether the arc is in force."""
        for element in self._arcs:
            sources = self._concepts.get(element.get(FROM, ""))
            targets = self._concepts.get(element.get(TO, ""))
            if not sources or not targets:
                self._find(
                    element, f"the arc from {element.get(FROM)} to {element.get(TO)} has an end that is not there"
                )
                continue
            for source in sources:
                for target in targets:
                    yield _priority(element), element.get("use", "optional"), self._arc(element, source, target)

    def _arc(self, element: etree._Element, source: Name, target: Name) -> Arc:
        """What a kind of link has no use for is not asked for."""
        is_definition = self._kind == _DEFINITION_LINK
        return Arc(
            arcrole=element.get(ARCROLE, ""),
            source=source,
            target=target,
            order=_decimal(element.get("order")),
            weight=_decimal(element.get("weight") if self._kind == _CALCULATION_LINK else None),
            preferred_label=element.get("preferredLabel", "") if self._kind == _PRESENTATION_LINK else "",
            is_closed=_boolean(element.get(_CLOSED)) if is_definition else None,
            is_usable=_boolean(element.get(_USABLE)) if is_definition else None,
        )

    def _find(self, element: etree._Element, what: str) -> None:
        message = f"In {self._role}, {what}."
        finding = Finding(Rule.BROKEN_LINK, Severity.PROBLEM, message, document=self._document, line=line_of(element))
        self._found.findings.append(finding)


def _all_arcs(link: etree._Element) -> list[etree._Element]:
    """All arcs, those that are called something else as well."""
    return [element for element in link if element.tag in _ARCS or element.get(TYPE) == "arc"]


def _in_force(arcs: list[tuple[int, str, Arc]]) -> list[Arc]:
    """Of equivalent arcs the one of the highest priority, unless it prohibits them (XBRL 2.1, 3.5.3.9.7.5)."""
    kept: dict[tuple[object, ...], tuple[int, str, Arc]] = {}
    for entry in arcs:
        priority, use, arc = entry
        key = (arc.arcrole, arc.source, arc.target, arc.order, arc.weight, arc.preferred_label)
        held = kept.get(key)
        if held is None or priority > held[0] or (priority == held[0] and use == "prohibited"):
            kept[key] = entry
    return [arc for _, use, arc in kept.values() if use != "prohibited"]


def _priority(element: etree._Element) -> int:
    try:
        return int(element.get("priority", "0"))
    except ValueError:
        return 0


@lru_cache(maxsize=4096)
def _decimal(text: str | None) -> Decimal:
    """1 where nothing is said, or no number within bounds."""
    try:
        value = Decimal(text or "1")
    except InvalidOperation:
        return Decimal(1)
    return value if value.is_finite() and value.adjusted() < _MOST_DIGITS else Decimal(1)


def _boolean(text: str | None) -> bool | None:
    return None if text is None else text in ("true", "1")
