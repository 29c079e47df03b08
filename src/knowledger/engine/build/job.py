"""Build one generation: a pure function of the schema and the staged rows, whatever was built before."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import cast

import ladybug

from knowledger.domain.graphs.engine import BuiltGeneration
from knowledger.domain.operations.progress import Progress
from knowledger.engine.build.append import can_extend
from knowledger.engine.build.course import Course
from knowledger.engine.build.ddl import ddl
from knowledger.engine.build.graph_file import GraphFile
from knowledger.engine.build.load import load
from knowledger.engine.build.rejects import Rejects
from knowledger.engine.build.request import BuildJob
from knowledger.engine.build.seal import GenerationUnsound, copy_sealed, flush
from knowledger.engine.build.sources import Source, sources_of
from knowledger.engine.build.staged import staged_tables
from knowledger.engine.build.verify import Probe, count_all, probes, verify
from knowledger.engine.build.winners import Winners
from knowledger.engine.build.workbench import Workbench
from knowledger.kernel.json import JsonObject

# What a row costs, where loading one costs one.
_CHECKING = 0.15
_VERIFYING = 0.02


def build_generation(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject:
    """The sandbox's job. Writes `graph_path` and `rejects_path`; gives the fields of a BuiltGeneration."""
    job = BuildJob.parse(request)
    with contextlib.chdir(job.request.scratch), contextlib.closing(Workbench(job)) as bench:
        return cast(JsonObject, asdict(_Build(job, report, bench).run()))


@dataclass(frozen=True)
class _Loaded:
    counts: dict[str, int]
    probes: list[Probe]


class _Build:
    def __init__(self, job: BuildJob, report: Callable[[Progress], None], bench: Workbench) -> None:
        self._job = job
        self._request = job.request
        self._report = report
        self._bench = bench
        self._tables = staged_tables(job.request.schema, job.request.files, bench)
        self._all = sources_of(job.request.schema, self._tables)
        self._winners = Winners(bench)
        self._rejects = Rejects(bench)

    def run(self) -> BuiltGeneration:
        appends = bool(self._request.base) and can_extend(self._all, self._request.added, self._bench)
        sources = self._only_added() if appends else self._all
        rows = sum(source.table.rows for source in sources)
        course = Course(self._report, 2 * len(sources) + 2, rows * (1 + _CHECKING + _VERIFYING))
        self._sift(sources, course)
        loaded = self._fill(sources, course, appends)
        course.begin("verify", "Verifying", rows * _VERIFYING)
        self._verify(loaded)
        course.begin("seal", "Sealing", 0)
        self._rejects.write(self._request.rejects_path)
        flush(self._request.graph_path)
        flush(self._request.rejects_path)
        return self._built(loaded.counts, appends)

    def _only_added(self) -> list[Source]:
        added = self._request.added
        return [source.of(part) for source in self._all if (part := source.table.only(added)).files]

    def _sift(self, sources: Sequence[Source], course: Course) -> None:
        for source in sources:
            course.begin("check", f"Checking {source.name}", source.table.rows * _CHECKING, source.table.rows)
            self._winners.sift(source)

    def _fill(self, sources: Sequence[Source], course: Course, appends: bool) -> _Loaded:
        if appends and self._request.base:
            copy_sealed(self._request.base, self._request.graph_path)
        known: list[Probe] = []
        with self._open() as graph:
            if appends:
                counts = count_all(graph, self._request.schema)
            else:
                graph.define(ddl(self._request.schema))
                counts = dict.fromkeys(self._type_names(), 0)
            for source in sources:
                course.begin("load", f"Loading {source.name}", source.table.rows, source.table.rows)
                counts[source.name] += self._load(source, graph, counts, course)
                known += probes(source, self._rejects.left_over(source, self._winners.of(source)), self._bench)
            graph.checkpoint()
        return _Loaded(counts, known)

    def _type_names(self) -> list[str]:
        schema = self._request.schema
        return [*(item.name for item in schema.nodes), *(item.name for item in schema.relationships)]

    def _open(self) -> GraphFile:
        files = [*(file.rows_path for file in self._request.files), *filter(None, [self._request.base])]
        return GraphFile(
            self._request.graph_path,
            buffer_pool_bytes=self._job.buffer_pool_bytes,
            threads=self._job.threads,
            read_only=False,
            grows_to=sum(file.stat().st_size for file in files),
        )

    def _load(self, source: Source, graph: GraphFile, before: Mapping[str, int], course: Course) -> int:
        """Load a type; gives how many there are more. What a relationship is short of must be rejected rows."""
        wanted = load(source, graph, self._winners, self._bench, self._job.buffer_pool_bytes, course.done)
        if not source.ends:
            return wanted
        came = graph.count_relationships(source.name) - before[source.name]
        nodes = {item.name: item for item in self._all if not item.ends}
        if came < wanted and self._rejects.find(source, self._winners.of(source), nodes) != wanted - came:
            raise GenerationUnsound(f"{source.name}: {wanted - came} rows were left out without a reason.")
        return came

    def _verify(self, loaded: _Loaded) -> None:
        verify(
            self._request.graph_path,
            self._request.schema,
            loaded.counts,
            loaded.probes,
            buffer_pool_bytes=self._job.buffer_pool_bytes,
            threads=self._job.threads,
        )

    def _built(self, counts: Mapping[str, int], appended: bool) -> BuiltGeneration:
        own = [source for source in self._all if not source.derived]
        rejected = self._rejects.by_rule()
        left_out = sum(source.table.rows - counts[source.name] for source in own)
        return BuiltGeneration(
            size_bytes=self._request.graph_path.stat().st_size,
            counts=dict(counts),
            rows_superseded=left_out - sum(self._rejects.count(source.name) for source in own),
            rows_rejected=sum(rejected.values()),
            appended=appended,
            engine_version=f"ladybug {ladybug.__version__}",
            rejects_by_rule=rejected,
        )
