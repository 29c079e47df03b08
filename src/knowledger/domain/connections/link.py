"""Link a bank to a graph: a page for a person, then the token, then the connection and its first sync.

The feed is asked outside of any transaction. Should we die between its answer and our commit, the link at the feed is
nobody's, and the person links again.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.catalogue import (
    connection_of_item,
    find_connection,
    lock_connection,
    note_problem,
    set_status,
)
from knowledger.domain.connections.feed import ItemState, LinkedItem, LinkToken, LinkWish
from knowledger.domain.connections.feeding import ensure_types
from knowledger.domain.connections.submit_sync import sync_by_itself
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.errors import Conflict
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject
from knowledger.models.connections import Connection
from knowledger.models.operations import Operation


class LinkFailed(Conflict):
    """The bank was not linked."""

    hint = "Begin again; the bank's own page says more."


class LinkedElsewhere(Conflict):
    """This link to the bank feeds another graph already."""

    hint = "Link the bank anew for this graph."


@dataclass(frozen=True)
class Wanted:
    """How a graph wishes to be fed. `keeps_books` also fills the types of `ledger`, one entry a transaction."""

    environment: str
    entity_id: str | None = None
    keeps_books: bool = False


@dataclass(frozen=True)
class Linked:
    """`operation` is the sync that was begun; both are None while the person is still on the page."""

    connection: Connection | None
    operation: Operation | None


def begin_link(
    sessions: sessionmaker[Session],
    banks: Banks,
    graph_id: str,
    by: Access,
    *,
    environment: str | None,
    connection_id: str | None,
    wish: LinkWish,
) -> LinkToken:
    """A link token and its page: for a bank, or to sign in again to one that is linked."""
    token = None
    if connection_id is not None:
        with sessions() as session:
            connection = find_connection(session, graph_id, connection_id)
        _, token = banks.access(connection)
        environment = connection.environment
    environment = environment or banks.feeds.default
    _ = banks.keys.current
    webhook = banks.feeds.webhook(environment)
    asked = LinkWish(by.user_id, webhook, token, wish.country_codes, wish.language, wish.redirect_uri)
    return banks.feeds.feed(environment).link_token(asked)


def finish_link(
    sessions: sessionmaker[Session],
    banks: Banks,
    graph_id: str,
    by: Access,
    link_token: str,
    *,
    wanted: Wanted,
    connection_id: str | None,
) -> Linked:
    """Look whether the person is done. If so, make the connection, or take note that its bank was signed in to.

    Raises LinkFailed where they left the page otherwise.
    """
    if connection_id is not None:
        with sessions() as session:
            environment = find_connection(session, graph_id, connection_id).environment
    else:
        environment = wanted.environment
    progress = banks.feeds.feed(environment).link_progress(link_token)
    if not progress.finished:
        return Linked(None, None)
    if progress.failed is not None:
        raise LinkFailed(progress.failed)
    if connection_id is not None:
        return signed_in_again(sessions, banks, graph_id, connection_id)
    if not progress.public_tokens:
        raise LinkFailed
    return exchange(sessions, banks, graph_id, by, progress.public_tokens[0], wanted)


def exchange(
    sessions: sessionmaker[Session], banks: Banks, graph_id: str, by: Access, public_token: str, wanted: Wanted
) -> Linked:
    """The connection that a public token stands for, recorded with its sealed access token; its first sync begins."""
    _ = banks.keys.current
    feed = banks.feeds.feed(wanted.environment)
    linked = feed.exchange(public_token)
    item = feed.item(linked.access_token)
    with sessions.begin() as session:
        connection = _recorded(session, banks, graph_id, by, linked, item, wanted)
        return Linked(connection, sync_by_itself(session, connection))


def signed_in_again(sessions: sessionmaker[Session], banks: Banks, graph_id: str, connection_id: str) -> Linked:
    """Ask the bank whether all is well, take the mark off if so, and sync. Raises BankSignInRequired if not."""
    with sessions() as session:
        feed, token = banks.access(find_connection(session, graph_id, connection_id))
    problem = feed.item(token).problem
    with sessions.begin() as session:
        if problem is not None:
            note_problem(session, connection_id, problem)
        else:
            set_status(session, connection_id, "healthy")
            connection = lock_connection(session, graph_id, connection_id)
            return Linked(connection, sync_by_itself(session, connection))
    raise problem


def rehearsed_token(banks: Banks, environment: str, institution_id: str | None, user: JsonObject | None) -> str:
    """A public token of a made-up bank, without a page. Raises BankFeedNotSetUp where the banks are real."""
    feed = banks.feeds.rehearsing(environment)
    return feed.public_token(institution_id, user, banks.feeds.webhook(environment))


def _recorded(
    session: Session, banks: Banks, graph_id: str, by: Access, linked: LinkedItem, item: ItemState, wanted: Wanted
) -> Connection:
    """The same link twice is one connection. Raises LinkedElsewhere, SchemaConflict."""
    earlier = connection_of_item(session, wanted.environment, linked.item_id)
    if earlier is not None:
        if earlier.graph_id != graph_id:
            raise LinkedElsewhere
        return earlier
    ensure_types(session, graph_id, keeps_books=wanted.keeps_books)
    connection_id = new_id("conn")
    connection = Connection(
        id=connection_id,
        organization_id=by.organization_id,
        graph_id=graph_id,
        provider="plaid",
        environment=wanted.environment,
        item_id=linked.item_id,
        institution_id=item.institution_id,
        institution_name=item.institution_name,
        entity_id=wanted.entity_id,
        keeps_books=wanted.keeps_books,
        access_token=banks.keys.seal_token(connection_id, linked.access_token),
        consent_expires_at=item.consent_expires_at,
        created_by=by.user_id,
    )
    session.add(connection)
    session.flush()
    return connection
