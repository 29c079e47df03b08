"""What a bank tells: accounts, transactions, merchants. Amounts are positive where money goes out."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Self

from knowledger.kernel.json import JsonObject, JsonValue


@dataclass(frozen=True)
class Merchant:
    merchant_id: str
    name: str
    website: str | None = None


@dataclass(frozen=True)
class BankAccount:
    """Balances are what is there; for credit and loans, what is owed."""

    account_id: str
    name: str
    official_name: str | None = None
    mask: str | None = None
    kind: str | None = None
    subkind: str | None = None
    currency: str | None = None
    current_balance: Decimal | None = None
    available_balance: Decimal | None = None
    credit_limit: Decimal | None = None
    balance_at: datetime | None = None
    is_closed: bool = False

    def as_json(self) -> JsonObject:
        return {name: plain(value) for name, value in vars(self).items()}

    @classmethod
    def parse(cls, body: JsonObject) -> Self:
        return cls(
            account_id=str(body["account_id"]),
            name=str(body["name"]),
            official_name=text(body.get("official_name")),
            mask=text(body.get("mask")),
            kind=text(body.get("kind")),
            subkind=text(body.get("subkind")),
            currency=text(body.get("currency")),
            current_balance=number(body.get("current_balance")),
            available_balance=number(body.get("available_balance")),
            credit_limit=number(body.get("credit_limit")),
            balance_at=datetime.fromisoformat(str(body["balance_at"])) if body.get("balance_at") else None,
            is_closed=bool(body.get("is_closed")),
        )


@dataclass(frozen=True)
class BankTransaction:
    """`pending_transaction_id` is the pending one that this one books; banks then take the pending one away."""

    transaction_id: str
    account_id: str
    amount: Decimal
    posted_on: date
    description: str
    currency: str | None = None
    authorized_on: date | None = None
    merchant: Merchant | None = None
    category: str | None = None
    wider_category: str | None = None
    category_confidence: Decimal | None = None
    payment_channel: str | None = None
    reference: str | None = None
    is_pending: bool = False
    pending_transaction_id: str | None = None

    def as_json(self) -> JsonObject:
        """Without what is not there: a state of a hundred thousand of them is read at each sync."""
        shown: JsonObject = {
            name: plain(value) for name, value in vars(self).items() if name != "merchant" and value is not None
        }
        if self.merchant is not None:
            shown["merchant"] = {name: value for name, value in vars(self.merchant).items() if value is not None}
        return shown

    @classmethod
    def parse(cls, body: JsonObject) -> Self:
        merchant = body.get("merchant")
        authorized_on, confidence = body.get("authorized_on"), body.get("category_confidence")
        return cls(
            transaction_id=str(body["transaction_id"]),
            account_id=str(body["account_id"]),
            amount=Decimal(str(body["amount"])),
            posted_on=date.fromisoformat(str(body["posted_on"])),
            description=str(body["description"]),
            currency=text(body.get("currency")),
            authorized_on=date.fromisoformat(str(authorized_on)) if authorized_on else None,
            merchant=_merchant(merchant) if isinstance(merchant, dict) else None,
            category=text(body.get("category")),
            wider_category=text(body.get("wider_category")),
            category_confidence=number(confidence),
            payment_channel=text(body.get("payment_channel")),
            reference=text(body.get("reference")),
            is_pending=bool(body.get("is_pending")),
            pending_transaction_id=text(body.get("pending_transaction_id")),
        )


def plain(value: object) -> JsonValue:
    """As JSON holds it: exact numbers and dates as text."""
    if value is None or isinstance(value, str | bool):
        return value
    return format(value, "f") if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else None


def text(value: JsonValue) -> str | None:
    return None if value is None else str(value)


def number(value: JsonValue) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _merchant(body: JsonObject) -> Merchant:
    return Merchant(str(body["merchant_id"]), str(body["name"]), text(body.get("website")))
