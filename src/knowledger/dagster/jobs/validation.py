"""Has filings read once more by Arelle: those that our own checks doubt, and a sample."""

from datetime import timedelta
from typing import Final

from dagster import Definitions, OpExecutionContext, ResourceParam, job, op

from knowledger.dagster.clockwork import RETRIES, bounded, on_the_clock
from knowledger.domain.operations.progress import result_of
from knowledger.domain.repositories.opinions import ask_opinions, unasked
from knowledger.wiring import Wiring

AT_A_TIME: Final = 200
"""Arelle takes seconds for a filing. What is left over is asked about the next time."""


@op(retry_policy=RETRIES)
def ask_arelle(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    with wiring.sessions() as session:
        due = unasked(session, wiring.filings.parser_version, AT_A_TIME)
    found = result_of(ask_opinions(wiring.filing_reader, due, wiring.taxonomy_pages))
    context.log.info(f"Arelle was asked about {found.asked:,} filings and reads {found.differing:,} of them otherwise.")


@job(tags=bounded(timedelta(hours=2)))
def sec_validate() -> None:
    """Ask Arelle about filings that our own checks doubt, and about one in twenty of all others."""
    ask_arelle()


definitions = Definitions(jobs=[sec_validate], schedules=[on_the_clock(sec_validate, "30 6 * * 0")])
