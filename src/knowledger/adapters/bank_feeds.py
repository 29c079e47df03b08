"""The bank feeds of this server: Plaid's two environments by the settings, and the example bank that comes with us."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from knowledger.domain.connections.feed import BankFeedNotSetUp, Environment

if TYPE_CHECKING:
    from knowledger.adapters.plaid import PlaidFeed

_HOSTS = {"sandbox": "https://sandbox.plaid.com", "production": "https://production.plaid.com"}
_EXAMPLE_CREDENTIALS = ("example", "example")


@dataclass
class PlaidFeeds:
    """`example` starts the example bank in this process and gives its address; None where there shall be none.

    `url` takes the place of Plaid's own address. `webhook_url` is ours as others reach it, `local_url` as this machine
    does.
    """

    client_id: str | None
    secret: str | None = field(repr=False)
    environment: Environment
    url: str | None
    webhook_url: str | None
    local_url: str
    example: Callable[[], str] | None
    _made: "dict[str, PlaidFeed]" = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def default(self) -> Environment:
        return self.environment

    def feed(self, environment: str) -> "PlaidFeed":
        with self._lock:
            if environment not in self._made:
                self._made[environment] = self._make(environment)
            return self._made[environment]

    def rehearsing(self, environment: str) -> "PlaidFeed":
        if environment == "production":
            raise BankFeedNotSetUp("These banks are real.", hint="Only made-up banks do what they are asked to.")
        return self.feed(environment)

    def webhook(self, environment: str) -> str | None:
        base = self.local_url if environment == "example" else self.webhook_url
        return base and f"{base}/v1/webhooks/plaid"

    def _make(self, environment: str) -> "PlaidFeed":
        url, client_id, secret = self._account(environment)
        from knowledger.adapters.plaid import PlaidFeed  # only who has access to a bank waits for the SDK to load

        return PlaidFeed(url, client_id, secret)

    def _account(self, environment: str) -> tuple[str, str, str]:
        if environment == "example":
            if self.example is None:
                raise BankFeedNotSetUp("This server has no example bank.", hint="KNOWLEDGER_EXAMPLE_BANK allows it.")
            return self.example(), *_EXAMPLE_CREDENTIALS
        if environment != self.environment or not self.client_id or not self.secret:
            raise BankFeedNotSetUp(f"This server has no access to Plaid's {environment} environment.")
        return self.url or _HOSTS[environment], self.client_id, self.secret
