"""Traditional instances (XBRL 2.1): facts stand at the top, or inside tuples."""

from collections.abc import Iterator

from lxml import etree

from knowledger.domain.filings.aspects import Unit
from knowledger.domain.filings.findings import Rule
from knowledger.engine.xbrl.contexts import BadContext, read_context, read_unit
from knowledger.engine.xbrl.inline import fraction
from knowledger.engine.xbrl.package import Document
from knowledger.engine.xbrl.places import line_of
from knowledger.engine.xbrl.reading import Attributes, Context, Names, ReadFact, ReadFootnote, Reading, attributes_of
from knowledger.engine.xbrl.text import all_text, is_markup
from knowledger.engine.xbrl.values import NOT_FINITE, BadNumber, decimals_of, number
from knowledger.engine.xbrl.vocabulary import (
    ARCROLE,
    FACT_FOOTNOTE,
    FROM,
    HREF,
    LABEL,
    LANG,
    LINK,
    NIL,
    TO,
    TRUE,
    XBRLI,
)

_FRACTION = (f"{{{XBRLI}}}numerator", f"{{{XBRLI}}}denominator")
_OWN = (f"{{{XBRLI}}}", f"{{{LINK}}}")


def read_instance(document: Document, cik: str, reading: Reading) -> None:
    """Add the facts and footnotes of one instance."""
    reader = _InstanceReader(document, cik, reading)
    reading.schema_refs.extend(ref.get(HREF, "") for ref in document.root.iter(f"{{{LINK}}}schemaRef"))
    reading.contexts += len(reader.contexts)
    reading.units += len(reader.units)
    facts = list(reader.facts(document.root))
    if reader.tuples:
        reading.find_tuple(document.name, reader.tuples)
    reading.facts.extend(facts)
    known = {fact.id for fact in facts if fact.id}
    for link in document.root.iter(f"{{{LINK}}}footnoteLink"):
        reading.footnotes.extend(_footnotes(link, document.name, known))


class _InstanceReader:
    def __init__(self, document: Document, cik: str, reading: Reading) -> None:
        self._document = document
        self._reading = reading
        self._language = document.root.get(LANG, "").lower()
        names = Names(document)
        self.tuples: list[etree._Element] = []
        self.contexts: dict[str, Context] = {}
        self.units: dict[str, Unit] = {}
        for element in document.root.iterchildren(f"{{{XBRLI}}}context", f"{{{XBRLI}}}unit"):
            self._keep(element, names, cik)

    def facts(self, parent: etree._Element, way: str = "/1") -> Iterator[ReadFact]:
        """`way` leads from the document to the parent: a child sequence, which is where a fact without an id stands."""
        for place, element in enumerate(parent, 1):
            if element.tag.startswith(_OWN):
                continue
            stated = attributes_of(element)
            if "contextRef" not in stated:
                yield from self._within(element, f"{way}/{place}")
                continue
            try:
                fact = self._fact(element, stated, f"{way}/{place}")
            except BadNumber as error:
                self._find(Rule.BAD_VALUE, element, f"is left out: {error}")
                continue
            if fact is not None:
                yield fact

    def _within(self, element: etree._Element, way: str) -> Iterator[ReadFact]:
        """The facts of a tuple."""
        if len(element):
            self.tuples.append(element)
            yield from self.facts(element, way)
        else:
            self._find(Rule.UNKNOWN_CONTEXT, element, "is left out: it names no context")

    def _fact(self, element: etree._Element, stated: Attributes, way: str) -> ReadFact | None:
        context_ref, unit_ref = stated.get("contextRef", ""), stated.get("unitRef")
        context = self.contexts.get(context_ref) or self.contexts.get(context_ref.strip())
        if context is None:
            self._find(Rule.UNKNOWN_CONTEXT, element, f"is left out: there is no context {context_ref!r}")
            return None
        unit = None if unit_ref is None else self.units.get(unit_ref) or self.units.get(unit_ref.strip())
        if unit_ref is not None and unit is None:
            self._find(Rule.UNKNOWN_UNIT, element, f"is left out: there is no unit {unit_ref!r}")
            return None
        namespace, _, name = element.tag[1:].rpartition("}")
        id_ = stated.get("id", "")
        fact = ReadFact(
            namespace=namespace,
            name=name,
            context_ref=context_ref,
            context=context,
            unit=unit,
            text=None,
            number=None,
            decimals=None,
            language=stated.get(LANG, self._language).lower() if unit is None else "",
            document=self._document.name,
            anchor=id_ or way,
            line=line_of(element),
            id=id_,
        )
        if stated.get(NIL) not in TRUE:
            _set_value(fact, element, stated)
        return fact

    def _keep(self, element: etree._Element, names: Names, cik: str) -> None:
        id_ = element.get("id", "")
        try:
            if element.tag.endswith("context"):
                self.contexts[id_] = read_context(element, names, cik)
            else:
                self.units[id_] = read_unit(element, names, cik)
        except BadContext as error:
            self._find(Rule.BAD_VALUE, element, f"{id_} is left out: {error}")

    def _find(self, rule: Rule, element: etree._Element, what: str) -> None:
        message = f"{etree.QName(element).localname} {what}."
        self._reading.find(rule, message, self._document.name, line_of(element))


def _set_value(fact: ReadFact, element: etree._Element, stated: Attributes) -> None:
    if fact.unit is None:
        text = element.text or "" if not len(element) else all_text(element)
        if fact.name.endswith("TextBlock") or is_markup(text):
            fact.markup = text
        else:
            fact.text = text.strip()
        return
    parts = [number(part.text or "") for part in element.iterchildren(*_FRACTION)] if len(element) else []
    if len(parts) == 2:
        fact.text, fact.number = fraction(*parts)
        fact.decimals = "INF"
        return
    fact.text = (element.text or "").strip()
    if fact.text in NOT_FINITE:
        return
    fact.number = number(fact.text)
    fact.decimals = decimals_of(stated.get("decimals"), stated.get("precision"), fact.number)


def _footnotes(link: etree._Element, document: str, known: set[str]) -> Iterator[ReadFootnote]:
    facts = {
        loc.get(LABEL, ""): loc.get(HREF, "").rpartition("#")[2] for loc in link.iterchildren(f"{{{LINK}}}loc")
    }  # fmt: skip
    targets: dict[str, list[str]] = {}
    for arc in link.iterchildren(f"{{{LINK}}}footnoteArc"):
        if arc.get(ARCROLE) == FACT_FOOTNOTE and (fact := facts.get(arc.get(FROM, ""))) in known:
            targets.setdefault(arc.get(TO, ""), []).append(str(fact))
    for footnote in link.iterchildren(f"{{{LINK}}}footnote"):
        ids = targets.get(footnote.get(LABEL, ""))
        if ids:
            text = " ".join(all_text(footnote).split())
            stated = tuple((document, one) for one in dict.fromkeys(ids))
            yield ReadFootnote(footnote.get(LANG, "").lower(), text, stated)
