"""An operator runs a pipeline by hand: once, or once for each partition of a range that was missed."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command, Turn
from knowledger.domain.operations.mirror import mirrored_run
from knowledger.domain.operations.pipelines import PipelineRuns, RunRefused
from knowledger.domain.operations.progress import Progress, Steps, part_of
from knowledger.domain.operations.submit import submit
from knowledger.domain.tenancy.access import Access
from knowledger.models.operations import Operation


class RunPipeline(Command):
    """`first` and `last` name the range of partitions, both inclusive; of a job without partitions neither is given."""

    kind: ClassVar[str] = "run_pipeline"
    turn: ClassVar[Turn] = Turn.FREE

    job: str
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True)
class PipelineRun:
    """`runs` are Dagster's ids, one for each partition, or one."""

    job: str
    partitions: tuple[str, ...]
    runs: tuple[str, ...]


def request_pipeline_run(
    session: Session, runs: PipelineRuns, command: RunPipeline, by: Access, *, idempotency_key: str | None
) -> Operation:
    """Submit a run. Raises PipelineNotFound or RunRefused at once, and PipelinesUnavailable."""
    wanted_partitions(runs, command)
    return submit(
        session,
        command,
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=None,
        idempotency_key=idempotency_key,
    )


def run_pipeline(
    command: RunPipeline, held: Claim, *, sessions: sessionmaker[Session], runs: PipelineRuns
) -> Steps[PipelineRun]:
    """One run after the other, so that a long range leaves room for what is due; each is followed to its end."""
    wanted = wanted_partitions(runs, command)
    done: list[str] = []
    for number, partition in enumerate(wanted):
        share = (100 * number / len(wanted), 100 * (number + 1) / len(wanted))
        if partition is not None:
            yield Progress(f"{command.job} for {partition}", step=partition, percent=share[0])
        run = mirrored_run(runs, sessions, held, command.job, config={}, partition=partition)
        done.append((yield from part_of(share, run)).run_id)
    partitions = tuple(partition for partition in wanted if partition is not None)
    return lambda _: PipelineRun(command.job, partitions, tuple(done))


def wanted_partitions(runs: PipelineRuns, command: RunPipeline) -> list[str | None]:
    """One None for a job without partitions. Raises PipelineNotFound or RunRefused."""
    known = runs.partitions(command.job)
    if not known:
        if command.first is not None or command.last is not None:
            raise RunRefused(f"{command.job} has no partitions.", hint="Run it without a range.")
        return [None]
    first, last = command.first or command.last, command.last or command.first
    if first not in known or last not in known or known.index(first) > known.index(last):
        hint = f"Its partitions go from {known[0]} to {known[-1]}, in that order."
        raise RunRefused(f"{command.job} has no such range of partitions.", hint=hint)
    return list(known[known.index(first) : known.index(last) + 1])
