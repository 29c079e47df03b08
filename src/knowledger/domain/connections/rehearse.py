"""Let something happen at a made-up bank, to see what comes of it."""

from typing import Literal

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.catalogue import find_connection

Event = Literal["spend", "webhook", "sign_out"]


def rehearse(sessions: sessionmaker[Session], banks: Banks, graph_id: str, connection_id: str, event: Event) -> None:
    """Raises ConnectionNotFound, and BankFeedNotSetUp where the bank is real."""
    with sessions() as session:
        connection = find_connection(session, graph_id, connection_id)
    feed = banks.feeds.rehearsing(connection.environment)
    _, token = banks.access(connection)
    if event == "spend":
        feed.spend(token)
    elif event == "webhook":
        feed.fire_webhook(token, "SYNC_UPDATES_AVAILABLE")
    else:
        feed.reset_login(token)
