"""Made-up customers, and what happens on their accounts."""

from datetime import date

from knowledger.examples.plaid_sandbox.bank import Bank
from knowledger.examples.plaid_sandbox.seed import transaction
from knowledger.kernel.json import JsonObject, JsonValue


def customer(*past: tuple[str, float]) -> JsonObject:
    """With one account, and a past of descriptions and amounts, one a day."""
    happened: list[JsonValue] = [
        {
            "date_transacted": f"2026-08-{day:02}",
            "date_posted": f"2026-08-{day:02}",
            "amount": amount,
            "description": name,
        }
        for day, (name, amount) in enumerate(past, 1)
    ]
    account: JsonObject = {
        "type": "depository",
        "subtype": "checking",
        "starting_balance": 100.25,
        "meta": {"name": "Everyday"},
        "transactions": happened,
    }
    return {"override_accounts": [account]}


def spending(bank: Bank, item_id: str, name: str, amount: float, **more: object) -> JsonObject:
    """Of the item's first account."""
    account_id = str(_accounts(bank, item_id)[0]["account_id"])
    return transaction(account_id, amount=amount, name=name, on=date(2026, 9, 1), **more)  # type: ignore[arg-type]


def _accounts(bank: Bank, item_id: str) -> list[JsonObject]:
    with bank.store.transaction() as link:
        row = link.execute("SELECT access_token FROM items WHERE item_id = ?", (item_id,)).fetchone()
    return bank.accounts(bank.item(row["access_token"]))
