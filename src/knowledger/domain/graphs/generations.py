"""Generations: build the next one on private files, then point the graph at it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from knowledger.domain.graphs.engine import BuildRequest, BuiltGeneration, StagedFile, TableEngine
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Work
from knowledger.kernel.ids import new_id
from knowledger.models.graphs import Generation, Graph


@dataclass(frozen=True)
class Plan:
    """What to build: the staged rows, in upload order, and what can be kept of the current generation."""

    graph_id: str
    schema: GraphSchema
    files: tuple[StagedFile, ...] = ()
    staging_ids: tuple[str, ...] = ()
    base_key: str | None = None
    added: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewGeneration:
    """A sealed generation in the object store that nothing points at yet. `sha256` is of its file."""

    plan: Plan
    object_key: str
    rejects_key: str | None
    built: BuiltGeneration
    sha256: str
    digests: dict[str, str] | None = None


def build_generation(plan: Plan, held: Claim, *, engine: TableEngine, objects: ObjectStore) -> Work[NewGeneration]:
    """Build and store a generation under this attempt's own name. A second attempt writes beside it, not over it."""
    prefix = f"graphs/{plan.graph_id}/generations/{held.directory}"
    with objects.scratch(held.directory) as scratch:
        request = BuildRequest(
            schema=plan.schema,
            files=plan.files,
            graph_path=scratch / "graph.lbug",
            rejects_path=scratch / "rejects.parquet",
            scratch=scratch / "work",
            base=objects.local(plan.base_key) if plan.base_key else None,
            added=plan.added,
        )
        request.scratch.mkdir()
        built = yield from engine.build(request)
        sha256 = sha256_of(request.graph_path)
        objects.put(f"{prefix}/rejects.parquet", request.rejects_path)
        objects.put(f"{prefix}/graph.lbug", request.graph_path)
    return NewGeneration(plan, f"{prefix}/graph.lbug", f"{prefix}/rejects.parquet", built, sha256)


def sha256_of(path: Path) -> str:
    """By which a copy of a sealed file is known to be that file, without reading what is in it."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def point_at(session: Session, graph: Graph, new: NewGeneration, held: Claim) -> Generation:
    """Make the generation the graph's current one. The caller has locked the graph."""
    latest = session.scalar(select(func.max(Generation.number)).where(Generation.graph_id == graph.id))
    built = new.built
    generation = Generation(
        id=new_id("gen"),
        graph_id=graph.id,
        number=(latest or 0) + 1,
        object_key=new.object_key,
        rejects_key=new.rejects_key,
        schema=new.plan.schema.as_json(),
        staging_ids=list(new.plan.staging_ids),
        size_bytes=built.size_bytes,
        counts=built.counts,
        rows_superseded=built.rows_superseded,
        rows_rejected=built.rows_rejected,
        engine_version=built.engine_version,
        sha256=new.sha256,
        digests=new.digests,
        operation_id=held.operation_id,
    )
    session.add(generation)
    session.flush()
    before = update(Generation).where(Generation.id == graph.generation_id)
    session.execute(before.values(superseded_at=func.now()))
    graph.generation_id = generation.id
    session.flush()
    return generation
