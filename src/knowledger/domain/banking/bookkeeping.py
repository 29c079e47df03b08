"""From a bank's transactions to balanced entries of the extension `ledger`, where somebody wants simple cash books.

Each bank account is an account of the books, each category another, and each booked transaction is an entry of two
lines: money out is debited to its category and credited to its bank account, money in the other way round.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from knowledger.domain.banking.categories import Category, Direction, categories_of
from knowledger.domain.banking.rows import ConnectionFacts, Mentioned
from knowledger.domain.banking.values import BankAccount, BankTransaction, plain
from knowledger.kernel.json import JsonObject

LEDGER_TABLES = ("ChartOfAccounts", "Account", "Journal", "Transaction", "LineItem")

_OWED = ("credit", "loan")
_TYPES: dict[Direction, tuple[str, str]] = {
    "income": ("revenue", "credit"),
    "expense": ("expense", "debit"),
    "transfer": ("asset", "debit"),
}
_UNCATEGORIZED = Category("uncategorized", "Uncategorized", None, "expense")


def chart_rows(facts: ConnectionFacts) -> Iterator[JsonObject]:
    yield {
        "chart_id": _chart(facts),
        "entity_id": facts.entity_id,
        "name": f"Cash books of {facts.institution_name or facts.connection_id}",
        "basis": "cash",
    }


def journal_rows(facts: ConnectionFacts) -> Iterator[JsonObject]:
    yield {"journal_id": _journal(facts), "entity_id": facts.entity_id, "name": "Bank", "journal_kind": "cash"}


def ledger_account_rows(
    accounts: Iterable[BankAccount], mentioned: Mentioned, facts: ConnectionFacts
) -> Iterator[JsonObject]:
    for account in accounts:
        is_owed = account.kind in _OWED
        yield {
            "account_id": account.account_id,
            "chart_id": _chart(facts),
            "name": account.name,
            "account_type": "liability" if is_owed else "asset",
            "account_subtype": account.subkind,
            "normal_balance": "credit" if is_owed else "debit",
            "currency": account.currency,
            "is_active": not account.is_closed,
        }
    for category in (*mentioned.categories.values(), _UNCATEGORIZED):
        account_type, normal_balance = _TYPES[category.direction]
        yield {
            "account_id": _against(category, facts),
            "chart_id": _chart(facts),
            "name": category.name,
            "account_type": account_type,
            "normal_balance": normal_balance,
            "parent_account_id": category.parent_id and f"{_chart(facts)}/{category.parent_id}",
            "is_active": True,
        }


def entry_row(transaction: BankTransaction, facts: ConnectionFacts) -> JsonObject:
    return {
        "transaction_id": transaction.transaction_id,
        "entity_id": facts.entity_id,
        "journal_id": _journal(facts),
        "transaction_date": plain(transaction.posted_on),
        "transaction_kind": "payment" if transaction.amount > 0 else "deposit",
        "description": transaction.description,
        "document_number": transaction.reference,
        "currency": transaction.currency,
        "status": "posted",
        "source_system": facts.provider,
    }


def line_rows(transaction: BankTransaction, facts: ConnectionFacts) -> Iterator[JsonObject]:
    """Two lines that balance."""
    categories = categories_of(transaction.category, transaction.wider_category)
    against = _against(categories[-1] if categories else _UNCATEGORIZED, facts)
    lines = ((against, transaction.amount), (transaction.account_id, -transaction.amount))
    for number, (account_id, debit) in enumerate(lines, 1):
        yield {
            "line_item_id": f"{transaction.transaction_id}/{number}",
            "transaction_id": transaction.transaction_id,
            "account_id": account_id,
            "line_number": number,
            "debit": plain(max(debit, Decimal(0))),
            "credit": plain(max(-debit, Decimal(0))),
        }


def _chart(facts: ConnectionFacts) -> str:
    return f"bank/{facts.connection_id}"


def _journal(facts: ConnectionFacts) -> str:
    return f"bank/{facts.connection_id}"


def _against(category: Category, facts: ConnectionFacts) -> str:
    return f"{_chart(facts)}/{category.category_id}"
