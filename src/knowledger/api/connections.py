"""Connections: banks that a graph is fed by. Link, look, sync, remove; and the webhooks that tell of news."""

import json
from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from knowledger.api.access import PUBLIC, AsAdmin, AsMember, AsViewer, Router
from knowledger.api.answers import Submitted
from knowledger.api.deps import Deps
from knowledger.api.graphs import IdempotencyKey
from knowledger.api.shapes import Answer, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.banking.values import BankAccount
from knowledger.domain.connections.catalogue import find_connection, list_connections
from knowledger.domain.connections.disconnect import disconnect
from knowledger.domain.connections.feed import Environment, LinkWish, WebhookRefused
from knowledger.domain.connections.link import Linked, Wanted, begin_link, exchange, finish_link, rehearsed_token
from knowledger.domain.connections.rehearse import Event, rehearse
from knowledger.domain.connections.submit_sync import request_sync
from knowledger.domain.connections.webhooks import hear_webhook
from knowledger.domain.graphs.catalogue import find_graph
from knowledger.kernel.json import JsonObject
from knowledger.models.connections import Connection

router = Router(tags=["connections"])

_LARGEST_WEBHOOK_BYTES = 64 * 1024
ConnectionId = Annotated[str | None, Field(max_length=40, description="To sign in again to what is linked already.")]


class LinkBody(RequestBody):
    """`environment` is `example` for the made-up banks that come with us; else Plaid's, as the server is set up."""

    environment: Environment | None = None
    connection_id: ConnectionId = None
    country_codes: list[Annotated[str, Field(pattern="^[A-Z]{2}$")]] = Field(default=["US"], min_length=1)
    language: str = Field(default="en", pattern="^[a-z]{2}$")
    redirect_uri: str | None = Field(default=None, max_length=2000)


class LinkAnswer(Answer):
    """`page_url` is where a person links the bank in a browser; the token is also what Plaid Link takes."""

    link_token: str
    expires_at: datetime
    page_url: str | None


class WantedBody(RequestBody):
    """`keeps_books`: fill the types of `ledger` as well. `entity_id`: the graph's entity whose accounts they are."""

    environment: Environment | None = None
    entity_id: str | None = Field(default=None, max_length=200)
    keeps_books: bool = False


class ExchangeBody(WantedBody):
    public_token: str = Field(min_length=1, max_length=500)


class FinishBody(WantedBody):
    link_token: str = Field(min_length=1, max_length=500)
    connection_id: ConnectionId = None


class RehearsedLinkBody(RequestBody):
    """`institution_id` picks a made-up bank; `user` describes a customer as Plaid's sandbox takes one."""

    environment: Environment | None = None
    institution_id: str | None = Field(default=None, max_length=100)
    user: JsonObject | None = None


class PublicTokenAnswer(Answer):
    public_token: str


class RehearsalBody(RequestBody):
    event: Event


class AccountAnswer(Answer):
    """Amounts as exact text; for credit and loans the balance is what is owed."""

    account_id: str
    name: str
    official_name: str | None
    mask: str | None
    kind: str | None
    subkind: str | None
    currency: str | None
    current_balance: str | None
    available_balance: str | None
    credit_limit: str | None
    is_closed: bool


class ConnectionAnswer(Answer):
    """`status` is healthy, sign_in_required (link it again) or revoked; `transactions` is how many there are."""

    connection_id: str
    graph_id: str
    provider: str
    environment: str
    institution_id: str | None
    institution_name: str | None
    entity_id: str | None
    keeps_books: bool
    status: str
    status_reason: str | None
    accounts: list[AccountAnswer]
    transactions: int
    consent_expires_at: datetime | None
    created_at: datetime
    synced_at: datetime | None

    @classmethod
    def of(cls, connection: Connection) -> "ConnectionAnswer":
        shown = {name: getattr(connection, name) for name in cls.model_fields if hasattr(connection, name)}
        accounts = [BankAccount.parse(account).as_json() for account in connection.accounts]
        return cls.model_validate({**shown, "connection_id": connection.id, "accounts": accounts})


class ConnectionList(Answer):
    connections: list[ConnectionAnswer]


class LinkedAnswer(Answer):
    """`finished` is False while the person is still on the page. The operation is the first sync."""

    finished: bool
    connection: ConnectionAnswer | None
    operation: Submitted | None

    @classmethod
    def of(cls, linked: Linked) -> "LinkedAnswer":
        return cls(
            finished=linked.connection is not None,
            connection=linked.connection and ConnectionAnswer.of(linked.connection),
            operation=linked.operation and Submitted.of(linked.operation),
        )


class RemovedAnswer(Answer):
    """What became of everything. The operation takes the rows out of the graph, where they were to go."""

    connection_id: str
    ended_at_bank: bool
    accounts_kept: int
    transactions_kept: int
    files_kept: int
    files_deleted: int
    operation: Submitted | None


class HeardAnswer(Answer):
    code: str
    operation_id: str | None


