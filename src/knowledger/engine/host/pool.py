"""Which readers are open, and who gets the next one."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from knowledger.domain.graphs.reading import HostBusy
from knowledger.engine.host.reader import Reader

LONGEST_WAIT_S = 10.0
_MOST_WAITING = 64


@dataclass(frozen=True)
class GraphFile:
    """A sealed generation. Ids of later generations sort after those of earlier ones."""

    graph_id: str
    generation_id: str
    object_key: str


@dataclass
class _OpenGraph:
    """`count` is idle and busy readers, and those that are being started."""

    idle: list[Reader] = field(default_factory=list)
    count: int = 0
    waiting: deque[asyncio.Future[Reader | None]] = field(default_factory=deque)
    retired: bool = False
    used_at: float = 0.0


class ReaderPool:
    """Up to `readers_per_graph` readers for each of up to `open_graphs` files, least recently used first out."""

    def __init__(
        self,
        start: Callable[[GraphFile], Awaitable[Reader]],
        readers_per_graph: int,
        open_graphs: int,
        reader_idle: timedelta,
    ) -> None:
        self._start = start
        self._readers_per_graph = readers_per_graph
        self._open_graphs = open_graphs
        self._idle_s = reader_idle.total_seconds()
        self._graphs: dict[GraphFile, _OpenGraph] = {}
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def open_count(self) -> int:
        return len(self._graphs)

    @property
    def reader_count(self) -> int:
        return sum(graph.count for graph in self._graphs.values())

    @asynccontextmanager
    async def reader(self, file: GraphFile, wait_s: float) -> AsyncIterator[Reader]:
        """A reader for one question. Raises HostBusy when none comes free within `wait_s`, or within LONGEST_WAIT_S."""
        graph = self._graphs.get(file) or self._open(file)
        graph.used_at = asyncio.get_running_loop().time()
        reader = await self._take(file, graph, min(wait_s, LONGEST_WAIT_S))
        try:
            yield reader
        finally:
            self._give_back(file, graph, reader)

    def close_graph(self, graph_id: str) -> None:
        """Close the readers of a graph, busy ones when they are done."""
        for file in [file for file in self._graphs if file.graph_id == graph_id]:
            self._retire(file)

    def close_idle(self) -> None:
        now = asyncio.get_running_loop().time()
        for file, graph in list(self._graphs.items()):
            stale = [reader for reader in graph.idle if now - reader.idle_since >= self._idle_s or not reader.usable]
            graph.idle = [reader for reader in graph.idle if reader not in stale]
            for reader in stale:
                self._let_go(file, graph, reader)

    async def close(self) -> None:
        for file in list(self._graphs):
            self._retire(file)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _open(self, file: GraphFile) -> _OpenGraph:
        for other in list(self._graphs):
            if other.graph_id == file.graph_id and other.generation_id < file.generation_id:
                self._retire(other)
        if len(self._graphs) >= self._open_graphs:
            self._make_room()
        return self._graphs.setdefault(file, _OpenGraph())

    def _make_room(self) -> None:
        unused = [file for file, graph in self._graphs.items() if graph.count == len(graph.idle) and not graph.waiting]
        if not unused:
            raise HostBusy(f"All {self._open_graphs} graphs that this host may hold open are in use.")
        self._retire(min(unused, key=lambda file: self._graphs[file].used_at))

    async def _take(self, file: GraphFile, graph: _OpenGraph, wait_s: float) -> Reader:
        loop = asyncio.get_running_loop()
        until = loop.time() + wait_s
        while True:
            while graph.idle:
                reader = graph.idle.pop()
                if reader.usable:
                    return reader
                self._let_go(file, graph, reader)
            if graph.count < self._readers_per_graph:
                return await self._begin(file, graph)
            if (handed := await self._wait(graph, until - loop.time())) is not None:
                return handed

    async def _begin(self, file: GraphFile, graph: _OpenGraph) -> Reader:
        self._graphs[file] = graph  # it may have been dropped since, with its last reader
        graph.count += 1
        try:
            return await self._start(file)
        except BaseException:
            self._one_less(file, graph)
            raise

    async def _wait(self, graph: _OpenGraph, left_s: float) -> Reader | None:
        """A reader handed over by another question, or None when there is room to start one."""
        if len(graph.waiting) >= _MOST_WAITING or left_s <= 0:
            raise HostBusy
        turn: asyncio.Future[Reader | None] = asyncio.get_running_loop().create_future()
        graph.waiting.append(turn)
        done, _ = await asyncio.wait((turn,), timeout=left_s)
        if done:
            return turn.result()
        turn.cancel()
        graph.waiting.remove(turn)
        raise HostBusy

    def _give_back(self, file: GraphFile, graph: _OpenGraph, reader: Reader) -> None:
        if not reader.usable or (graph.retired and not graph.waiting):
            self._let_go(file, graph, reader)
            return
        while graph.waiting:
            turn = graph.waiting.popleft()
            if not turn.done():
                turn.set_result(reader)
                return
        reader.idle_since = asyncio.get_running_loop().time()
        graph.idle.append(reader)

    def _let_go(self, file: GraphFile, graph: _OpenGraph, reader: Reader) -> None:
        task = asyncio.get_running_loop().create_task(reader.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        self._one_less(file, graph)

    def _one_less(self, file: GraphFile, graph: _OpenGraph) -> None:
        graph.count -= 1
        while graph.waiting:
            turn = graph.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        if graph.count == 0 and self._graphs.get(file) is graph:
            del self._graphs[file]

    def _retire(self, file: GraphFile) -> None:
        graph = self._graphs[file]
        graph.retired = True
        idle, graph.idle = graph.idle, []
        for reader in idle:
            self._let_go(file, graph, reader)
        if graph.count == 0:
            self._graphs.pop(file, None)
