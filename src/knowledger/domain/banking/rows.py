"""From what a bank tells to rows of the extension `banking`: table by table, column by column."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from knowledger.domain.banking.categories import Category, categories_of
from knowledger.domain.banking.values import BankAccount, BankTransaction, Merchant, plain
from knowledger.kernel.json import JsonObject

BANKING_TABLES = ("Institution", "Connection", "BankAccount", "Category", "Merchant", "BankTransaction")


@dataclass(frozen=True)
class ConnectionFacts:
    """What the graph says of the connection itself. `synced_at` is when what it holds was read."""

    connection_id: str
    provider: str
    institution_id: str | None
    institution_name: str | None
    entity_id: str | None
    connected_at: datetime
    synced_at: datetime
    consent_expires_at: datetime | None = None


@dataclass
class Mentioned:
    """What transactions name beside themselves, each once, the latest said of a merchant last."""

    merchants: dict[str, Merchant] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)

    def note(self, transaction: BankTransaction) -> None:
        if transaction.merchant is not None:
            self.merchants[transaction.merchant.merchant_id] = transaction.merchant
        if transaction.category not in self.categories:
            for category in categories_of(transaction.category, transaction.wider_category):
                self.categories[category.category_id] = category


def transaction_row(transaction: BankTransaction, pending: set[str]) -> JsonObject:
    """`pending` are the transactions there that are not booked yet: only to one of those can a booking lead."""
    merchant, books = transaction.merchant, transaction.pending_transaction_id
    categories = categories_of(transaction.category, transaction.wider_category)
    return {
        "bank_transaction_id": transaction.transaction_id,
        "bank_account_id": transaction.account_id,
        "merchant_id": merchant.merchant_id if merchant else None,
        "category_id": categories[-1].category_id if categories else None,
        "amount": plain(transaction.amount),
        "currency": transaction.currency,
        "posted_on": plain(transaction.posted_on),
        "authorized_on": plain(transaction.authorized_on),
        "description": transaction.description,
        "payment_channel": transaction.payment_channel,
        "reference": transaction.reference,
        "is_pending": transaction.is_pending,
        "pending_transaction_id": books if books in pending else None,
        "category_confidence": plain(transaction.category_confidence),
    }


def account_rows(accounts: Iterable[BankAccount], facts: ConnectionFacts) -> Iterator[JsonObject]:
    for account in accounts:
        yield {
            "bank_account_id": account.account_id,
            "connection_id": facts.connection_id,
            "institution_id": facts.institution_id,
            "entity_id": facts.entity_id,
            "name": account.name,
            "official_name": account.official_name,
            "mask": account.mask,
            "account_kind": account.kind,
            "account_subkind": account.subkind,
            "currency": account.currency,
            "current_balance": plain(account.current_balance),
            "available_balance": plain(account.available_balance),
            "credit_limit": plain(account.credit_limit),
            "balance_at": plain(account.balance_at),
            "is_closed": account.is_closed,
        }


def connection_rows(facts: ConnectionFacts) -> Iterator[JsonObject]:
    yield {
        "connection_id": facts.connection_id,
        "entity_id": facts.entity_id,
        "institution_id": facts.institution_id,
        "provider": facts.provider,
        "status": "healthy",
        "connected_at": plain(facts.connected_at),
        "synced_at": plain(facts.synced_at),
        "consent_expires_at": plain(facts.consent_expires_at),
    }


def institution_rows(facts: ConnectionFacts) -> Iterator[JsonObject]:
    if facts.institution_id is not None:
        yield {"institution_id": facts.institution_id, "name": facts.institution_name or facts.institution_id}


def merchant_rows(mentioned: Mentioned) -> Iterator[JsonObject]:
    for merchant in mentioned.merchants.values():
        yield {"merchant_id": merchant.merchant_id, "name": merchant.name, "website": merchant.website}


def category_rows(mentioned: Mentioned) -> Iterator[JsonObject]:
    for category in mentioned.categories.values():
        yield {
            "category_id": category.category_id,
            "name": category.name,
            "parent_category_id": category.parent_id,
            "direction": category.direction,
        }
