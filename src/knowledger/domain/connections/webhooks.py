"""What a bank feed tells by itself: changes are to be synced, a customer has to sign in again, or has done so.

A webhook may come twice, late, in any order, or never: it says that there is something to look at, and no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.catalogue import REVOKED, SIGN_IN, connection_of_item, set_status
from knowledger.domain.connections.feed import BankFeedNotSetUp, WebhookRefused
from knowledger.domain.connections.submit_sync import sync_by_itself
from knowledger.kernel.json import JsonObject
from knowledger.models.connections import Connection

_SIGN_IN_CODES = ("PENDING_EXPIRATION", "PENDING_DISCONNECT")
_REVOKED_CODES = ("USER_PERMISSION_REVOKED", "USER_ACCOUNT_REVOKED")


@dataclass(frozen=True)
class Heard:
    """What a webhook led to."""

    code: str
    connection_id: str | None = None
    operation_id: str | None = None


def hear_webhook(
    sessions: sessionmaker[Session], banks: Banks, headers: Mapping[str, str], body: bytes, told: JsonObject
) -> Heard:
    """`told` is the body as JSON, which is believed only when the feed of the connection it names has signed it.

    Raises WebhookRefused. One for a connection that is not here any more, and well signed, is heard and leads to
    nothing: without an answer that it was heard the feed would send it for a day.
    """
    item_id, code = str(told.get("item_id")), str(told.get("webhook_code"))
    with sessions() as session:
        found = connection_of_item(session, None, item_id)
    try:
        banks.feeds.feed(found.environment if found else banks.feeds.default).authentic(headers, body)
    except BankFeedNotSetUp:
        raise WebhookRefused("This server takes no webhooks of that feed.") from None
    if found is None:
        return Heard(code)
    with sessions.begin() as session:
        connection = session.merge(found)
        session.refresh(connection, with_for_update=True)
        return Heard(code, found.id, _act(session, connection, code, told))


def _act(session: Session, connection: Connection, code: str, told: JsonObject) -> str | None:
    if connection.removed_at is not None:
        return None
    if code == "SYNC_UPDATES_AVAILABLE":
        return sync_by_itself(session, connection).id
    if code == "LOGIN_REPAIRED":
        set_status(session, connection.id, "healthy")
        return sync_by_itself(session, connection).id
    error = told.get("error")
    error_code = str(error.get("error_code")) if isinstance(error, dict) else None
    if (code == "ERROR" and error_code == "ITEM_LOGIN_REQUIRED") or code in _SIGN_IN_CODES:
        set_status(session, connection.id, SIGN_IN, "The bank wants its customer to sign in again.")
    elif code in _REVOKED_CODES:
        set_status(session, connection.id, REVOKED, "The access to this bank was withdrawn.")
    return None
