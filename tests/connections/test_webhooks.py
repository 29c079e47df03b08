"""Webhooks: believed when the feed signed them, fresh and unchanged; and however often they come, one sync."""

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from knowledger.domain.connections.feed import WebhookRefused
from knowledger.domain.connections.webhooks import Heard, hear_webhook
from knowledger.examples.plaid_sandbox.bank import Item
from knowledger.examples.plaid_sandbox.webhooks import signing_key, webhook
from knowledger.models import Connection, Operation
from tests.connections.conftest import Fed
from tests.connections.customers import customer
from tests.connections.feeds import banks_at
from tests.stand_ins.plaid import PlaidStandIn

HEADER = "Plaid-Verification"


def hear(fed: Fed, headers: Mapping[str, str], body: bytes) -> Heard:
    lowered = {name.lower(): value for name, value in headers.items()}
    return hear_webhook(fed.sessions, fed.deps.banks, lowered, body, json.loads(body))


def linked(fed: Fed, stand_in: PlaidStandIn) -> tuple[str, str, Item]:
    graph_id = fed.new_graph()
    connection_id, operation_id = fed.link(graph_id, customer(("TEA", 1)))
    connection = fed.connection(graph_id, connection_id)
    token = fed.deps.banks.keys.open_token(connection_id, connection.access_token)
    return connection_id, operation_id, stand_in.bank.item(token)


def test_news_that_comes_often_is_synced_once(fed: Fed, stand_in: PlaidStandIn) -> None:
    connection_id, first, item = linked(fed, stand_in)
    news = webhook(stand_in.store, item, "SYNC_UPDATES_AVAILABLE")
    assert {hear(fed, *news).operation_id for _ in range(3)} == {first}
    with fed.sessions.begin() as session:
        session.get_one(Operation, first).status = "running"  # and may have read already
    behind = {hear(fed, *news).operation_id for _ in range(3)}
    assert len(behind) == 1
    assert behind != {first}
    assert hear(fed, *news).connection_id == connection_id


def test_a_bank_that_wants_its_customer_is_marked_until_they_come(fed: Fed, stand_in: PlaidStandIn) -> None:
    connection_id, _, item = linked(fed, stand_in)
    hear(fed, *webhook(stand_in.store, item, "ITEM_LOGIN_REQUIRED"))
    with fed.sessions() as session:
        assert session.get_one(Connection, connection_id).status == "sign_in_required"
    hear(fed, *webhook(stand_in.store, item, "LOGIN_REPAIRED"))
    with fed.sessions() as session:
        assert session.get_one(Connection, connection_id).status == "healthy"


def test_news_of_what_is_not_here_is_heard_and_leads_to_nothing(fed: Fed, stand_in: PlaidStandIn) -> None:
    stranger = Item("item_unknown", "", "", None, False, 0)
    assert hear(fed, *webhook(stand_in.store, stranger, "SYNC_UPDATES_AVAILABLE")).operation_id is None


def _by_another_key(stand_in: PlaidStandIn, body: bytes) -> str:
    kid, _ = signing_key(stand_in.store)
    return _signed(body, ec.generate_private_key(ec.SECP256R1()), kid)


def _by_an_unknown_key(stand_in: PlaidStandIn, body: bytes) -> str:
    return _signed(body, signing_key(stand_in.store)[1], "key_unknown")


def _too_old(stand_in: PlaidStandIn, body: bytes) -> str:
    kid, key = signing_key(stand_in.store)
    return _signed(body, key, kid, age_s=301)


def _from_the_future(stand_in: PlaidStandIn, body: bytes) -> str:
    kid, key = signing_key(stand_in.store)
    return _signed(body, key, kid, age_s=-300)


def _of_another_body(stand_in: PlaidStandIn, body: bytes) -> str:
    kid, key = signing_key(stand_in.store)
    return _signed(body + b" ", key, kid)


def _by_nobody(stand_in: PlaidStandIn, body: bytes) -> str:
    kid, _ = signing_key(stand_in.store)
    parts = ({"alg": "none", "kid": kid, "typ": "JWT"}, _claims(body, 0))
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), ""])


def _by_the_public_key_as_a_secret(stand_in: PlaidStandIn, body: bytes) -> str:
    kid, key = signing_key(stand_in.store)
    public = ECAlgorithm.to_jwk(key.public_key())
    secret = hashlib.sha256(public.encode()).digest()
    return jwt.encode(_claims(body, 0), secret, algorithm="HS256", headers={"kid": kid})


def _without_a_time(stand_in: PlaidStandIn, body: bytes) -> str:
    kid, key = signing_key(stand_in.store)
    return jwt.encode({"request_body_sha256": "x"}, key, algorithm="ES256", headers={"kid": kid})


def _nothing(stand_in: PlaidStandIn, body: bytes) -> str:
    return ""


@pytest.mark.parametrize(
    "forge",
    [
        _by_another_key,
        _by_an_unknown_key,
        _too_old,
        _from_the_future,
        _of_another_body,
        _by_nobody,
        _by_the_public_key_as_a_secret,
        _without_a_time,
        _nothing,
    ],
)
def test_what_the_feed_did_not_sign_is_refused(
    stand_in: PlaidStandIn, forge: Callable[[PlaidStandIn, bytes], str]
) -> None:
    feed = banks_at(stand_in.url).feeds.feed("sandbox")
    headers, body = webhook(stand_in.store, Item("item_1", "", "", None, False, 0), "ITEM_LOGIN_REQUIRED")
    feed.authentic({HEADER.lower(): headers[HEADER]}, body)
    with pytest.raises(WebhookRefused):
        feed.authentic({HEADER.lower(): forge(stand_in, body)}, body)


def _signed(body: bytes, key: ec.EllipticCurvePrivateKey, kid: str, age_s: float = 0) -> str:
    return jwt.encode(_claims(body, age_s), key, algorithm="ES256", headers={"kid": kid})


def _claims(body: bytes, age_s: float) -> dict[str, object]:
    return {"iat": int(time.time() - age_s), "request_body_sha256": hashlib.sha256(body).hexdigest()}
