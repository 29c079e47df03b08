"""Made-up customers: accounts, and what happens on them, up to today.

A customer is a document with `override_accounts`, as Plaid's own sandbox takes them. Beside transactions written out
with their dates, an account of ours may have `habits`: something that happens again and again.
"""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject, JsonValue

BANKS = Path(__file__).parent / "banks"
DAYS = 730
_FALLBACK = {True: ("INCOME", "INCOME_OTHER_INCOME"), False: ("GENERAL_SERVICES", "GENERAL_SERVICES_OTHER")}


def shipped() -> dict[str, JsonObject]:
    """The banks that come with us, by their ids."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(BANKS.glob("*.json"))]
    return {str(bank["institution_id"]): bank for bank in found}


def accounts_of(user: JsonObject) -> Iterator[tuple[JsonObject, JsonObject]]:
    """Each account as Plaid shows it, and what the document says of it."""
    for number, override in enumerate(_objects(user.get("override_accounts"))):
        meta = override.get("meta")
        meta = meta if isinstance(meta, dict) else {}
        kind, subkind = str(override.get("type", "depository")), str(override.get("subtype", "checking"))
        balance, available = override.get("starting_balance", 1000), override.get("force_available_balance")
        account: JsonObject = {
            "account_id": new_id("acc"),
            "balances": {
                "available": available if available is not None else (balance if kind == "depository" else None),
                "current": balance,
                "limit": meta.get("limit"),
                "iso_currency_code": override.get("currency", "USD"),
                "unofficial_currency_code": None,
            },
            "mask": str(meta.get("mask", f"{number:04}")),
            "name": str(meta.get("name", f"Example {subkind}")),
            "official_name": meta.get("official_name"),
            "type": kind,
            "subtype": subkind,
        }
        yield account, override


def transactions_of(account_id: str, override: JsonObject, today: date) -> list[JsonObject]:
    """In the order they happened."""
    written = [
        transaction(
            account_id,
            amount=item["amount"],
            name=str(item["description"]),
            on=date.fromisoformat(str(item["date_posted"])),
            authorized_on=date.fromisoformat(str(item["date_transacted"])),
            currency=str(item.get("currency", "USD")),
        )
        for item in _objects(override.get("transactions"))
    ]
    chance = random.Random(json.dumps(override, sort_keys=True))  # noqa: S311 - the same for the same customer
    for habit in _objects(override.get("habits")):
        written += _habit(account_id, habit, today, chance)
    return sorted(written, key=lambda item: (str(item["date"]), str(item["transaction_id"])))


def transaction(
    account_id: str,
    *,
    amount: JsonValue,
    name: str,
    on: date,
    authorized_on: date | None = None,
    currency: str = "USD",
    merchant: str | None = None,
    website: str | None = None,
    category: tuple[str, str] | None = None,
    channel: str = "other",
    pending: bool = False,
    books: str | None = None,
) -> JsonObject:
    """As Plaid shows one. `books` is the pending transaction that it takes the place of."""
    is_income = isinstance(amount, int | float) and amount < 0
    wide, fine = category or _FALLBACK[is_income]
    return {
        "transaction_id": new_id("txn"),
        "account_id": account_id,
        "amount": amount,
        "iso_currency_code": currency,
        "unofficial_currency_code": None,
        "date": on.isoformat(),
        "authorized_date": authorized_on.isoformat() if authorized_on else None,
        "datetime": None,
        "authorized_datetime": None,
        "name": name,
        "original_description": None,
        "merchant_name": merchant,
        "merchant_entity_id": merchant and f"mer_{merchant.lower().replace(' ', '-')}",
        "website": website,
        "logo_url": None,
        "payment_channel": channel,
        "pending": pending,
        "pending_transaction_id": books,
        "check_number": None,
        "account_owner": None,
        "transaction_code": None,
        "transaction_type": "special",
        "category": None,
        "category_id": None,
        "location": {},
        "payment_meta": {"reference_number": None},
        "personal_finance_category": {"primary": wide, "detailed": fine, "confidence_level": "HIGH"},
        "counterparties": [],
    }


def _habit(account_id: str, habit: JsonObject, today: date, chance: random.Random) -> Iterator[JsonObject]:
    every, low, high = int(str(habit["every_days"])), *map(float, str(habit["amount"]).split(".."))
    day = today - timedelta(days=DAYS - chance.randrange(every))
    while day <= today:
        wide, fine = str(habit["wide"]), str(habit["fine"])
        yield transaction(
            account_id,
            amount=round(chance.uniform(low, high), 2),
            name=str(habit["name"]),
            on=day,
            authorized_on=day - timedelta(days=1),
            merchant=_text(habit.get("merchant")),
            website=_text(habit.get("website")),
            category=(wide, f"{wide}_{fine}"),
            channel=str(habit.get("channel", "in store")),
        )
        day += timedelta(days=every if habit.get("steady") else max(1, every + chance.randrange(-1, 2)))


def _text(value: JsonValue) -> str | None:
    return None if value is None else str(value)


def _objects(items: JsonValue) -> list[JsonObject]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
