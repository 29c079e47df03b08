"""Webhooks as Plaid signs them: a JWT by ES256 beside the body (API reference, "Webhook verification")."""

import hashlib
import json
import time
import urllib.request
from contextlib import suppress

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from knowledger.examples.plaid_sandbox.bank import Item
from knowledger.examples.plaid_sandbox.problems import invalid
from knowledger.examples.plaid_sandbox.store import Store
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject

_TYPES = {"SYNC_UPDATES_AVAILABLE": "TRANSACTIONS"}
_PATIENCE_S = 5.0


def signing_key(store: Store) -> tuple[str, ec.EllipticCurvePrivateKey]:
    """The one key of this bank, made when it is first needed."""
    with store.transaction() as link:
        row = link.execute("SELECT kid, pem FROM keys").fetchone()
        if row is None:
            made = ec.generate_private_key(ec.SECP256R1())
            pem = made.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            row = {"kid": new_id("key"), "pem": pem.decode()}
            link.execute("INSERT INTO keys VALUES (?, ?)", (row["kid"], row["pem"]))
    key = serialization.load_pem_private_key(row["pem"].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return row["kid"], key


def public_key(store: Store, kid: str) -> JsonObject:
    """The key by which others verify what this bank signed, as a JWK."""
    own, key = signing_key(store)
    if kid != own:
        raise invalid("INVALID_WEBHOOK_VERIFICATION_KEY_ID", "invalid key_id provided")
    shown: JsonObject = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**shown, "alg": "ES256", "use": "sig", "kid": kid, "created_at": 0, "expired_at": None}


def webhook(store: Store, item: Item, code: str) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a webhook of this code."""
    told: JsonObject = {
        "webhook_type": _TYPES.get(code, "ITEM"),
        "webhook_code": "ERROR" if code == "ITEM_LOGIN_REQUIRED" else code,
        "item_id": item.item_id,
        "environment": "sandbox",
    }
    if code == "SYNC_UPDATES_AVAILABLE":
        told |= {"initial_update_complete": True, "historical_update_complete": True}
    if code == "ITEM_LOGIN_REQUIRED":
        told["error"] = {"error_type": "ITEM_ERROR", "error_code": code, "error_message": "sign in again"}
    body = json.dumps(told).encode()
    return {"Content-Type": "application/json", "Plaid-Verification": signature(store, body)}, body


def signature(store: Store, body: bytes) -> str:
    kid, key = signing_key(store)
    claims = {"iat": int(time.time()), "request_body_sha256": hashlib.sha256(body).hexdigest()}
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": kid})


def send(store: Store, item: Item, code: str) -> bool:
    """Whether it arrived. Who does not want webhooks, or does not answer, is left alone."""
    if item.webhook is None:
        return False
    headers, body = webhook(store, item, code)
    with suppress(OSError, ValueError):
        request = urllib.request.Request(item.webhook, body, headers, method="POST")  # noqa: S310 - the item's own
        with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:  # noqa: S310
            return bool(answer.status == 200)
    return False
