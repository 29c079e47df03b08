"""Keys: each backup has a data key of its own, wrapped by a key that the settings hold.

To rotate, put a new key first in `KNOWLEDGER_BACKUP_KEYS` and keep the others until every manifest is wrapped anew,
which a start of the stack does; no backup's data is touched.
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from knowledger.domain.backups.container import BackupDamaged
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject

KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class BackupKeysMissing(KnowledgerError):
    """This server has no key to encrypt backups with."""

    status = 503
    hint = "Set KNOWLEDGER_BACKUP_KEYS; `knowledger up` makes a key of its own where it is not set."


class BackupKeysInvalid(KnowledgerError):
    """KNOWLEDGER_BACKUP_KEYS cannot be read."""

    hint = "Write id:key,id:key with keys of 32 bytes in base64, as `openssl rand -base64 32` makes them."


class BackupKeyUnknown(KnowledgerError):
    """The key that this backup is encrypted with is not among the keys of this server."""

    status = 409
    hint = "Add that key to KNOWLEDGER_BACKUP_KEYS, behind the current one."


@dataclass(frozen=True)
class WrappedKey:
    """A data key that only the holder of the key named `key_id` can use, and only with its own manifest."""

    key_id: str
    wrapped: str

    def as_json(self) -> JsonObject:
        return {"key_id": self.key_id, "wrapped": self.wrapped}

    @classmethod
    def parse(cls, body: JsonObject) -> Self:
        return cls(str(body["key_id"]), str(body["wrapped"]))


@dataclass(frozen=True)
class KeyRing:
    """The keys by id; the first is the one that new backups are wrapped with."""

    keys: Mapping[str, bytes]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BackupKeysInvalid, which never quotes a key."""
        keys: dict[str, bytes] = {}
        for number, item in enumerate(filter(None, map(str.strip, text.split(","))), 1):
            key_id, _, encoded = item.partition(":")
            key = _decoded(encoded)
            if not _KEY_ID.fullmatch(key_id) or key_id in keys or key is None:
                raise BackupKeysInvalid(f"KNOWLEDGER_BACKUP_KEYS: entry {number} is not id:key, or its id is taken.")
            keys[key_id] = key
        return cls(keys)

    @property
    def current(self) -> str:
        """Raises BackupKeysMissing."""
        for key_id in self.keys:
            return key_id
        raise BackupKeysMissing

    def wrap(self, data_key: bytes, manifest: bytes) -> WrappedKey:
        """Bind the data key to the manifest's bytes: changed, it does not give the key."""
        key_id, nonce = self.current, os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self.keys[key_id]).encrypt(nonce, data_key, _bound(key_id, manifest))
        return WrappedKey(key_id, base64.b64encode(nonce + sealed).decode())

    def unwrap(self, key: WrappedKey, manifest: bytes) -> bytes:
        """Raises BackupKeyUnknown, BackupDamaged."""
        if key.key_id not in self.keys:
            raise BackupKeyUnknown(f"The backup is encrypted with the key {key.key_id[:64]!r}, which is not here.")
        try:
            raw = base64.b64decode(key.wrapped, validate=True)
            about = _bound(key.key_id, manifest)
            return AESGCM(self.keys[key.key_id]).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about)
        except (InvalidTag, ValueError):
            raise BackupDamaged("The backup's manifest was changed, or the key of this name is another.") from None

    def rewrap(self, key: WrappedKey, manifest: bytes) -> WrappedKey:
        """The same data key under the current key."""
        return key if key.key_id == self.current else self.wrap(self.unwrap(key, manifest), manifest)


def new_key(key_id: str) -> str:
    """A fresh key as the setting takes it."""
    return f"{key_id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


def _bound(key_id: str, manifest: bytes) -> bytes:
    return key_id.encode() + b"\0" + manifest


def _decoded(encoded: str) -> bytes | None:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None
