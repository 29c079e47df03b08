"""Read all that changed at a bank since a cursor: every page or nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from knowledger.domain.banking.changes import Changes, Page
from knowledger.domain.banking.values import BankAccount
from knowledger.domain.connections.feed import BankFeed, BankFeedBusy, BankFeedChanged, ItemState
from knowledger.domain.operations.progress import Progress, Work

R = TypeVar("R")

PAGE_ROWS = 500  # the most that Plaid gives
_RESTARTS = 20
_LOOK_S = 0.2


@dataclass(frozen=True)
class Pauses:
    """How long to wait where a feed is asked too often: each time twice as long, and not longer than `total_s`."""

    first_s: float = 1.0
    longest_s: float = 30.0
    total_s: float = 600.0


@dataclass(frozen=True)
class Fetched:
    """`cursor` leads to what changes after this. `restarts` is how often the bank's data changed underneath."""

    changes: Changes
    accounts: tuple[BankAccount, ...]
    item: ItemState
    cursor: str | None
    restarts: int


def fetch(feed: BankFeed, token: str, cursor: str | None, pauses: Pauses | None = None) -> Work[Fetched]:
    """Where the data changes while it is read, begin again from the cursor given. Raises what the feed does."""
    asking = _Asking(pauses or Pauses())
    for restarts in range(_RESTARTS + 1):
        try:
            changes, reached = yield from _all_pages(asking, feed, token, cursor)
        except BankFeedChanged:
            yield Progress("The bank's data changed meanwhile; reading from the start again", step="fetch")
            continue
        yield Progress("Reading accounts and balances", step="accounts")
        accounts = yield from asking.ask(lambda: feed.accounts(token))
        item = yield from asking.ask(lambda: feed.item(token))
        return Fetched(changes, accounts, item, reached, restarts)
    raise BankFeedChanged(f"The bank's data changed {_RESTARTS + 1} times while it was read.")


def _all_pages(asking: "_Asking", feed: BankFeed, token: str, cursor: str | None) -> Work[tuple[Changes, str | None]]:
    changes, read = Changes(), 0
    while True:
        page: Page = yield from asking.ask(lambda at=cursor: feed.page(token, at, PAGE_ROWS))  # type: ignore[misc]
        changes.take(page)
        read += len(page.added) + len(page.modified) + len(page.removed)
        cursor = page.next_cursor or cursor
        yield Progress(f"{read:,} changes read", step="fetch", rows_done=read)
        if not page.has_more:
            return changes, cursor


class _Asking:
    """Asks again where the feed is busy, saying so meanwhile."""

    def __init__(self, pauses: Pauses) -> None:
        self._pauses = pauses
        self._left_s = pauses.total_s

    def ask(self, question: Callable[[], R]) -> Work[R]:
        pause_s = self._pauses.first_s
        while True:
            try:
                return question()
            except BankFeedBusy:
                if self._left_s <= 0:
                    raise
            yield from self._wait(min(pause_s, self._left_s))
            self._left_s, pause_s = self._left_s - pause_s, min(2 * pause_s, self._pauses.longest_s)

    def _wait(self, pause_s: float) -> Work[None]:
        """In short steps, at each of which a cancel is heard."""
        ends_at = time.monotonic() + pause_s
        while (left_s := ends_at - time.monotonic()) > 0:
            yield Progress(f"The bank feed asks to wait; going on in {left_s:.0f} s", step="wait")
            time.sleep(min(left_s, _LOOK_S))
