"""What every part of connections needs: the feeds, and the keys that access tokens are sealed under."""

from dataclasses import dataclass

from knowledger.domain.connections.feed import BankFeed, BankFeeds
from knowledger.domain.connections.tokens import SecretKeys
from knowledger.models.connections import Connection


@dataclass(frozen=True)
class Banks:
    feeds: BankFeeds
    keys: SecretKeys

    def access(self, connection: Connection) -> tuple[BankFeed, str]:
        """The feed of a connection and its token there. Raises BankFeedNotSetUp, TokenUnreadable."""
        token = self.keys.open_token(connection.id, connection.access_token)
        return self.feeds.feed(connection.environment), token
