"""A filing's bytes become tables. Pure: nothing is fetched, nothing but what is passed in is read.

    parsed = parse_filing(FilingPackage(header, {"aapl-20230930.htm": b"…", …}), taxonomies=Path("…"))
    parsed.tables["Fact"]      # pyarrow tables, one for each table of the extensions base and reporting
    parsed.findings            # what the checks found

The same bytes and header give the same rows, in the same order, with the same ids.
"""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

import pyarrow as pa

from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.domain.filings.header import FilingHeader
from knowledger.engine.xbrl.aspects import write_period
from knowledger.engine.xbrl.calculations import check_calculations
from knowledger.engine.xbrl.concepts import Concepts
from knowledger.engine.xbrl.cover import Cover, read_cover
from knowledger.engine.xbrl.facts import FactRows
from knowledger.engine.xbrl.inline import read_inline
from knowledger.engine.xbrl.instance import read_instance
from knowledger.engine.xbrl.links import read_links
from knowledger.engine.xbrl.package import ContextsMissing, Document, Documents, FilingPackage, open_package
from knowledger.engine.xbrl.reading import ReadFact, Reading
from knowledger.engine.xbrl.schema import read_schemas
from knowledger.engine.xbrl.structures import write_structures
from knowledger.engine.xbrl.tables import Rows
from knowledger.engine.xbrl.taxonomies import Taxonomies
from knowledger.engine.xbrl.version import PARSER_VERSION
from knowledger.engine.xbrl.xml import HostileXml, MalformedXbrl, parse_xml

__all__ = ["PARSER_VERSION", "FilingPackage", "FilingRows", "parse_filing", "read_facts"]

_LOST = (Rule.REFUSED, Rule.UNKNOWN_CONTEXT, Rule.UNKNOWN_UNIT)


@dataclass(frozen=True)
class FilingRows:
    """Everything one filing gives. facts_read = rows of Fact + duplicates."""

    tables: dict[str, pa.Table]
    findings: list[Finding]
    facts_read: int
    contexts: int
    units: int
    missing_taxonomies: dict[str, str] = field(default_factory=dict)
    parser_version: str = PARSER_VERSION


def parse_filing(package: FilingPackage, taxonomies: Path | None = None) -> FilingRows:
    """Raises NoXbrl, ContextsMissing, MalformedXbrl, HostileXml, FilingTooLarge, each naming the document and line."""
    with _no_looking_for_cycles():
        return _parse(package, taxonomies)


