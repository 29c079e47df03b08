"""What the domain asks of a provider of bank feeds, and how one can refuse. `knowledger.adapters` answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from knowledger.domain.banking.changes import Page
from knowledger.domain.banking.values import BankAccount
from knowledger.kernel.errors import Conflict, KnowledgerError, Unauthenticated
from knowledger.kernel.json import JsonObject

Environment = Literal["example", "sandbox", "production"]
"""`example` is the bank that comes with us; the others are Plaid's own."""


class BankFeedNotSetUp(KnowledgerError):
    """This server is not set up for that bank feed."""

    status = 503
    hint = (
        "Set KNOWLEDGER_PLAID_CLIENT_ID and KNOWLEDGER_PLAID_SECRET; "
        "`knowledger connect plaid --sandbox` needs neither."
    )


class BankFeedUnavailable(KnowledgerError):
    """The bank feed does not answer."""

    status = 503
    retryable = True
    hint = "Nothing was changed; it is tried again by itself at the next sync."


class BankFeedBusy(KnowledgerError):
    """The bank feed asks to be asked less often."""

    status = 429
    retryable = True
    hint = "Wait a minute, then sync again; nothing was changed."


class BankFeedChanged(KnowledgerError):
    """The bank's data changed while it was read."""

    status = 503
    retryable = True
    hint = "Nothing was changed; sync again."


class BankUnavailable(KnowledgerError):
    """The bank itself does not answer the bank feed."""

    status = 503
    retryable = True
    hint = "This is usually over within hours; nothing was changed."


class BankSignInRequired(Conflict):
    """The bank wants its customer to sign in again."""

    hint = "Link it again: `knowledger connect plaid --connection ID`, or the connection's page."


class BankAccessRevoked(Conflict):
    """The access to this bank was withdrawn."""

    hint = "Remove the connection and link the bank anew; what was synced stays until you remove it."


class BankFeedRefused(KnowledgerError):
    """The bank feed refused."""

    status = 502


class WebhookRefused(Unauthenticated):
    """This is no webhook of the bank feed."""

    hint = "It has to be signed by the feed's key, at most five minutes old, and as it was sent."


@dataclass(frozen=True)
class LinkWish:
    """`access_token`: to sign in again to what is linked already. `webhook`: where to tell of changes."""

    user_id: str
    webhook: str | None = None
    access_token: str | None = None
    country_codes: tuple[str, ...] = ("US",)
    language: str = "en"
    redirect_uri: str | None = None


@dataclass(frozen=True)
class LinkToken:
    """`page_url` is where a person links the bank in a browser."""

    link_token: str
    expires_at: datetime
    page_url: str | None


@dataclass(frozen=True)
class LinkProgress:
    """How far a person is on that page. `public_tokens` are what they linked; none where they only signed in again."""

    finished: bool
    failed: str | None
    public_tokens: tuple[str, ...]


@dataclass(frozen=True)
class LinkedItem:
    item_id: str
    access_token: str


@dataclass(frozen=True)
class ItemState:
    """`problem` is None where all is well."""

    institution_id: str | None
    institution_name: str | None
    consent_expires_at: datetime | None
    problem: KnowledgerError | None


class BankFeed(Protocol):
    """Each call is bounded in time and raises the errors above, never anything else."""

    def link_token(self, wish: LinkWish) -> LinkToken: ...

    def link_progress(self, link_token: str) -> LinkProgress: ...

    def exchange(self, public_token: str) -> LinkedItem: ...

    def item(self, access_token: str) -> ItemState: ...

    def accounts(self, access_token: str) -> tuple[BankAccount, ...]: ...

    def page(self, access_token: str, cursor: str | None, count: int) -> Page:
        """What changed since the cursor. Raises BankFeedChanged where the pages read so far no longer fit."""

    def remove(self, access_token: str) -> None:
        """End the access. What is gone already is no error."""

    def authentic(self, headers: Mapping[str, str], body: bytes) -> None:
        """Whether a webhook is the feed's own, fresh and unchanged. Raises WebhookRefused."""


class RehearsingFeed(BankFeed, Protocol):
    """A feed with made-up banks, which does what is asked to see what comes of it."""

    def public_token(self, institution_id: str | None, user: JsonObject | None, webhook: str | None) -> str:
        """Link a bank without a person."""

    def reset_login(self, access_token: str) -> None: ...

    def fire_webhook(self, access_token: str, code: str) -> None: ...

    def spend(self, access_token: str) -> None:
        """Let some transactions happen."""


class BankFeeds(Protocol):
    @property
    def default(self) -> Environment:
        """Where a bank is linked if nobody says."""

    def feed(self, environment: str) -> BankFeed:
        """Raises BankFeedNotSetUp."""

    def rehearsing(self, environment: str) -> RehearsingFeed:
        """Raises BankFeedNotSetUp, also where the banks are real."""

    def webhook(self, environment: str) -> str | None:
        """Our address for that feed's webhooks, where it can reach one."""
