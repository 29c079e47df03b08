"""Second opinions: filings that are read once more by Arelle, and where it reads something else.

Asked about are filings that the parser's own checks doubt, and a fixed sample of all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.domain.operations.progress import Progress, Work
from knowledger.domain.repositories.library import Library
from knowledger.domain.repositories.pages import Pages
from knowledger.domain.repositories.readings import Reader, filing_to_parse
from knowledger.kernel.ids import new_id
from knowledger.models.filings import Filing, FilingReading

_DOUBTS: Final = (
    Rule.CALCULATION,
    Rule.INCONSISTENT_DUPLICATE,
    Rule.REFUSED,
    Rule.UNKNOWN_CONTEXT,
    Rule.UNKNOWN_UNIT,
    Rule.BAD_VALUE,
    Rule.BROKEN_LINK,
)
_ONE_IN: Final = 20
_KEPT: Final = 50
_DEEPEST: Final = 8


@dataclass(frozen=True)
class Opinions:
    """How many filings Arelle was asked about, and in how many of them it reads something else."""

    asked: int = 0
    differing: int = 0


def unasked(session: Session, parser_version: str, limit: int) -> list[str]:
    """The readings that a second opinion is due on, the newest filings first. Arelle's own readings need none.

    Last come those that it could not wholly check, as the taxonomies may be there by then.
    """
    doubted = FilingReading.findings.has_any(array([rule.value for rule in _DOUBTS]))
    sampled = func.mod(func.hashtext(Filing.accession), _ONE_IN) == 0
    is_new = FilingReading.second_opinion.is_(None)
    query = (
        select(Filing.accession)
        .join(FilingReading, FilingReading.accession == Filing.accession)
        .where(FilingReading.parser_version == parser_version, FilingReading.read_by == "parser")
        .where(or_(is_new & or_(doubted, sampled), FilingReading.findings.has_key(Rule.UNCHECKED.value)))
        .order_by(is_new.desc(), Filing.filed_on.desc(), Filing.accession)
        .limit(limit)
    )
    return list(session.scalars(query))


def ask_opinions(reader: Reader, accessions: Sequence[str], publishers: Pages | None = None) -> Work[Opinions]:
    """Have each filing read by Arelle as well, and keep where it reads something else.

    Arelle works without the network. The taxonomies that it lacks are fetched of their publishers and kept for all
    filings to come; what it cannot check without them, it says.
    """
    library = Library(reader, publishers)
    differing = 0
    for number, accession in enumerate(accessions):
        yield Progress(
            f"Asking Arelle about {accession}",
            step="validate",
            percent=100 * number / len(accessions),
            rows_done=number,
            rows_total=len(accessions),
        )
        findings = yield from _asked(library, accession)
        differing += _keep(reader, accession, findings)
    return Opinions(len(accessions), differing)


def _asked(library: Library, accession: str) -> Work[list[Finding]]:
    """A schema names the ones that it needs itself: so Arelle is asked again while there is more to be had for it."""
    for _ in range(_DEEPEST):
        findings = yield from _heard(library.reader, library.directory, accession)
        if not library.fetch(finding.document for finding in findings if finding.rule is Rule.UNCHECKED):
            break
    return findings


def _heard(reader: Reader, taxonomies: Path | None, accession: str) -> Work[list[Finding]]:
    """What takes Arelle down is a remark on the filing, and no reason to stop."""
    with reader.objects.scratch("opinion") as scratch:
        with reader.sessions() as session:
            filing = filing_to_parse(session, reader, accession, scratch)
        work = scratch / new_id("work")
        work.mkdir()
        try:
            return (yield from reader.engine.second_opinion(filing, taxonomies, work))
        except reader.fatal as error:
            message = f"Not checked: Arelle gave up on this filing. {error.message}"
            return [Finding(Rule.SECOND_OPINION, Severity.NOTICE, message)]


def _keep(reader: Reader, accession: str, findings: Sequence[Finding]) -> bool:
    """Whether Arelle reads something else. Differences count among what reading the filing brought to light."""
    differences = sum(finding.severity is Severity.PROBLEM for finding in findings)
    unchecked = sum(finding.rule is Rule.UNCHECKED for finding in findings)
    key = (accession, reader.engine.parser_version)
    with reader.sessions.begin() as session:
        reading = session.get_one(FilingReading, key)
        said = {Rule.SECOND_OPINION.value: differences, Rule.UNCHECKED.value: unchecked}
        counted = {**reading.findings, **said}
        counted = {rule: count for rule, count in counted.items() if count}
        session.execute(
            update(FilingReading)
            .where(FilingReading.accession == key[0], FilingReading.parser_version == key[1])
            .values(findings=counted, second_opinion=[finding.message for finding in findings[:_KEPT]])
        )
    return differences > 0