@router.get("/graphs/{graph_id}/connections")
def connections(graph_id: str, access: AsViewer, transaction: Transaction) -> ConnectionList:
    """The banks that a graph is fed by, with their accounts."""
    found = list_connections(transaction, find_graph(transaction, graph_id).id)
    return ConnectionList(connections=[ConnectionAnswer.of(item) for item in found])


@router.post("/graphs/{graph_id}/connections/link/token")
def link_token(graph_id: str, access: AsMember, deps: Deps, body: LinkBody | None = None) -> LinkAnswer:
    """Begin to link a bank, or to sign in to one again."""
    wanted = body or LinkBody()
    wish = LinkWish(
        access.user_id,
        country_codes=tuple(wanted.country_codes),
        language=wanted.language,
        redirect_uri=wanted.redirect_uri,
    )
    made = begin_link(
        deps.sessions,
        deps.banks,
        graph_id,
        access,
        environment=wanted.environment,
        connection_id=wanted.connection_id,
        wish=wish,
    )
    return LinkAnswer.model_validate(made)


@router.post("/graphs/{graph_id}/connections/link/finish")
def finish(graph_id: str, body: FinishBody, access: AsMember, deps: Deps) -> LinkedAnswer:
    """Look whether the person on the page is done; if so, make the connection and begin its first sync."""
    linked = finish_link(
        deps.sessions,
        deps.banks,
        graph_id,
        access,
        body.link_token,
        wanted=_wanted(body, deps.banks.feeds.default),
        connection_id=body.connection_id,
    )
    return LinkedAnswer.of(linked)


@router.post("/graphs/{graph_id}/connections/link/exchange")
def exchange_token(graph_id: str, body: ExchangeBody, access: AsMember, deps: Deps) -> LinkedAnswer:
    """Make the connection that a public token stands for, and begin its first sync."""
    wanted = _wanted(body, deps.banks.feeds.default)
    return LinkedAnswer.of(exchange(deps.sessions, deps.banks, graph_id, access, body.public_token, wanted))


@router.post("/graphs/{graph_id}/connections/link/rehearse")
def rehearse_link(
    graph_id: str, access: AsMember, deps: Deps, body: RehearsedLinkBody | None = None
) -> PublicTokenAnswer:
    """A public token of a made-up bank, without a page."""
    wanted = body or RehearsedLinkBody()
    environment = wanted.environment or deps.banks.feeds.default
    token = rehearsed_token(deps.banks, environment, wanted.institution_id, wanted.user)
    return PublicTokenAnswer(public_token=token)


@router.get("/graphs/{graph_id}/connections/{connection_id}")
def connection(graph_id: str, connection_id: str, access: AsViewer, transaction: Transaction) -> ConnectionAnswer:
    """One connection with its accounts."""
    return ConnectionAnswer.of(find_connection(transaction, graph_id, connection_id))


@router.delete("/graphs/{graph_id}/connections/{connection_id}")
def remove(
    graph_id: str,
    connection_id: str,
    access: AsAdmin,
    deps: Deps,
    forget: Annotated[bool, Query(description="Take what was synced out of the graph as well.")] = False,
) -> RemovedAnswer:
    """End the access at the bank. What was synced stays in the graph unless it is to be forgotten."""
    removed = disconnect(deps.sessions, deps.banks, graph_id, connection_id, access, forget=forget)
    operation = removed.operation and Submitted.of(removed.operation)
    return RemovedAnswer.model_validate({**vars(removed), "operation": operation})


@router.post("/graphs/{graph_id}/connections/{connection_id}/sync", status_code=202)
def sync(
    graph_id: str,
    connection_id: str,
    response: Response,
    access: AsMember,
    transaction: Transaction,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Read what changed at the bank, and give the graph what is there now."""
    operation = request_sync(transaction, graph_id, connection_id, access, idempotency_key=idempotency_key)
    return Submitted.accepted(operation, response)


@router.post("/graphs/{graph_id}/connections/{connection_id}/rehearse", status_code=204)
def rehearse_event(graph_id: str, connection_id: str, body: RehearsalBody, access: AsMember, deps: Deps) -> None:
    """Let something happen at a made-up bank: money is spent, it tells of news, it wants its customer to sign in."""
    rehearse(deps.sessions, deps.banks, graph_id, connection_id, body.event)


@router.post("/webhooks/plaid", dependencies=[PUBLIC])
async def plaid_webhook(request: Request, deps: Deps) -> HeardAnswer:
    """What Plaid tells by itself, signed by a key of its own."""
    body = await _small_body(request)
    told = _parsed(body)
    heard = await run_in_threadpool(hear_webhook, deps.sessions, deps.banks, request.headers, body, told)
    return HeardAnswer.model_validate(heard)


def _wanted(body: WantedBody, default: Environment) -> Wanted:
    return Wanted(body.environment or default, body.entity_id, body.keeps_books)


async def _small_body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_WEBHOOK_BYTES:
            raise WebhookRefused("The webhook is too large.")
    return body


def _parsed(body: bytes) -> JsonObject:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise WebhookRefused("The webhook is no JSON.") from None
    if not isinstance(told, dict):
        raise WebhookRefused
    return told
