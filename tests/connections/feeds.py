"""The real SDK, pointed at a stand-in."""

from pathlib import Path

from knowledger.adapters.bank_feeds import PlaidFeeds
from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.tokens import SecretKeys
from knowledger.examples.plaid_sandbox.server import CLIENT_ID, SECRET, serve_for_good
from knowledger.kernel.keys import new_key


def banks_at(url: str, keys: SecretKeys | None = None) -> Banks:
    """What the environment `sandbox` is, is there."""
    feeds = PlaidFeeds(
        client_id=CLIENT_ID,
        secret=SECRET,
        environment="sandbox",
        url=url,
        webhook_url=None,
        local_url="http://127.0.0.1:1",
        example=None,
    )
    return Banks(feeds, keys or SecretKeys.parse(new_key("test")))


def made_up_banks(home: Path) -> Banks:
    """What people get who set nothing: the example bank, and no access to Plaid."""
    feeds = PlaidFeeds(
        client_id=None,
        secret=None,
        environment="sandbox",
        url=None,
        webhook_url=None,
        local_url="http://127.0.0.1:1",
        example=lambda: serve_for_good(home / "example-bank.sqlite"),
    )
    return Banks(feeds, SecretKeys.parse(new_key("test")))
