"""Keys: each backup has a data key of its own, wrapped by a key that the settings hold.

To rotate, put a new key first in `KNOWLEDGER_BACKUP_KEYS` and keep the others until every manifest is wrapped anew,
which a start of the stack does; no backup's data is touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from knowledger.domain.backups.container import BackupDamaged
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject
from knowledger.kernel.keys import NotSealedSo, UnreadableKey, read_keys, seal, unseal


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
        try:
            return cls(read_keys(text))
        except UnreadableKey as error:
            raise BackupKeysInvalid(f"KNOWLEDGER_BACKUP_KEYS: {error}.") from None

    @property
    def current(self) -> str:
        """Raises BackupKeysMissing."""
        for key_id in self.keys:
            return key_id
        raise BackupKeysMissing

    def wrap(self, data_key: bytes, manifest: bytes) -> WrappedKey:
        """Bind the data key to the manifest's bytes: changed, it does not give the key."""
        key_id = self.current
        return WrappedKey(key_id, seal(key_id, self.keys[key_id], data_key, manifest))

    def unwrap(self, key: WrappedKey, manifest: bytes) -> bytes:
        """Raises BackupKeyUnknown, BackupDamaged."""
        if key.key_id not in self.keys:
            raise BackupKeyUnknown(f"The backup is encrypted with the key {key.key_id[:64]!r}, which is not here.")
        try:
            return unseal(key.key_id, self.keys[key.key_id], key.wrapped, manifest)
        except NotSealedSo:
            raise BackupDamaged("The backup's manifest was changed, or the key of this name is another.") from None

    def rewrap(self, key: WrappedKey, manifest: bytes) -> WrappedKey:
        """The same data key under the current key."""
        return key if key.key_id == self.current else self.wrap(self.unwrap(key, manifest), manifest)
