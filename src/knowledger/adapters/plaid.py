"""Plaid, by its own SDK. Imported by those who ask it, when they do: it takes a second to load."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from plaid.api.plaid_api import PlaidApi
from plaid.api_client import ApiClient
from plaid.configuration import Configuration
from plaid.exceptions import ApiException
from plaid.model.accounts_get_request import AccountsGetRequest
from plaid.model.country_code import CountryCode
from plaid.model.custom_sandbox_transaction import CustomSandboxTransaction
from plaid.model.item_get_request import ItemGetRequest
from plaid.model.item_public_token_exchange_request import ItemPublicTokenExchangeRequest
from plaid.model.item_remove_request import ItemRemoveRequest
from plaid.model.link_token_create_hosted_link import LinkTokenCreateHostedLink
from plaid.model.link_token_create_request import LinkTokenCreateRequest
from plaid.model.link_token_create_request_user import LinkTokenCreateRequestUser
from plaid.model.link_token_get_request import LinkTokenGetRequest
from plaid.model.link_token_transactions import LinkTokenTransactions
from plaid.model.products import Products
from plaid.model.sandbox_item_fire_webhook_request import SandboxItemFireWebhookRequest
from plaid.model.sandbox_item_reset_login_request import SandboxItemResetLoginRequest
from plaid.model.sandbox_public_token_create_request import SandboxPublicTokenCreateRequest
from plaid.model.sandbox_public_token_create_request_options import SandboxPublicTokenCreateRequestOptions
from plaid.model.sandbox_transactions_create_request import SandboxTransactionsCreateRequest
from plaid.model.transactions_sync_request import TransactionsSyncRequest
from plaid.model.transactions_sync_request_options import TransactionsSyncRequestOptions
from plaid.model.webhook_verification_key_get_request import WebhookVerificationKeyGetRequest

from knowledger.adapters import plaid_wire
from knowledger.adapters.plaid_errors import code_of, our_errors, problem_of
from knowledger.adapters.plaid_webhooks import WebhookKeys, require_authentic
from knowledger.domain.banking.changes import Page
from knowledger.domain.banking.values import BankAccount
from knowledger.domain.connections.feed import ItemState, LinkedItem, LinkProgress, LinkToken, LinkWish
from knowledger.kernel.json import JsonObject

_TIMEOUT_S = (5.0, 30.0)  # to connect, to answer
_DAYS = 730  # the most that Plaid gives
_GONE = ("ITEM_NOT_FOUND", "INVALID_ACCESS_TOKEN")
_ASK: dict[str, Any] = {"_request_timeout": _TIMEOUT_S}
_SPENDINGS = ((Decimal("4.80"), "CORNER CAFE"), (Decimal("61.35"), "GREENLEAF MARKET"), (Decimal("-25.00"), "REFUND"))


class _ExactClient(ApiClient):  # type: ignore[misc]  # the SDK is untyped
    """Reads numbers as exact decimals, and leaves answers as plain JSON: making the SDK's objects of a page of 500
    transactions takes longer than fetching it."""

    def deserialize(self, response: Any, response_type: object, _check_type: object) -> Any:
        return json.loads(response.data, parse_float=Decimal)


class PlaidFeed:
    """One of Plaid's environments, under one account there."""

    def __init__(self, url: str, client_id: str, secret: str) -> None:
        configuration = Configuration(host=url, api_key={"clientId": client_id, "secret": secret})
        self._api = PlaidApi(_ExactClient(configuration))
        self._webhook_keys = WebhookKeys(self._webhook_key)

    def link_token(self, wish: LinkWish) -> LinkToken:
        optional: dict[str, object] = {"webhook": wish.webhook, "redirect_uri": wish.redirect_uri}
        if wish.access_token is not None:
            optional["access_token"] = wish.access_token
        else:
            optional["products"] = [Products("transactions")]
            optional["transactions"] = LinkTokenTransactions(days_requested=_DAYS)
        request = LinkTokenCreateRequest(
            client_name="Knowledger",
            language=wish.language,
            country_codes=[CountryCode(code) for code in wish.country_codes],
            user=LinkTokenCreateRequestUser(client_user_id=wish.user_id),
            hosted_link=LinkTokenCreateHostedLink(),
            **{name: value for name, value in optional.items() if value is not None},
        )
        with our_errors():
            made = self._api.link_token_create(request, **_ASK)
            expires_at = plaid_wire.moment(made.get("expiration")) or datetime.now(UTC) + timedelta(minutes=30)
            return LinkToken(made["link_token"], expires_at, made.get("hosted_link_url"))

    def link_progress(self, link_token: str) -> LinkProgress:
        with our_errors():
            found = self._api.link_token_get(LinkTokenGetRequest(link_token=link_token), **_ASK)
        ended = [session for session in found.get("link_sessions") or () if session.get("finished_at")]
        tokens = [
            str(added["public_token"])
            for session in ended
            for added in (session.get("results") or {}).get("item_add_results") or ()
        ]
        left = [session["exit"] for session in ended if session.get("exit")]
        problem = next((exit_.get("error") or {} for exit_ in left), None)
        failed = None if problem is None or tokens else str(problem.get("error_message") or "The page was left.")
        return LinkProgress(bool(ended), failed, tuple(tokens))

    def exchange(self, public_token: str) -> LinkedItem:
        with our_errors():
            made = self._api.item_public_token_exchange(
                ItemPublicTokenExchangeRequest(public_token=public_token), **_ASK
            )
            return LinkedItem(made["item_id"], made["access_token"])

    def item(self, access_token: str) -> ItemState:
        with our_errors():
            item = self._api.item_get(ItemGetRequest(access_token=access_token), **_ASK)["item"]
            problem = item.get("error")
            return ItemState(
                institution_id=item.get("institution_id"),
                institution_name=item.get("institution_name"),
                consent_expires_at=plaid_wire.moment(item.get("consent_expiration_time")),
                problem=problem_of(problem) if problem else None,
            )

    def accounts(self, access_token: str) -> tuple[BankAccount, ...]:
        with our_errors():
            found = self._api.accounts_get(AccountsGetRequest(access_token=access_token), **_ASK)
            return tuple(map(plaid_wire.account, found["accounts"]))

    def page(self, access_token: str, cursor: str | None, count: int) -> Page:
        options = TransactionsSyncRequestOptions(include_original_description=True, days_requested=_DAYS)
        request = TransactionsSyncRequest(access_token=access_token, cursor=cursor or "", count=count, options=options)
        with our_errors():
            return plaid_wire.page(self._api.transactions_sync(request, **_ASK))

    def remove(self, access_token: str) -> None:
        with our_errors():
            try:
                self._api.item_remove(ItemRemoveRequest(access_token=access_token), **_ASK)
            except ApiException as error:
                if code_of(error) not in _GONE:
                    raise

    def authentic(self, headers: Mapping[str, str], body: bytes) -> None:
        require_authentic(self._webhook_keys, headers.get("plaid-verification", ""), body)

    def public_token(self, institution_id: str | None, user: JsonObject | None, webhook: str | None) -> str:
        options: dict[str, object] = {"webhook": webhook} if webhook else {}
        if user is not None:
            options |= {"override_username": "user_custom", "override_password": json.dumps(user)}
        request = SandboxPublicTokenCreateRequest(
            institution_id=institution_id or "ins_109508",
            initial_products=[Products("transactions")],
            options=SandboxPublicTokenCreateRequestOptions(**options),
        )
        with our_errors():
            return str(self._api.sandbox_public_token_create(request, **_ASK)["public_token"])

    def reset_login(self, access_token: str) -> None:
        with our_errors():
            self._api.sandbox_item_reset_login(SandboxItemResetLoginRequest(access_token=access_token), **_ASK)

    def fire_webhook(self, access_token: str, code: str) -> None:
        request = SandboxItemFireWebhookRequest(access_token=access_token, webhook_code=code)
        with our_errors():
            self._api.sandbox_item_fire_webhook(request, **_ASK)

    def spend(self, access_token: str) -> None:
        today = datetime.now(UTC).date()
        happened = [
            CustomSandboxTransaction(
                date_transacted=today,
                date_posted=today,
                amount=float(amount),
                description=name,
                iso_currency_code="USD",
            )
            for amount, name in _SPENDINGS
        ]
        with our_errors():
            request = SandboxTransactionsCreateRequest(access_token=access_token, transactions=happened)
            self._api.sandbox_transactions_create(request, **_ASK)

    def _webhook_key(self, kid: str) -> JsonObject:
        with our_errors():
            found = self._api.webhook_verification_key_get(WebhookVerificationKeyGetRequest(key_id=kid), **_ASK)
            key: JsonObject = found["key"]
            return key
