"""How a host starts its sandboxed readers."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from knowledger.domain.graphs.reading import GenerationMissing, HostBusy
from knowledger.engine.host.config import HostSettings, Locate
from knowledger.engine.host.pool import LONGEST_WAIT_S, GraphFile
from knowledger.engine.host.questions import TablesAsk
from knowledger.engine.host.reader import Reader
from knowledger.engine.sandbox import Confinement, Sandbox
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject

_READER_THREADS = 2
_MEMORY_SETTING = "KNOWLEDGER_QUERY_MEMORY"


class Openers:
    """Every reader gets `query_memory`, half of it as the engine's own buffers."""

    def __init__(self, settings: HostSettings, locate: Locate) -> None:
        self._locate = locate
        self._sandbox = Sandbox(settings.sandbox_socket, enabled=settings.sandbox)
        self._memory_bytes = int(settings.query_memory)
        self._scratch = settings.scratch_directory
        self._table_slots = asyncio.Semaphore(settings.readers_per_graph)

    async def graph_reader(self, file: GraphFile) -> Reader:
        path = await asyncio.to_thread(self._find, file.object_key)
        request: JsonObject = {
            "path": str(path),
            "buffer_pool_bytes": max(64 << 20, self._memory_bytes // 2),
            "threads": _READER_THREADS,
        }
        confinement = self._confinement((path,), ())
        return await self._started("read_graph", request, confinement)

    @asynccontextmanager
    async def tables_reader(self, ask: TablesAsk) -> AsyncIterator[Reader]:
        """A reader of its own for one SELECT, in a directory that has the files under their ids."""
        try:
            await asyncio.wait_for(self._table_slots.acquire(), min(ask.timeout_s, LONGEST_WAIT_S))
        except TimeoutError:
            raise HostBusy("As many SQL queries as this host runs at a time are running.") from None
        directory = Path(tempfile.mkdtemp(prefix="sql-", dir=self._scratch))
        reader: Reader | None = None
        try:
            paths = await asyncio.to_thread(self._link, ask.links, directory)
            request = ask.question | {"memory_bytes": self._memory_bytes * 3 // 4, "threads": _READER_THREADS}
            confinement = self._confinement(paths, (directory,))
            reader = await self._started("read_tables", request, confinement)
            yield reader
        finally:
            if reader is not None:
                await reader.close()
            shutil.rmtree(directory, ignore_errors=True)
            self._table_slots.release()

    def _link(self, links: dict[str, str], directory: Path) -> tuple[Path, ...]:
        paths = {file_id: self._find(object_key) for file_id, object_key in links.items()}
        for file_id, path in paths.items():
            (directory / f"{file_id}.parquet").symlink_to(path)
        return tuple(paths.values())

    def _find(self, object_key: str) -> Path:
        try:
            return self._locate(object_key)
        except (KnowledgerError, ValueError):
            raise GenerationMissing from None

    def _confinement(self, readable: tuple[Path, ...], writable: tuple[Path, ...]) -> Confinement:
        return Confinement(readable, writable, self._memory_bytes, memory_setting=_MEMORY_SETTING)

    async def _started(self, job: str, request: JsonObject, confinement: Confinement) -> Reader:
        child = await asyncio.to_thread(self._sandbox.start, job, request, confinement)
        return await Reader.on(child)
