"""The part of Plaid's API that links a bank and syncs its transactions, by path."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from knowledger.examples.plaid_sandbox import webhooks
from knowledger.examples.plaid_sandbox.bank import Bank, Item, day_of
from knowledger.examples.plaid_sandbox.problems import invalid, login_required
from knowledger.examples.plaid_sandbox.seed import transaction
from knowledger.kernel.json import JsonObject

Answer = Callable[["Api", JsonObject], JsonObject]
_MOST_A_PAGE = 500


class Api:
    """`url` is where it is reached, which the link page's address begins with."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.url = ""

    def answer(self, path: str, body: JsonObject) -> JsonObject:
        """Raises PlaidProblem."""
        if path not in ANSWERS:
            raise invalid("NOT_FOUND", f"there is no {path} here", kind="INVALID_REQUEST")
        return {**ANSWERS[path](self, body), "request_id": "example"}

    def item(self, body: JsonObject) -> Item:
        return self.bank.item(str(body.get("access_token")))


def link_token_create(api: Api, body: JsonObject) -> JsonObject:
    token = api.bank.begin_link({"access_token": body.get("access_token"), "webhook": body.get("webhook")})
    expiration = (datetime.now(UTC) + timedelta(hours=4)).isoformat()
    return {"link_token": token, "expiration": expiration, "hosted_link_url": f"{api.url}/link/{token}"}


def link_token_get(api: Api, body: JsonObject) -> JsonObject:
    token = str(body.get("link_token"))
    wish = api.bank.link(token)
    sessions: list[JsonObject] = []
    if wish.get("finished"):
        added = [{"public_token": wish["public_token"]}] if wish.get("public_token") else []
        sessions.append({"finished_at": wish["finished"], "results": {"item_add_results": added}})  # type: ignore[dict-item]
    return {"link_token": token, "link_sessions": [*sessions], "metadata": {}}


def exchange(api: Api, body: JsonObject) -> JsonObject:
    item = api.bank.exchange(str(body.get("public_token")))
    return {"access_token": item.access_token, "item_id": item.item_id}


def item_get(api: Api, body: JsonObject) -> JsonObject:
    item = api.item(body)
    shown: JsonObject = {
        "item_id": item.item_id,
        "institution_id": item.institution_id,
        "institution_name": api.bank.institution_name(item.institution_id),
        "webhook": item.webhook,
        "error": login_required().as_json() if item.login_required else None,
        "consent_expiration_time": None,
        "available_products": [],
        "billed_products": ["transactions"],
        "products": ["transactions"],
        "update_type": "background",
    }
    return {"item": shown, "status": None}


def accounts_get(api: Api, body: JsonObject) -> JsonObject:
    item = api.item(body)
    if item.login_required:
        raise login_required()
    return {"accounts": [*api.bank.accounts(item)], "item": {"item_id": item.item_id}}


def transactions_sync(api: Api, body: JsonObject) -> JsonObject:
    count = min(int(str(body.get("count") or 100)), _MOST_A_PAGE)
    return api.bank.changes(str(body.get("access_token")), str(body.get("cursor") or ""), count)


def item_remove(api: Api, body: JsonObject) -> JsonObject:
    api.bank.close_item(str(body.get("access_token")))
    return {}


def verification_key(api: Api, body: JsonObject) -> JsonObject:
    return {"key": webhooks.public_key(api.bank.store, str(body.get("key_id")))}


def public_token_create(api: Api, body: JsonObject) -> JsonObject:
    options = body.get("options")
    options = options if isinstance(options, dict) else {}
    user = json.loads(str(options["override_password"])) if options.get("override_username") == "user_custom" else None
    webhook = str(options["webhook"]) if options.get("webhook") else None
    token = api.bank.open_item(str(body.get("institution_id")), user, webhook)
    return {"public_token": token}


def reset_login(api: Api, body: JsonObject) -> JsonObject:
    item = api.item(body)
    api.bank.change(item.item_id, login=False)
    webhooks.send(api.bank.store, item, "ITEM_LOGIN_REQUIRED")
    return {"reset_login": True}


def fire_webhook(api: Api, body: JsonObject) -> JsonObject:
    return {"webhook_fired": webhooks.send(api.bank.store, api.item(body), str(body.get("webhook_code")))}


def transactions_create(api: Api, body: JsonObject) -> JsonObject:
    item = api.item(body)
    accounts = api.bank.accounts(item)
    wanted = body.get("transactions")
    new = [
        transaction(
            str(one.get("account_id") or accounts[0]["account_id"]),
            amount=one["amount"],
            name=str(one["description"]),
            on=day_of(one["date_posted"]),
            authorized_on=day_of(one["date_transacted"]),
            currency=str(one.get("iso_currency_code") or "USD"),
        )
        for one in (wanted if isinstance(wanted, list) else [])
        if isinstance(one, dict)
    ]
    api.bank.change(item.item_id, there=new)
    webhooks.send(api.bank.store, item, "SYNC_UPDATES_AVAILABLE")
    return {}


ANSWERS: Mapping[str, Answer] = {
    "/link/token/create": link_token_create,
    "/link/token/get": link_token_get,
    "/item/public_token/exchange": exchange,
    "/item/get": item_get,
    "/item/remove": item_remove,
    "/accounts/get": accounts_get,
    "/transactions/sync": transactions_sync,
    "/webhook_verification_key/get": verification_key,
    "/sandbox/public_token/create": public_token_create,
    "/sandbox/item/reset_login": reset_login,
    "/sandbox/item/fire_webhook": fire_webhook,
    "/sandbox/transactions/create": transactions_create,
}
