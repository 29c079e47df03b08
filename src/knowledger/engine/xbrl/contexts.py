"""Contexts and units of an instance or an inline document set (XBRL 2.1, 4.7 and 4.8; Dimensions 1.0, 3)."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from lxml import etree

from knowledger.domain.filings.aspects import Dimension, Period, Unit
from knowledger.domain.filings.names import concept_id, taxonomy_name
from knowledger.engine.xbrl.reading import Context, Names
from knowledger.engine.xbrl.vocabulary import XBRLDI, XBRLI

_ENTITY = f"{{{XBRLI}}}entity"
_IDENTIFIER = f"{{{XBRLI}}}identifier"
_SEGMENT = f"{{{XBRLI}}}segment"
_SCENARIO = f"{{{XBRLI}}}scenario"
_PERIOD = f"{{{XBRLI}}}period"
_EXPLICIT = f"{{{XBRLDI}}}explicitMember"
_TYPED = f"{{{XBRLDI}}}typedMember"
_MEASURE = f"{{{XBRLI}}}measure"
_DIVIDE = f"{{{XBRLI}}}divide"
_START = f"{{{XBRLI}}}startDate"
_ENDS = (f"{{{XBRLI}}}instant", f"{{{XBRLI}}}endDate")
_LONG_DAY = 32
_FOREVER = f"{{{XBRLI}}}forever"
_DAY = re.compile(r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9:.]+))?(?:Z|[+-][0-9]{2}:[0-9]{2})?\s*")


class BadContext(ValueError):
    """Why a context cannot be read."""


def read_context(element: etree._Element, names: Names, cik: str) -> Context:
    """Raises BadContext."""
    entity, period, dimensions = ("", ""), None, list[Dimension]()
    for child in element:
        tag = child.tag
        if tag == _ENTITY:
            for part in child:
                if part.tag == _IDENTIFIER:
                    entity = (part.get("scheme", ""), (part.text or "").strip())
                elif part.tag == _SEGMENT:
                    dimensions.extend(_dimensions(part, names, cik))
        elif tag == _PERIOD:
            period = _period(child)
        elif tag == _SCENARIO:
            dimensions.extend(_dimensions(child, names, cik))
    if period is None:
        raise BadContext("it has no period")
    dimensions.sort(key=lambda dimension: dimension.axis)
    return Context(entity, period, tuple(dimensions))


def read_unit(element: etree._Element, names: Names, cik: str) -> Unit:
    """Measures that stand above and below the line cancel nothing: USD per USD is what the filer says it is."""
    divide = element.find(_DIVIDE)
    if divide is None:
        return Unit(_measures(element, names, cik))
    parts = [_measures(part, names, cik) for part in divide]
    if len(parts) != 2:
        raise BadContext("its division has no two parts")
    return Unit(parts[0], parts[1])


def _day(text: str, is_end: bool) -> date:
    return _known_day(text, is_end) if len(text) <= _LONG_DAY else parse_day(text, is_end=is_end)


@lru_cache(maxsize=4096)
def _known_day(text: str, is_end: bool) -> date:
    """The periods of a company's filings begin and end on the same few days."""
    return parse_day(text, is_end=is_end)


def parse_day(text: str, *, is_end: bool) -> date:
    """A day as XBRL writes it: midnight at the end of a period belongs to the day before. Raises ValueError."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError(text)
    day, time = date.fromisoformat(match[1]), match[2] or ""
    if is_end and time and not time.strip("0:."):
        return day - timedelta(days=1)
    return day if is_end or not time.startswith("24:") else day + timedelta(days=1)


def _period(element: etree._Element) -> Period:
    start = end = None
    try:
        for child in element:
            tag = child.tag
            if tag in _ENDS:
                end = _day(child.text or "", True)
            elif tag == _START:
                start = _day(child.text or "", False)
    except (ValueError, OverflowError):
        raise BadContext("its period is no date") from None
    if end is None and element.find(_FOREVER) is None:
        raise BadContext("its period has no end")
    return Period(start, end)


def _dimensions(container: etree._Element, names: Names, cik: str) -> Iterable[Dimension]:
    for member in container:
        tag = member.tag
        if tag not in (_EXPLICIT, _TYPED):
            # Whatever else narrows a context makes its facts other facts.
            yield Dimension(_expanded_tag(member, cik), typed_value=canonical(member))
            continue
        axis = _concept(member.get("dimension", ""), member, names, cik)
        if tag == _EXPLICIT:
            yield Dimension(axis, _concept(member.text or "", member, names, cik))
        else:
            value = next(iter(member), None)
            yield Dimension(axis, typed_value=None if value is None else _typed_text(value))


def _typed_text(value: etree._Element) -> str:
    if value.get("{http://www.w3.org/2001/XMLSchema-instance}nil") in ("true", "1"):
        return "nil"
    return canonical(value) if len(value) else " ".join((value.text or "").split())


def canonical(element: etree._Element) -> str:
    """The same for the same content; as it stands where it has no canonical form, as with relative namespaces."""
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_tail=False).decode()
    except etree.C14NError:
        return etree.tostring(element, encoding="unicode", with_tail=False)


def _expanded_tag(element: etree._Element, cik: str) -> str:
    name = etree.QName(element)
    return concept_id(name.namespace or "", name.localname, cik)


def _concept(text: str, element: etree._Element, names: Names, cik: str) -> str:
    expanded = names.expand(text, element)
    if expanded is None:
        raise BadContext(f"the prefix of {text.strip()!r} is not declared")
    return concept_id(*expanded, cik)


def _measures(element: etree._Element, names: Names, cik: str) -> tuple[str, ...]:
    measures = []
    for measure in element.iter(_MEASURE):
        expanded = names.expand(measure.text or "", measure)
        if expanded is None:
            raise BadContext(f"the prefix of {measure.text!r} is not declared")
        measures.append(measure_id(*expanded, cik))
    return tuple(sorted(measures))


def measure_id(namespace: str, name: str, cik: str) -> str:
    """iso4217:USD, xbrli:shares, xbrli:pure, utr:bbl, or a filer's own."""
    if namespace == XBRLI:
        return f"xbrli:{name}"
    for part in ("iso4217", "utr"):
        if namespace.rstrip("/").endswith(f"/{part}") and "xbrl.org" in namespace:
            return f"{part}:{name}"
    return f"{taxonomy_name(namespace, cik).name}:{name}"
