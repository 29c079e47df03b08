"""Keys of a setting, `id:base64,id2:base64` of 32 bytes each, and sealing with them (AES-256-GCM, NIST SP 800-38D)."""

import base64
import binascii
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class UnreadableKey(ValueError):
    """An entry that is no key. Says its place in the text, and nothing of what stands there."""

    def __init__(self, number: int) -> None:
        super().__init__(f"entry {number} is not id:key, or its id is taken")


class NotSealedSo(ValueError):
    """Sealed by another key, for another purpose, or changed since."""


def read_keys(text: str) -> dict[str, bytes]:
    """The keys by their ids, in order. Raises UnreadableKey."""
    keys: dict[str, bytes] = {}
    for number, item in enumerate(filter(None, map(str.strip, text.split(","))), 1):
        key_id, _, encoded = item.partition(":")
        key = _decoded(encoded)
        if not _KEY_ID.fullmatch(key_id) or key_id in keys or key is None:
            raise UnreadableKey(number)
        keys[key_id] = key
    return keys


def new_key(key_id: str) -> str:
    """A fresh key as a setting takes it."""
    return f"{key_id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def seal(key_id: str, key: bytes, secret: bytes, about: bytes) -> str:
    """Only the holder of the key reads it, and only as what it is `about`: bound to anything else, it is refused."""
    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, secret, _bound(key_id, about))).decode()


def unseal(key_id: str, key: bytes, sealed: str, about: bytes) -> bytes:
    """Raises NotSealedSo."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(key_id, about))
    except (InvalidTag, ValueError):
        raise NotSealedSo from None


def _bound(key_id: str, about: bytes) -> bytes:
    return key_id.encode() + b"\0" + about


def _decoded(encoded: str) -> bytes | None:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None
