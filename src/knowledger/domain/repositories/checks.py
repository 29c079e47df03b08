"""Checks of the graph of all filings: what must hold of a generation, and what its readers should know."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.filings.findings import Rule
from knowledger.domain.graphs.catalogue import current_generation, find_graph
from knowledger.domain.repositories.sec import SEC
from knowledger.domain.repositories.staging import staged_filings
from knowledger.domain.tables.planning import staged_rows
from knowledger.models.filings import Filing, FilingReading, StagedPartition

BEFORE_SWAP: Final = ("counts", "facts")
"""The checks that a generation must pass before anybody reads it."""


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. What is `grave` is a fault of ours; anything else is in the filings themselves."""

    name: str
    passed: bool
    grave: bool
    message: str
    figures: dict[str, int] = field(default_factory=dict)


def checks_of_graph(session: Session) -> Iterator[Check]:
    """Before anything is loaded there is nothing to check."""
    generation = current_generation(session, find_graph(session, SEC))
    if generation is None:
        return
    facts = staged_rows(session, SEC)["Fact"]
    yield from checks_of_counts(generation.counts, filings=staged_filings(session), facts=facts)
    lost = generation.rows_rejected
    yield Check("dangling_ends", lost == 0, False, f"{lost} relationships lack one of their ends", {"rejected": lost})
    found = findings_of_staged(session)
    sums = found[Rule.CALCULATION]
    yield Check("calculations", sums == 0, False, f"{sums} totals are not the sums of their parts", dict(found))
    unlike = found[Rule.SECOND_OPINION]
    yield Check("second_opinion", unlike == 0, False, f"{unlike} facts are read otherwise by Arelle", {"facts": unlike})


def checks_of_counts(counts: Mapping[str, int], *, filings: int, facts: int) -> list[Check]:
    """What must hold before anybody reads a generation: of each staged filing its report, and of each fact itself."""
    reports, kept = counts.get("Report", 0), counts.get("Fact", 0)
    return [
        Check("counts", reports == filings, True, f"{reports} of {filings} staged filings have a report", dict(counts)),
        Check(
            "facts", kept == facts, True, f"{kept} of {facts} staged facts are there", {"facts": kept, "staged": facts}
        ),
    ]


def findings_of_staged(session: Session) -> Counter[str]:
    """What the parser remarked on the filings in the quarters that are staged, by rule."""
    versions = select(StagedPartition.parser_version).where(StagedPartition.repository == SEC)
    query = (
        select(FilingReading.findings)
        .join(Filing, Filing.accession == FilingReading.accession)
        .where(FilingReading.parser_version.in_(versions))
    )
    total: Counter[str] = Counter()
    for findings in session.scalars(query):
        total.update(findings)
    return total
