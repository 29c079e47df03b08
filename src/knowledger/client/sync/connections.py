"""The banks that a graph is fed by."""

from typing import TYPE_CHECKING

from knowledger.client import connections
from knowledger.client.connections import ConnectionRecord, LinkedRecord, LinkTokenRecord, RemovedRecord, Synced
from knowledger.client.decode import decode
from knowledger.client.sync.operations import Operation

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class Connections:
    """Link banks, look at them, sync and remove them."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def list(self) -> tuple[ConnectionRecord, ...]:
        """In the order they were made."""
        return self._driver.run(connections.all_of(self._graph_id))

    def get(self, connection_id: str) -> ConnectionRecord:
        return self._driver.run(connections.one(self._graph_id, connection_id))

    def begin_link(self, *, environment: str | None = None, connection_id: str | None = None) -> LinkTokenRecord:
        """A page on which a person links a bank, or signs in again to the one of `connection_id`."""
        return self._driver.run(connections.begin(self._graph_id, environment, connection_id))

    def finish_link(
        self,
        link_token: str,
        *,
        environment: str | None = None,
        connection_id: str | None = None,
        keeps_books: bool = False,
    ) -> LinkedRecord:
        """Look whether the person is done, and if so connect the graph; ask again while they are not."""
        return self._driver.run(connections.finish(self._graph_id, link_token, environment, connection_id, keeps_books))

    def exchange(
        self,
        public_token: str,
        *,
        environment: str | None = None,
        entity_id: str | None = None,
        keeps_books: bool = False,
    ) -> LinkedRecord:
        """Connect the graph to what a public token stands for, which Plaid Link gives."""
        return self._driver.run(connections.exchange(self._graph_id, public_token, environment, entity_id, keeps_books))

    def made_up(self, *, environment: str = "example", institution_id: str | None = None) -> str:
        """A public token of a made-up bank, without a page."""
        return self._driver.run(connections.made_up(self._graph_id, environment, institution_id))

    def sync(self, connection_id: str) -> Operation[Synced]:
        """Read what changed at the bank, and give the graph what is there now."""
        record = self._driver.run(connections.sync(self._graph_id, connection_id))
        return self.following(record.operation_id)

    def following(self, operation_id: str) -> Operation[Synced]:
        """A sync that is under way."""
        return Operation(self._driver, operation_id, lambda found: decode(Synced, found), "sync_connection")

    def rehearse(self, connection_id: str, event: str) -> None:
        """Let a made-up bank `spend`, send a `webhook`, or want its customer to sign in (`sign_out`)."""
        self._driver.run(connections.rehearse(self._graph_id, connection_id, event))

    def remove(self, connection_id: str, *, forget: bool = False) -> RemovedRecord:
        """End the access; with `forget`, what was synced leaves the graph as well."""
        return self._driver.run(connections.remove(self._graph_id, connection_id, forget))
