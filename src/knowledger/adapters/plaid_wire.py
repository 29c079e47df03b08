"""From Plaid's JSON to values of ours. Amounts were read as exact decimals; positive is money out, as with us."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from knowledger.domain.banking.changes import Page
from knowledger.domain.banking.values import BankAccount, BankTransaction, Merchant

_CONFIDENCE = {"VERY_HIGH": Decimal("0.98"), "HIGH": Decimal("0.90")}
"""What Plaid promises at least; of the lower levels it gives no number."""

Body = dict[str, Any]


def page(body: Body) -> Page:
    return Page(
        added=tuple(map(transaction, body["added"])),
        modified=tuple(map(transaction, body["modified"])),
        removed=tuple(str(item["transaction_id"]) for item in body["removed"]),
        next_cursor=str(body["next_cursor"]),
        has_more=bool(body["has_more"]),
    )


def account(body: Body) -> BankAccount:
    balances = body["balances"]
    return BankAccount(
        account_id=body["account_id"],
        name=body["name"],
        official_name=body.get("official_name"),
        mask=body.get("mask"),
        kind=body.get("type"),
        subkind=body.get("subtype"),
        currency=balances.get("iso_currency_code") or balances.get("unofficial_currency_code"),
        current_balance=_amount(balances.get("current")),
        available_balance=_amount(balances.get("available")),
        credit_limit=_amount(balances.get("limit")),
        balance_at=moment(balances.get("last_updated_datetime")),
    )


def transaction(body: Body) -> BankTransaction:
    category = body.get("personal_finance_category") or {}
    authorized_on = body.get("authorized_date")
    return BankTransaction(
        transaction_id=body["transaction_id"],
        account_id=body["account_id"],
        amount=_amount(body["amount"]) or Decimal(0),
        posted_on=date.fromisoformat(body["date"]),
        description=body.get("original_description") or body.get("name") or "",
        currency=body.get("iso_currency_code") or body.get("unofficial_currency_code"),
        authorized_on=date.fromisoformat(authorized_on) if authorized_on else None,
        merchant=_merchant(body),
        category=category.get("detailed"),
        wider_category=category.get("primary"),
        category_confidence=_CONFIDENCE.get(str(category.get("confidence_level"))),
        payment_channel=body.get("payment_channel"),
        reference=body.get("check_number") or (body.get("payment_meta") or {}).get("reference_number"),
        is_pending=bool(body.get("pending")),
        pending_transaction_id=body.get("pending_transaction_id"),
    )


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _merchant(body: Body) -> Merchant | None:
    """One without an identifier of Plaid's is known by its name."""
    name = body.get("merchant_name")
    if not name:
        return None
    return Merchant(body.get("merchant_entity_id") or f"name:{name.casefold()}", name, body.get("website"))


def _amount(value: int | Decimal | None) -> Decimal | None:
    """`12`, `12.5` and `12.50` are the same amount and are written the same."""
    if value is None:
        return None
    exact = Decimal(value)
    return exact.quantize(Decimal("0.01")) if exact == round(exact, 2) else exact
