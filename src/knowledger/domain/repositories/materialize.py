"""Materialize filings: the next generation of the repository becomes the current one once its checks pass."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import ClassVar, cast

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.graphs.engine import TableEngine
from knowledger.domain.graphs.generations import NewGeneration
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import Steps
from knowledger.domain.repositories.checks import Check, checks_of_counts
from knowledger.domain.repositories.sec import SEC
from knowledger.domain.repositories.staging import staged_filings
from knowledger.domain.tables.materialize import Materialize, Materialized, materialize
from knowledger.domain.tables.planning import staged_rows
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject
from knowledger.models.operations import Operation


class MaterializeFilings(Command):
    """Bring the repository's graph up to what is staged."""

    kind: ClassVar[str] = "materialize_filings"


class GenerationRefused(KnowledgerError):
    """The next generation does not hold what was staged; readers keep the one before."""

    hint = "`knowledger pipeline run sec_rebuild` builds it anew. If that is refused too, please report the figures."


def materialize_filings(
    command: MaterializeFilings,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
) -> Steps[Materialized]:
    """Build the next generation, check it while nobody reads it, then swap the pointer. Raises GenerationRefused."""
    with sessions() as session:
        filings, facts = staged_filings(session), staged_rows(session, SEC)["Fact"]

    def require(new: NewGeneration) -> None:
        _require(checks_of_counts(new.built.counts, filings=filings, facts=facts))

    return (
        yield from materialize(Materialize(), held, sessions=sessions, engine=engine, objects=objects, require=require)
    )


def refused_by(session: Session, operation_id: str) -> list[Check]:
    """The checks of the generation that this operation built, where they refused it."""
    return _checks_in(session.get_one(Operation, operation_id))


def refusal(session: Session) -> str | None:
    """Why readers keep an earlier generation, where the one that was built last was refused."""
    query = select(Operation).where(
        Operation.graph_id == SEC, Operation.kind == MaterializeFilings.kind, Operation.ended_at.is_not(None)
    )
    last = session.scalars(query.order_by(Operation.ended_at.desc()).limit(1)).one_or_none()
    return str((last.error or {})["message"]) if last is not None and _checks_in(last) else None


def _require(checks: Sequence[Check]) -> None:
    failed = [check.message for check in checks if not check.passed]
    if failed:
        message = f"The next generation was refused: {'; '.join(failed)}. Readers keep the one before."
        raise GenerationRefused(message, checks=[asdict(check) for check in checks])


def _checks_in(operation: Operation) -> list[Check]:
    error = operation.error or {}
    if error.get("code") != GenerationRefused.__name__:
        return []
    told = cast("list[JsonObject]", cast(JsonObject, error["details"])["checks"])
    return [Check(**check) for check in told]  # type: ignore[arg-type]  # as this version or another wrote it
