"""Arelle as a second opinion: it loads the same filing, and where it reads a fact differently a finding says so.

It is slow, and works offline with what its cache holds. Its answer is never taken over silently.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from knowledger.domain.filings.aspects import Dimension, Period, Unit
from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.domain.filings.names import concept_id
from knowledger.engine.xbrl.arelle_models import arelle_models
from knowledger.engine.xbrl.contexts import measure_id
from knowledger.engine.xbrl.inline import inline_sets
from knowledger.engine.xbrl.package import FilingPackage, open_package
from knowledger.engine.xbrl.parse import read_documents
from knowledger.engine.xbrl.reading import ReadFact
from knowledger.engine.xbrl.text import plain_text
from knowledger.engine.xbrl.values import decimals_of
from knowledger.engine.xbrl.vocabulary import NIL, TRUE

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Opinion:
    """A fact in the terms in which both readers can be compared. Numbers are equal by value, texts by their words."""

    concept_id: str
    entity: str
    period_id: str
    unit_id: str
    dimensions: frozenset[tuple[str, str]]
    value: Decimal | str | None
    decimals: str | None


@dataclass
class Heard:
    """What Arelle says. `unknown` are elements that it cannot take for facts, for want of their schema; `missing` are
    the addresses of what it would have read."""

    facts: list[Opinion] = field(default_factory=list)
    unknown: set[tuple[str, str]] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)


def compare_with_arelle(package: FilingPackage, scratch: Path, cache: Path | None) -> list[Finding]:
    """Facts that only one of the two readers has, each as a finding, and what of them could not be compared.

    The document of such a finding is the address of the taxonomy that is missing.
    """
    documents = open_package(package)
    read = read_documents(documents, package.header.filer.cik).facts
    sets = [*inline_sets(documents.inline), *([instance] for instance in documents.instances)]
    groups = [[document.name for document in one] for one in sets]
    heard = arelle_facts(package, groups, scratch, cache)
    ours = Counter(_ours(fact) for fact in read if (fact.namespace, fact.name) not in heard.unknown)
    theirs = Counter(heard.facts)
    if ours and not theirs:
        message = "Not checked: Arelle reads none of these facts."
        return [Finding(Rule.UNCHECKED, Severity.NOTICE, message, document=groups[0][0])]
    return [
        *_unchecked(heard, sum((fact.namespace, fact.name) in heard.unknown for fact in read)),
        *_told("Only this parser has", (ours - theirs).elements(), groups[0][0]),
        *_told("Only Arelle has", (theirs - ours).elements(), groups[0][0]),
    ]


def arelle_facts(package: FilingPackage, groups: list[list[str]], scratch: Path, cache: Path | None) -> Heard:
    """The facts of the documents named as Arelle reads them."""
    heard, cik = Heard(), package.header.filer.cik
    for model in arelle_models(package, groups, scratch, cache, heard.missing):
        heard.facts.extend(_theirs(fact, cik) for fact in arelle_items(model))
        heard.unknown.update((fact.namespaceURI, fact.localName) for fact in model.undefinedFacts)
    return heard


def arelle_items(model: Any) -> list[Any]:
    """Its facts, those in tuples as well, if their contexts can be read."""
    items, waiting = [], list(reversed(model.facts))
    while waiting:
        fact = waiting.pop()
        waiting.extend(reversed(fact.modelTupleFacts))
        if fact.context is not None and _has_period(fact.context):
            items.append(fact)
    return items


def _has_period(context: Any) -> bool:
    return context.isForeverPeriod or context.endDatetime is not None


def _ours(fact: ReadFact) -> Opinion:
    context = fact.context
    return Opinion(
        concept_id=f"{fact.namespace}#{fact.name}",
        entity=context.entity[1],
        period_id=context.period.period_id,
        unit_id=fact.unit.unit_id if fact.unit else "",
        dimensions=_compared(context.dimensions),
        value=fact.number if fact.number is not None else _words(fact.text if fact.markup is None else fact.markup),
        decimals=fact.decimals if fact.number is not None else None,
    )


def _theirs(fact: Any, cik: str) -> Opinion:
    unit = arelle_unit(fact.unit, cik)
    value = None if fact.isNil else fact.value
    number = _number(value) if unit and value is not None else None
    return Opinion(
        concept_id=f"{fact.qname.namespaceURI}#{fact.qname.localName}",
        entity=fact.context.entityIdentifier[1],
        period_id=arelle_period(fact.context).period_id,
        unit_id=unit.unit_id if unit else "",
        dimensions=_compared(arelle_dimensions(fact.context, cik)),
        value=number if number is not None else _words(value),
        decimals=decimals_of(fact.decimals, fact.precision, number) if number is not None else None,
    )


def arelle_dimensions(context: Any, cik: str) -> Iterator[Dimension]:
    for axis, value in context.qnameDims.items():
        name, member = concept_id(axis.namespaceURI, axis.localName, cik), value.memberQname
        if member is not None:
            yield Dimension(name, concept_id(member.namespaceURI, member.localName, cik))
        else:
            is_nil = value.typedMember.get(NIL) in TRUE
            yield Dimension(name, typed_value="nil" if is_nil else " ".join((value.typedMember.text or "").split()))


def arelle_period(context: Any) -> Period:
    if context.isForeverPeriod:
        return Period(None, None)
    end = (context.endDatetime - timedelta(microseconds=1)).date()
    start = None if context.isInstantPeriod else context.startDatetime
    return Period(start and start.date(), end)


def arelle_unit(unit: Any, cik: str) -> Unit | None:
    if unit is None:
        return None
    return Unit(
        *(tuple(sorted(measure_id(one.namespaceURI, one.localName, cik) for one in part)) for part in unit.measures)
    )


def _compared(dimensions: Iterable[Dimension]) -> frozenset[tuple[str, str]]:
    return frozenset((one.axis, one.member or one.typed_value or "") for one in dimensions)


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _words(text: str | None) -> str | None:
    return None if text is None else " ".join(plain_text(text).split())


def _unchecked(heard: Heard, facts: int) -> Iterator[Finding]:
    if not heard.unknown:
        return
    schemas = sorted(address for address in heard.missing if address.endswith(".xsd"))
    for schema in schemas or [""]:
        lacking = f"the taxonomy {schema} is not stored" if schema else "nobody says where their taxonomy is"
        message = f"Not checked: {facts} facts, as {lacking}."
        yield Finding(Rule.UNCHECKED, Severity.NOTICE, message, document=schema)


def _told(who: str, facts: Iterable[Opinion], document: str) -> Iterator[Finding]:
    for fact in facts:
        value = "nil" if fact.value is None else str(fact.value)[:_SHOWN]
        where = ", ".join(f"{axis} = {member}" for axis, member in sorted(fact.dimensions))
        name = fact.concept_id.rpartition("#")[2]
        message = f"{who} {name} of {fact.period_id}{' for ' + where if where else ''}: {value} {fact.unit_id}".strip()
        yield Finding(Rule.SECOND_OPINION, Severity.PROBLEM, f"{message}.", document=document, concept_id=name)
