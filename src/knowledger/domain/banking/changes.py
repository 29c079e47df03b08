"""What changed at a bank since it was last asked, and what is there afterwards."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from knowledger.domain.banking.values import BankAccount, BankTransaction


@dataclass(frozen=True)
class Page:
    """A part of what changed. `next_cursor` leads on; where `has_more` is False, to what will change later."""

    added: tuple[BankTransaction, ...]
    modified: tuple[BankTransaction, ...]
    removed: tuple[str, ...]
    next_cursor: str
    has_more: bool


@dataclass
class Counts:
    added: int = 0
    modified: int = 0
    removed: int = 0

    @property
    def any(self) -> bool:
        return bool(self.added or self.modified or self.removed)


@dataclass
class Changes:
    """All pages together: for each transaction what was said last."""

    there: dict[str, BankTransaction] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def take(self, page: Page) -> None:
        for transaction in (*page.added, *page.modified):
            self.there[transaction.transaction_id] = transaction
            self.gone.discard(transaction.transaction_id)
        for transaction_id in page.removed:
            self.there.pop(transaction_id, None)
            self.gone.add(transaction_id)

    def applied_to(self, stored: Iterable[BankTransaction], counts: Counts) -> Iterator[BankTransaction]:
        """What is there afterwards: each once, those that were there in their order, then the new ones.

        `counts` is filled on the way. What is said again without a difference is no change.
        """
        new = dict(self.there)
        for transaction in stored:
            if transaction.transaction_id in self.gone:
                counts.removed += 1
                continue
            said = new.pop(transaction.transaction_id, transaction)
            counts.modified += said != transaction
            yield said
        counts.added += len(new)
        yield from new.values()


def accounts_after(
    stored: Iterable[BankAccount], shown: Iterable[BankAccount], used: set[str]
) -> tuple[BankAccount, ...]:
    """The accounts that the bank shows; one that it no longer shows stays, closed, while transactions name it."""
    open_now = {account.account_id: account for account in shown}
    closed = [
        replace(account, is_closed=True)
        for account in stored
        if account.account_id not in open_now and account.account_id in used
    ]
    return (*open_now.values(), *closed)
