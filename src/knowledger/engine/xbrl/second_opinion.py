"""Arelle as a second opinion: it loads the same filing, and where it reads a fact differently a finding says so.

It is slow, and works offline with what its cache holds. Its answer is never taken over silently.
"""

import mimetypes
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from knowledger.domain.filings.aspects import Period, Unit
from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.domain.filings.names import concept_id
from knowledger.engine.xbrl.contexts import measure_id
from knowledger.engine.xbrl.inline import inline_sets
from knowledger.engine.xbrl.package import FilingPackage, expanded, open_package
from knowledger.engine.xbrl.parse import read_documents
from knowledger.engine.xbrl.reading import ReadFact
from knowledger.engine.xbrl.sec_transforms import TRANSFORMS
from knowledger.engine.xbrl.text import plain_text
from knowledger.engine.xbrl.vocabulary import NIL, TRUE

_SHOWN = 60
_SEC_NAMESPACE = "http://www.sec.gov/inlineXBRL/transformation/2015-08-31"


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
    """What Arelle says. `unknown` are elements that it cannot take for facts, for want of their schema."""

    facts: list[Opinion] = field(default_factory=list)
    unknown: set[tuple[str, str]] = field(default_factory=set)


def compare_with_arelle(package: FilingPackage, scratch: Path, cache: Path | None) -> list[Finding]:
    """Facts that only one of the two readers has, each as a finding."""
    documents = open_package(package)
    read = read_documents(documents, package.header.filer.cik).facts
    sets = inline_sets(documents.inline) or [[instance] for instance in documents.instances]
    groups = [[document.name for document in one] for one in sets]
    heard = arelle_facts(package, groups, scratch, cache)
    ours = Counter(_ours(fact) for fact in read if (fact.namespace, fact.name) not in heard.unknown)
    theirs = Counter(heard.facts)
    if ours and not theirs:
        message = "Arelle reads none of these facts: it does not take the documents, or has not their taxonomies."
        return [Finding(Rule.SECOND_OPINION, Severity.NOTICE, message, document=groups[0][0])]
    return [
        *_told("Only this parser has", (ours - theirs).elements(), groups[0][0]),
        *_told("Only Arelle has", (theirs - ours).elements(), groups[0][0]),
    ]


def arelle_facts(package: FilingPackage, groups: list[list[str]], scratch: Path, cache: Path | None) -> Heard:
    """The facts of the documents named as Arelle reads them, offline, from copies below `scratch`.

    A group is an inline document set, or a single instance.
    """
    directory = scratch / "filing"
    directory.mkdir(exist_ok=True)
    for name, content in expanded(package.documents).items():
        (directory / Path(name).name).write_bytes(content)
    arelle = _Arelle(scratch, cache)
    heard = Heard()
    for group in groups:
        arelle.tell([directory / name for name in group], package.header.filer.cik, heard)
    return heard


class _Arelle:
    """Arelle's controller, without a window, a network and a log of its own."""

    def __init__(self, scratch: Path, cache: Path | None) -> None:
        os.environ.update(HOME=str(scratch), XDG_CONFIG_HOME=str(scratch))
        mimetypes.knownfiles.clear()  # files of the system, which a sandboxed child may not read
        from arelle import Cntlr  # type: ignore[import-untyped]  # Arelle has no types

        self._controller = Cntlr.Cntlr(hasGui=False, logFileName="logToBuffer", disable_persistent_config=True)
        self._controller.webCache.workOffline = True
        if cache:
            self._controller.webCache.cacheDir = str(cache)
        self._controller.modelManager.loadCustomTransforms()
        self._controller.modelManager.customTransforms.update(_sec_transforms())

    def tell(self, paths: list[Path], cik: str, heard: Heard) -> None:
        """The facts of one document set or of one instance."""
        model = self._controller.modelManager.load(self._entry_point(paths))
        if model is None or model.modelDocument is None:
            return
        try:
            heard.facts.extend(_theirs(fact, cik) for fact in model.facts if fact.context is not None)
            heard.unknown.update((fact.namespaceURI, fact.localName) for fact in model.undefinedFacts)
        finally:
            self._controller.modelManager.close(model)

    def _entry_point(self, paths: list[Path]) -> str:
        """One document by its path; several through Arelle's plug-in for document sets, in the form that it wants."""
        if len(paths) == 1:
            return str(paths[0])
        from arelle import PluginManager

        PluginManager.addPluginModule("inlineXbrlDocumentSet")
        PluginManager.reset()
        return str(paths[0].parent / "_IXDS#?#") + "#?#".join(str(path) for path in paths)


def _sec_transforms() -> dict[Any, Any]:
    """Arelle comes without the SEC's transformations, and takes ours."""
    from arelle.ModelValue import QName  # type: ignore[import-untyped]  # Arelle has no types

    return {QName("ixt-sec", _SEC_NAMESPACE, name): function for name, function in TRANSFORMS.items()}


def _ours(fact: ReadFact) -> Opinion:
    context = fact.context
    return Opinion(
        concept_id=f"{fact.namespace}#{fact.name}",
        entity=context.entity[1],
        period_id=context.period.period_id,
        unit_id=fact.unit.unit_id if fact.unit else "",
        dimensions=frozenset((one.axis, one.member or one.typed_value or "") for one in context.dimensions),
        value=fact.number if fact.number is not None else _words(fact.text if fact.markup is None else fact.markup),
        decimals=fact.decimals if fact.number is not None else None,
    )


def _theirs(fact: Any, cik: str) -> Opinion:
    unit = "" if fact.unit is None else _unit(fact.unit.measures, cik)
    value = None if fact.isNil else fact.value
    number = _number(value) if unit and value is not None else None
    return Opinion(
        concept_id=f"{fact.qname.namespaceURI}#{fact.qname.localName}",
        entity=fact.context.entityIdentifier[1],
        period_id=_period(fact.context).period_id,
        unit_id=unit,
        dimensions=frozenset(_dimensions(fact.context, cik)),
        value=number if number is not None else _words(value),
        decimals=fact.decimals if number is not None else None,
    )


def _dimensions(context: Any, cik: str) -> Iterator[tuple[str, str]]:
    for axis, value in context.qnameDims.items():
        member = value.memberQname
        if member is not None:
            text = concept_id(member.namespaceURI, member.localName, cik)
        else:
            text = "nil" if value.typedMember.get(NIL) in TRUE else " ".join((value.typedMember.text or "").split())
        yield concept_id(axis.namespaceURI, axis.localName, cik), text


def _period(context: Any) -> Period:
    if context.isForeverPeriod:
        return Period(None, None)
    end = (context.endDatetime - timedelta(days=1)).date()
    return Period(None if context.isInstantPeriod else context.startDatetime.date(), end)


def _unit(measures: Any, cik: str) -> str:
    parts = [tuple(sorted(measure_id(one.namespaceURI, one.localName, cik) for one in part)) for part in measures]
    return Unit(*parts).unit_id


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return None


def _words(text: str | None) -> str | None:
    return None if text is None else " ".join(plain_text(text).split())


def _told(who: str, facts: Iterable[Opinion], document: str) -> Iterator[Finding]:
    for fact in facts:
        value = "nil" if fact.value is None else str(fact.value)[:_SHOWN]
        where = ", ".join(f"{axis} = {member}" for axis, member in sorted(fact.dimensions))
        name = fact.concept_id.rpartition("#")[2]
        message = f"{who} {name} of {fact.period_id}{' for ' + where if where else ''}: {value} {fact.unit_id}".strip()
        yield Finding(Rule.SECOND_OPINION, Severity.PROBLEM, f"{message}.", document=document, concept_id=name)
