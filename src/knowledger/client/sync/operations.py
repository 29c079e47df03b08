"""Operations: what is under way or done."""

from collections.abc import Callable, Iterator
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
    from knowledger.client.sync.driver import Driver

R = TypeVar("R")


class Operation(Generic[R]):
    """A piece of work on the server. It goes on whether or not anybody watches."""

    def __init__(
        self, driver: "Driver", operation_id: str, read: Callable[[JsonObject], R], operation_type: str = ""
    ) -> None:
        self._driver, self._read = driver, read
        self.operation_id = operation_id
        self.operation_type = operation_type

    def events(
        self, *, after: int = 0, timeout: float | None = None, idle_timeout: float = 30.0
    ) -> Iterator[OperationEvent]:
        """Every event after number `after`, each once and in order, until the operation ended.

        A dropped connection is resumed. Raises StreamLost where that fails for long, TimedOut after `timeout` seconds.
        """
        patience = Patience(idle_s=idle_timeout, total_s=timeout)
        return self._driver.iterate(follow(self.operation_id, after=after, patience=patience))

    def wait(self, timeout: float | None = None) -> OperationRecord:
        """The record once the operation has ended, however it ended. Raises TimedOut."""
        return self._driver.run(calls.ended(self.operation_id, Patience(total_s=timeout)))

    def result(self, timeout: float | None = None) -> R:
        """What it came to. Raises OperationFailed, OperationCancelled or TimedOut."""
        return self._driver.run(calls.result(self.operation_id, Patience(total_s=timeout), self._read))

    def status(self) -> OperationRecord:
        return self._driver.run(calls.operation(self.operation_id))

    def cancel(self) -> None:
        """Ask for the end. The operation ends as cancelled, unless it completes before that."""
        self._driver.run(calls.cancel_operation(self.operation_id))


class Operations:
    def __init__(self, driver: "Driver") -> None:
        self._driver = driver

    def list(
        self,
        *,
        status: str | None = None,
        graph_id: str | None = None,
        kind: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> OperationPage:
        """Newest first; `next_cursor` of a page leads to the next."""
        return self._driver.run(calls.operations(status, graph_id, kind, cursor, limit))

    def get(self, operation_id: str) -> Operation[JsonObject]:
        return Operation(self._driver, operation_id, lambda found: found)
