"""What the sandbox does with filings. What needs lxml is imported by the child: the fork server goes without."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, cast

from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.domain.filings.header import Filer, FilingHeader
from knowledger.domain.operations.progress import Progress
from knowledger.domain.repositories.engine import TABLES
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject, JsonValue

if TYPE_CHECKING:
    from knowledger.engine.xbrl.parse import FilingPackage, FilingRows


def parse_filings(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject:
    """Parse each filing of the request; one that is refused is an answer, not a failure."""
    filings = cast("list[JsonObject]", request["filings"])
    taxonomies, scratch = _path(request.get("taxonomies")), Path(str(request["scratch"]))
    answers: list[JsonValue] = []
    for number, filing in enumerate(filings):
        header = header_from_json(cast(JsonObject, filing["header"]))
        share = 100 * number / len(filings)
        report(Progress(f"Parsing {header.accession}", "parse", share, rows_done=number, rows_total=len(filings)))
        answers.append(_answer(header, filing, taxonomies, scratch))
    return {"filings": answers}


def _answer(header: FilingHeader, filing: JsonObject, taxonomies: Path | None, scratch: Path) -> JsonObject:
    try:
        return _parse(header, filing, taxonomies, scratch)
    except KnowledgerError as error:
        return {"accession": header.accession, "error": error.as_json()}


def _parse(header: FilingHeader, filing: JsonObject, taxonomies: Path | None, scratch: Path) -> JsonObject:
    from knowledger.engine.xbrl.parse import FilingPackage
    from knowledger.engine.xbrl.tables import PASSAGES, write_archive

    directory, package = Path(str(filing["directory"])), FilingPackage(header, read_files(filing))
    parsed, read_by = _read(package, taxonomies, scratch)
    write_archive(parsed.tables, parsed.findings, directory / TABLES)
    return {
        "accession": header.accession,
        "parser_version": parsed.parser_version,
        "read_by": read_by,
        "tables": {name: table.num_rows for name, table in parsed.tables.items() if name != PASSAGES},
        "facts_read": parsed.facts_read,
        "facts_kept": parsed.tables["Fact"].num_rows,
        "findings": dict(Counter(finding.rule.value for finding in parsed.findings)),
        "missing_taxonomies": dict(parsed.missing_taxonomies),
    }


def _read(package: "FilingPackage", taxonomies: Path | None, scratch: Path) -> tuple["FilingRows", str]:
    """By the parser, or else by Arelle. What nobody has thought of costs this filing, and no other."""
    from knowledger.engine.xbrl.parse import parse_filing
    from knowledger.engine.xbrl.xml import MalformedXbrl, ParserFailed

    try:
        with _failing_as(lambda error: ParserFailed(f"{type(error).__name__}: {error}.")):
            return parse_filing(package, taxonomies), "parser"
    except MalformedXbrl as error:
        refusal = error
    from knowledger.engine.xbrl.fallback import parse_with_arelle

    with _failing_as(lambda _: refusal):
        return parse_with_arelle(package, refusal, scratch, taxonomies), "arelle"


@contextmanager
def _failing_as(named: Callable[[Exception], KnowledgerError]) -> Iterator[None]:
    """What the machine is to blame for is not named after the filing."""
    try:
        yield
    except (KnowledgerError, MemoryError, OSError):
        raise
    except Exception as error:
        raise named(error) from error


def compile_taxonomies(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject:
    from knowledger.engine.xbrl import taxonomies

    paths = [Path(str(path)) for path in cast("list[str]", request["schemas"])]
    report(Progress(f"Compiling {len(paths)} schemas", "compile"))
    schemas = ((path.name, path.read_bytes()) for path in paths)
    namespaces = taxonomies.compile_taxonomies(schemas, Path(str(request["directory"])))
    return {"namespaces": list(namespaces)}


def relate_filings(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject:
    from knowledger.engine.xbrl.relations import relate

    directories = [Path(path) for path in cast("list[str]", request["parsed"])]
    report(Progress(f"Relating {len(directories)} filings", "relate"))
    return {"tables": dict(relate(directories, Path(str(request["directory"]))))}


def second_opinion(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject:
    from knowledger.engine.xbrl.parse import FilingPackage
    from knowledger.engine.xbrl.second_opinion import compare_with_arelle

    filing = cast(JsonObject, request["filing"])
    header = header_from_json(cast(JsonObject, filing["header"]))
    report(Progress(f"Asking Arelle about {header.accession}", "compare"))
    findings = compare_with_arelle(
        FilingPackage(header, read_files(filing)), Path(str(request["scratch"])), _path(request.get("arelle_cache"))
    )
    return {"findings": [finding_as_json(finding) for finding in findings]}


def read_files(filing: JsonObject) -> dict[str, bytes]:
    return {name: Path(str(path)).read_bytes() for name, path in cast(JsonObject, filing["documents"]).items()}


def header_as_json(header: FilingHeader) -> JsonObject:
    """Every value as text; what is not known is empty."""
    return {
        "accession": header.accession,
        "filer": dict(vars(header.filer)),
        "form": header.form,
        "filed_on": header.filed_on.isoformat() if header.filed_on else "",
        "accepted_at": header.accepted_at.isoformat() if header.accepted_at else "",
        "period_of_report": header.period_of_report.isoformat() if header.period_of_report else "",
        "primary_document": header.primary_document,
        "url": header.url,
    }


def header_from_json(body: JsonObject) -> FilingHeader:
    text = {name: str(value) for name, value in body.items() if name != "filer"}
    filer = Filer(**{name: str(value) for name, value in cast(JsonObject, body["filer"]).items()})
    return FilingHeader(
        accession=text["accession"],
        filer=filer,
        form=text["form"],
        filed_on=date.fromisoformat(text["filed_on"]) if text["filed_on"] else None,
        accepted_at=datetime.fromisoformat(text["accepted_at"]) if text["accepted_at"] else None,
        period_of_report=date.fromisoformat(text["period_of_report"]) if text["period_of_report"] else None,
        primary_document=text["primary_document"],
        url=text["url"],
    )


def finding_as_json(finding: Finding) -> JsonObject:
    body: JsonObject = {name: getattr(finding, name) for name in finding.__dataclass_fields__}
    return {
        **body,
        "rule": finding.rule.value,
        "severity": finding.severity.value,
        "difference": None if finding.difference is None else str(finding.difference),
    }


def finding_from_json(body: JsonObject) -> Finding:
    line, difference = body["line"], body["difference"]
    return Finding(
        Rule(str(body["rule"])),
        Severity(str(body["severity"])),
        str(body["message"]),
        document=str(body["document"]),
        line=None if line is None else int(str(line)),
        concept_id=str(body["concept_id"]),
        part_concept_id=str(body["part_concept_id"]),
        fact_id=str(body["fact_id"]),
        difference=None if difference is None else Decimal(str(difference)),
    )


def _path(value: JsonValue) -> Path | None:
    return Path(str(value)) if value else None
