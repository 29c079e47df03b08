"""Operations: what is under way or done."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from knowledger.client import calls
from knowledger.client.events import OperationEvent
from knowledger.client.following import Patience, follow
from knowledger.client.json import JsonObject
from knowledger.client.records import (
    OperationPage,
    OperationRecord,
)

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver

R = TypeVar("R")


class AsyncOperation(Generic[R]):
    """See `Operation`."""

    def __init__(
        self, driver: "AsyncDriver", operation_id: str, read: Callable[[JsonObject], R], operation_type: str = ""
    ) -> None:
        self._driver, self._read = driver, read
        self.operation_id = operation_id
        self.operation_type = operation_type

    def events(
        self, *, after: int = 0, timeout: float | None = None, idle_timeout: float = 30.0
    ) -> AsyncIterator[OperationEvent]:
        patience = Patience(idle_s=idle_timeout, total_s=timeout)
        return self._driver.iterate(follow(self.operation_id, after=after, patience=patience))

    async def wait(self, timeout: float | None = None) -> OperationRecord:
        return await self._driver.run(calls.ended(self.operation_id, Patience(total_s=timeout)))

    async def result(self, timeout: float | None = None) -> R:
        return await self._driver.run(calls.result(self.operation_id, Patience(total_s=timeout), self._read))

    async def status(self) -> OperationRecord:
        return await self._driver.run(calls.operation(self.operation_id))

    async def cancel(self) -> None:
        await self._driver.run(calls.cancel_operation(self.operation_id))


class AsyncOperations:
    """See `Operations`."""

    def __init__(self, driver: "AsyncDriver") -> None:
        self._driver = driver

    async def list(
        self,
        *,
        status: str | None = None,
        graph_id: str | None = None,
        kind: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> OperationPage:
        return await self._driver.run(calls.operations(status, graph_id, kind, cursor, limit))

    def get(self, operation_id: str) -> AsyncOperation[JsonObject]:
        return AsyncOperation(self._driver, operation_id, lambda found: found)
