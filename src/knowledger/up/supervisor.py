"""Starts services in the order of their needs, keeps them alive, and stops them in the reverse order."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from knowledger.up.child import Child, Say
from knowledger.up.service import Service


class Supervisor:
    """What needs nothing of each other starts, and stops, at the same time."""

    def __init__(self, services: Sequence[Service], say: Say) -> None:
        self.children = {service.name: Child(service, say) for service in services}
        self.start_times: dict[str, timedelta] = {}
        self._ready = {service.name: asyncio.Event() for service in services}

    async def start(self) -> None:
        """Returns when every service answers; the first that does not start ends the wait with its error."""
        try:
            async with asyncio.TaskGroup() as starting:
                for child in self.children.values():
                    starting.create_task(self._start(child))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def stop(self) -> None:
        stopped = {name: asyncio.Event() for name in self.children}
        async with asyncio.TaskGroup() as stopping:
            for child in self.children.values():
                stopping.create_task(self._stop(child, stopped))

    def kill(self) -> None:
        for child in self.children.values():
            child.kill()

    async def _start(self, child: Child) -> None:
        for needed in child.service.needs:
            await self._ready[needed].wait()
        self.start_times[child.service.name] = await child.start()
        self._ready[child.service.name].set()

    async def _stop(self, child: Child, stopped: dict[str, asyncio.Event]) -> None:
        for other in self.children.values():
            if child.service.name in other.service.needs:
                await stopped[other.service.name].wait()
        await child.stop()
        stopped[child.service.name].set()
