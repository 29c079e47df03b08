"""Whether a webhook is Plaid's: signed by a key of its own, at most five minutes old, and unchanged.

Its API reference, "Webhook verification", says how: a JWT by ES256 whose key is fetched by its `kid`.
"""

import hashlib
import hmac
import time
from collections.abc import Callable
from threading import Lock
from typing import Final

import jwt

from knowledger.domain.connections.feed import BankFeedRefused, WebhookRefused
from knowledger.kernel.json import JsonObject

OLDEST_S: Final = 300
_CLOCKS_DIFFER_S: Final = 30
_KEPT_S: Final = 24 * 3600.0
_UNKNOWN_KEPT_S: Final = 60.0
_MOST_KEYS: Final = 64


class WebhookKeys:
    """Plaid's keys by their ids, each fetched once a day; one that Plaid does not know, once a minute."""

    def __init__(self, fetch: Callable[[str], JsonObject], clock: Callable[[], float] = time.time) -> None:
        self._fetch, self.clock = fetch, clock
        self._kept: dict[str, tuple[float, JsonObject | None]] = {}
        self._lock = Lock()

    def get(self, kid: str) -> JsonObject:
        """Raises WebhookRefused where there is no such key, and what the feed raises where it does not answer."""
        with self._lock:
            until, key = self._kept.get(kid, (0.0, None))
            if self.clock() >= until:
                key = self._fetched(kid)
                self._keep(kid, key)
        expired_at = key and key.get("expired_at")
        if key is None or (isinstance(expired_at, int) and expired_at <= self.clock()):
            raise WebhookRefused("The webhook is signed by a key that Plaid does not know, or that has expired.")
        return key

    def _fetched(self, kid: str) -> JsonObject | None:
        try:
            return self._fetch(kid)
        except BankFeedRefused:
            return None

    def _keep(self, kid: str, key: JsonObject | None) -> None:
        if len(self._kept) >= _MOST_KEYS:
            self._kept.pop(next(iter(self._kept)))
        self._kept[kid] = (self.clock() + (_UNKNOWN_KEPT_S if key is None else _KEPT_S), key)


def require_authentic(keys: WebhookKeys, signature: str, body: bytes) -> None:
    """Raises WebhookRefused."""
    try:
        header = jwt.get_unverified_header(signature)
        if header.get("alg") != "ES256":
            raise WebhookRefused("The webhook is not signed by ES256.")
        key = jwt.PyJWK(dict(keys.get(str(header.get("kid")))), algorithm="ES256")
        claims = jwt.decode(
            signature,
            key,
            algorithms=["ES256"],
            options={"require": ["iat", "request_body_sha256"], "verify_iat": False},
        )
    except (jwt.PyJWTError, TypeError, ValueError):
        raise WebhookRefused("The webhook's signature is not Plaid's.") from None
    age_s = keys.clock() - claims["iat"] if isinstance(claims["iat"], int) else OLDEST_S + 1
    if not -_CLOCKS_DIFFER_S <= age_s <= OLDEST_S:
        raise WebhookRefused("The webhook is older than five minutes.")
    if not hmac.compare_digest(hashlib.sha256(body).hexdigest(), str(claims["request_body_sha256"])):
        raise WebhookRefused("The webhook's body is not what was signed.")
