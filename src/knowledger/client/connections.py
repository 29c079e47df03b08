"""Connections of a graph: their records, and one flow for each thing that can be asked about them."""

from dataclasses import dataclass
from datetime import datetime

from knowledger.client.effects import Flow, call, fetch, fetch_all
from knowledger.client.json import JsonObject
from knowledger.client.records import OperationRecord
from knowledger.client.wire import delete, get, path, post, with_query


@dataclass(frozen=True)
class BankAccountRecord:
    """Amounts as exact text; for credit and loans the balance is what is owed."""

    account_id: str
    name: str
    official_name: str | None = None
    mask: str | None = None
    kind: str | None = None
    subkind: str | None = None
    currency: str | None = None
    current_balance: str | None = None
    available_balance: str | None = None
    credit_limit: str | None = None
    is_closed: bool = False


@dataclass(frozen=True)
class ConnectionRecord:
    """`status` is healthy, sign_in_required (link it again) or revoked."""

    connection_id: str
    graph_id: str
    provider: str
    environment: str
    status: str
    created_at: datetime
    institution_id: str | None = None
    institution_name: str | None = None
    entity_id: str | None = None
    keeps_books: bool = False
    status_reason: str | None = None
    accounts: tuple[BankAccountRecord, ...] = ()
    transactions: int = 0
    consent_expires_at: datetime | None = None
    synced_at: datetime | None = None


@dataclass(frozen=True)
class LinkTokenRecord:
    """`page_url` is where a person links the bank in a browser."""

    link_token: str
    expires_at: datetime
    page_url: str | None = None


@dataclass(frozen=True)
class LinkedRecord:
    """`finished` is False while the person is still on the page. The operation is the first sync."""

    finished: bool
    connection: ConnectionRecord | None = None
    operation: OperationRecord | None = None


@dataclass(frozen=True)
class RemovedRecord:
    """What became of everything. The operation takes the rows out of the graph, where they were to go."""

    connection_id: str
    ended_at_bank: bool
    accounts_kept: int = 0
    transactions_kept: int = 0
    files_kept: int = 0
    files_deleted: int = 0
    operation: OperationRecord | None = None


@dataclass(frozen=True)
class Synced:
    """What a sync came to. `generation_id` is None where nothing had changed."""

    connection_id: str
    graph_id: str
    added: int = 0
    modified: int = 0
    removed: int = 0
    accounts: int = 0
    transactions: int = 0
    rows_rejected: int = 0
    restarts: int = 0
    generation_id: str | None = None


def all_of(graph_id: str) -> Flow[tuple[ConnectionRecord, ...]]:
    return fetch_all(ConnectionRecord, get(path("/graphs/{}/connections", graph_id)), "connections")


def one(graph_id: str, connection_id: str) -> Flow[ConnectionRecord]:
    return fetch(ConnectionRecord, get(path("/graphs/{}/connections/{}", graph_id, connection_id)))


def begin(graph_id: str, environment: str | None, connection_id: str | None) -> Flow[LinkTokenRecord]:
    body: JsonObject = {"environment": environment, "connection_id": connection_id}
    return fetch(LinkTokenRecord, post(path("/graphs/{}/connections/link/token", graph_id), body))


def finish(
    graph_id: str, link_token: str, environment: str | None, connection_id: str | None, keeps_books: bool
) -> Flow[LinkedRecord]:
    body: JsonObject = {
        "link_token": link_token,
        "environment": environment,
        "connection_id": connection_id,
        "keeps_books": keeps_books,
    }
    return fetch(LinkedRecord, post(path("/graphs/{}/connections/link/finish", graph_id), body))


def made_up(graph_id: str, environment: str, institution_id: str | None) -> Flow[str]:
    body: JsonObject = {"environment": environment, "institution_id": institution_id}
    answer = yield from call(post(path("/graphs/{}/connections/link/rehearse", graph_id), body))
    return str(answer.object()["public_token"])


def exchange(
    graph_id: str, public_token: str, environment: str | None, entity_id: str | None, keeps_books: bool
) -> Flow[LinkedRecord]:
    body: JsonObject = {
        "public_token": public_token,
        "environment": environment,
        "entity_id": entity_id,
        "keeps_books": keeps_books,
    }
    return fetch(LinkedRecord, post(path("/graphs/{}/connections/link/exchange", graph_id), body))


def sync(graph_id: str, connection_id: str) -> Flow[OperationRecord]:
    return fetch(OperationRecord, post(path("/graphs/{}/connections/{}/sync", graph_id, connection_id), {}))


def rehearse(graph_id: str, connection_id: str, event: str) -> Flow[None]:
    yield from call(post(path("/graphs/{}/connections/{}/rehearse", graph_id, connection_id), {"event": event}))


def remove(graph_id: str, connection_id: str, forget: bool) -> Flow[RemovedRecord]:
    where = delete(path("/graphs/{}/connections/{}", graph_id, connection_id))
    return fetch(RemovedRecord, with_query(where, forget=forget))
