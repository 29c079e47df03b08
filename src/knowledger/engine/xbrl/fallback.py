"""Arelle in the place of the parser's own reading, for a filing that it refuses."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from knowledger.domain.filings.findings import Rule
from knowledger.domain.repositories.engine import PUBLISHED
from knowledger.engine.xbrl.arelle_models import arelle_models
from knowledger.engine.xbrl.package import FilingPackage, expanded, sort_documents
from knowledger.engine.xbrl.parse import FilingRows, rows_of
from knowledger.engine.xbrl.reading import Context, ReadFact, ReadFootnote, Reading
from knowledger.engine.xbrl.second_opinion import arelle_dimensions, arelle_items, arelle_period, arelle_unit
from knowledger.engine.xbrl.text import is_markup, plain_text
from knowledger.engine.xbrl.values import BadNumber, decimals_of, number
from knowledger.engine.xbrl.vocabulary import FACT_FOOTNOTE, IX_NAMESPACES, LANG, XBRLI
from knowledger.engine.xbrl.xml import DocumentCutShort, MalformedXbrl

_INLINE = tuple(namespace.encode() for namespace in IX_NAMESPACES)
_CONTEXT = XBRLI.encode()
_HIDDEN = tuple(f"{{{namespace}}}hidden" for namespace in IX_NAMESPACES)


def parse_with_arelle(
    package: FilingPackage, refusal: MalformedXbrl, scratch: Path, taxonomies: Path | None
) -> FilingRows:
    """The same rows from Arelle's reading, with a finding that says so.

    Raises the refusal where it reads nothing, or would read half of what there is.
    """
    if isinstance(refusal, DocumentCutShort):
        raise refusal
    reading = _read(package, scratch, _library(taxonomies))
    if not reading.facts:
        raise refusal
    documents = sort_documents(package)
    reading.findings.extend(documents.refused)
    reading.find(
        Rule.FALLBACK,
        f"Read by Arelle instead, which passes over what it cannot read: facts may be missing. {refusal.message}",
        "",
    )
    return rows_of(package.header, documents, reading, taxonomies)


def _read(package: FilingPackage, scratch: Path, cache: Path | None) -> Reading:
    cik, reading = package.header.filer.cik, Reading()
    for model in arelle_models(package, _groups(package), scratch, cache):
        reading.contexts += len(model.contexts)
        reading.units += len(model.units)
        items = arelle_items(model)
        reading.facts.extend(_fact(fact, cik) for fact in items)
        reading.footnotes.extend(_footnotes(model, items))
        if unknown := len(model.undefinedFacts):
            message = f"{unknown} facts are left out: their taxonomy is not at hand, which Arelle wants."
            reading.find(Rule.REFUSED, message, model.modelDocument.basename)
    return reading


def _library(taxonomies: Path | None) -> Path | None:
    """What has been fetched of the publishers so far."""
    published = taxonomies / PUBLISHED if taxonomies else None
    return published if published and published.is_dir() else None


def _groups(package: FilingPackage) -> list[list[str]]:
    """The inline documents as one set, else the instances, told by their bytes alone."""
    documents = expanded(package.documents)
    inline = [name for name, content in documents.items() if any(mark in content for mark in _INLINE)]
    if inline:
        return [inline]
    return [[name] for name, content in documents.items() if name.lower().endswith(".xml") and _CONTEXT in content]


def _fact(fact: Any, cik: str) -> ReadFact:
    unit = arelle_unit(fact.unit, cik)
    dimensions = sorted(arelle_dimensions(fact.context, cik), key=lambda one: one.axis)
    text = None if fact.isNil else str(fact.value)
    read = ReadFact(
        namespace=fact.qname.namespaceURI,
        name=fact.qname.localName,
        context_ref=fact.contextID,
        context=Context(tuple(fact.context.entityIdentifier), arelle_period(fact.context), tuple(dimensions)),
        unit=unit,
        text=text,
        number=None,
        decimals=fact.decimals,
        language="" if unit else _language(fact),
        document=fact.modelDocument.basename,
        anchor=fact.id or "",
        line=int(fact.sourceline or 0),
        is_hidden=any(one.tag in _HIDDEN for one in fact.iterancestors()),
        id=fact.id or "",
    )
    if text is not None and unit is not None:
        read.number = _number(text)
        read.decimals = decimals_of(fact.decimals, fact.precision, read.number)
    elif text is not None and (read.name.endswith("TextBlock") or is_markup(text)):
        read.text, read.markup = None, text
    elif text is not None:
        read.text = text.strip()
    return read


def _footnotes(model: Any, items: list[Any]) -> Iterator[ReadFootnote]:
    relations = model.relationshipSet(FACT_FOOTNOTE)
    for fact in items:
        for relation in relations.fromModelObject(fact):
            footnote = relation.toModelObject
            words = " ".join(plain_text(str(footnote.textValue)).split())
            yield ReadFootnote(_language(footnote), words, ((fact.modelDocument.basename, fact.id or ""),))


def _language(element: Any) -> str:
    languages = (one.get(LANG) for one in (element, *element.iterancestors()))
    return next((language for language in languages if language), "").lower()


def _number(text: str) -> Decimal | None:
    try:
        return number(text)
    except BadNumber:
        return None