@contextmanager
def _no_looking_for_cycles() -> Iterator[None]:
    """A filing is a great many rows, among which a collection finds no garbage and looks for it again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _parse(package: FilingPackage, taxonomies: Path | None) -> FilingRows:
    documents = open_package(package)
    reading = read_documents(documents, package.header.filer.cik)
    if documents.extracts and (not reading.facts or any(finding.rule in _LOST for finding in reading.findings)):
        _add_extracts(documents, package.header.filer.cik, reading)
    if not reading.facts and reading.findings:
        if not reading.contexts:
            raise ContextsMissing(reading.findings[0].message)
        raise MalformedXbrl(f"Not one fact can be read. {reading.findings[0].message}")
    return rows_of(package.header, documents, reading, taxonomies)


def read_facts(package: FilingPackage) -> Reading:
    """The facts alone, before they become rows. Raises what `parse_filing` raises."""
    return read_documents(open_package(package), package.header.filer.cik)


def read_documents(documents: Documents, cik: str) -> Reading:
    reading = Reading(findings=list(documents.refused))
    if documents.inline:
        read_inline(documents.inline, cik, reading)
    for instance in documents.instances:
        read_instance(instance, cik, reading)
    return reading


def _add_extracts(documents: Documents, cik: str, reading: Reading) -> None:
    """What the SEC extracted and the inline documents at hand do not state, as not all of their set are here."""
    known = {_aspects(fact) for fact in reading.facts}
    for name, content in documents.extracts.items():
        try:
            extract = Document(name, parse_xml(name, content), content)
        except (MalformedXbrl, HostileXml) as error:
            reading.find(Rule.REFUSED, error.message, name)
            continue
        documents.instances.append(extract)
        stated = Reading()
        read_instance(extract, cik, stated)
        missing = [fact for fact in stated.facts if _aspects(fact) not in known]
        reading.facts.extend(missing)
        reading.schema_refs.extend(stated.schema_refs)
        if missing:
            reading.footnotes.extend(stated.footnotes)
            reading.contexts = max(reading.contexts, stated.contexts)
            reading.units = max(reading.units, stated.units)
            message = f"{len(missing)} facts are read from what the SEC extracted: the documents at hand lack them."
            reading.find(Rule.EXTRACTED, message, name, severity=Severity.NOTICE)


def _aspects(fact: ReadFact) -> tuple[object, ...]:
    context = fact.context
    return fact.namespace, fact.name, context.entity, context.period, context.dimensions, fact.unit, fact.language


def rows_of(header: FilingHeader, documents: Documents, reading: Reading, taxonomies: Path | None) -> FilingRows:
    """Facts and links as rows."""
    rows, findings = Rows(), reading.findings
    schemas = read_schemas(documents.schemas)
    prefixes = _prefixes([*documents.inline, *documents.instances, *documents.schemas])
    links = read_links([*documents.schemas, *documents.linkbases], schemas, prefixes)
    findings.extend(links.findings)
    cover = read_cover(header, reading.facts)
    concepts = Concepts(header.filer.cik, schemas, Taxonomies(taxonomies), prefixes.values())
    concepts.take_labels(links.labels)
    _write_report(header, cover, rows)
    fact_rows = FactRows(header.accession, cover, concepts, rows, findings)
    kept = fact_rows.write(reading.facts)
    fact_rows.write_footnotes(reading.footnotes)
    write_structures(header.accession, links, schemas, concepts, rows)
    findings.extend(check_calculations(links, kept))
    concepts.write(rows, links.labels)
    missing = concepts.missing_taxonomies()
    findings.extend(_missing(missing))
    return FilingRows(
        rows.as_tables(), findings, len(reading.facts), reading.contexts, reading.units, missing_taxonomies=missing
    )


def _prefixes(documents: Iterable[Document]) -> dict[str, str]:
    """Prefixes to namespaces as the filing declares them; what is declared first holds."""
    found: dict[str, str] = {}
    for document in documents:
        for prefix, namespace in document.root.nsmap.items():
            found.setdefault(prefix or "", namespace)
    return found


def _missing(taxonomies: dict[str, str]) -> Iterable[Finding]:
    for namespace in taxonomies:
        message = f"The taxonomy {namespace} is not at hand: what its concepts are is read off the facts."
        yield Finding(Rule.MISSING_TAXONOMY, Severity.NOTICE, message)


def _write_report(header: FilingHeader, cover: Cover, rows: Rows) -> None:
    filer = header.filer
    rows.add(
        "Entity",
        filer.cik,
        entity_id=filer.cik,
        name=filer.name or cover.get("EntityRegistrantName") or filer.cik,
        legal_name=cover.get("EntityRegistrantName") or None,
        entity_type=filer.entity_type or None,
        cik=filer.cik,
        ein=(filer.ein or cover.get("EntityTaxIdentificationNumber").replace("-", "")) or None,
        ticker=filer.ticker or cover.get("TradingSymbol") or None,
        exchange=filer.exchange or cover.get("SecurityExchangeName") or None,
        sic=filer.sic or None,
        industry=filer.industry or None,
        filer_category=filer.filer_category or cover.get("EntityFilerCategory") or None,
        country=filer.country or None,
        jurisdiction=filer.jurisdiction or cover.get("EntityIncorporationStateCountryCode") or None,
        fiscal_year_end=f"{cover.calendar.month:02}-{cover.calendar.day:02}" if cover.calendar else None,
        website=filer.website or None,
    )
    form = header.form or cover.get("DocumentType")
    end = cover.period.end if cover.period else header.period_of_report
    fiscal = cover.calendar.instant(end) if cover.calendar and end else None
    if cover.period:
        write_period(cover.period, rows)
    accepted = header.accepted_at.astimezone(UTC).replace(tzinfo=None) if header.accepted_at else None
    rows.add(
        "Report",
        header.accession,
        report_id=header.accession,
        entity_id=filer.cik,
        form=form or None,
        title=" ".join(part for part in (filer.name, form, f"for {end}" if end else "") if part) or None,
        period_id=cover.period.period_id if cover.period else None,
        fiscal_year=fiscal.year if fiscal else None,
        fiscal_period=(fiscal.period or None) if fiscal else None,
        filed_on=header.filed_on,
        accepted_at=accepted,
        is_amendment=form.endswith("/A") or cover.get("AmendmentFlag").lower() == "true",
        url=header.url or None,
    )
