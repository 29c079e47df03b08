"""Access tokens: sealed under a key of `KNOWLEDGER_SECRET_KEYS`, each for its own connection alone.

To rotate, put a new key first and keep the others until a start of the stack has sealed every token anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.kernel.errors import Conflict, KnowledgerError
from knowledger.kernel.json import JsonObject
from knowledger.kernel.keys import NotSealedSo, UnreadableKey, read_keys, seal, unseal
from knowledger.models.connections import Connection


class SecretKeysMissing(KnowledgerError):
    """This server has no key to keep access tokens under."""

    status = 503
    hint = "Set KNOWLEDGER_SECRET_KEYS; `knowledger up` makes a key of its own where it is not set."


class SecretKeysInvalid(KnowledgerError):
    """KNOWLEDGER_SECRET_KEYS cannot be read."""

    hint = "Write id:key,id:key with keys of 32 bytes in base64, as `openssl rand -base64 32` makes them."


class TokenUnreadable(Conflict):
    """The access token of this connection cannot be read."""

    hint = (
        "Put its key back into KNOWLEDGER_SECRET_KEYS, behind the current one; or remove the connection and link anew."
    )


@dataclass(frozen=True)
class SecretKeys:
    """The keys by id; the first is the one that is sealed with."""

    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises SecretKeysInvalid, which never quotes a key."""
        try:
            return cls(read_keys(text))
        except UnreadableKey as error:
            raise SecretKeysInvalid(f"KNOWLEDGER_SECRET_KEYS: {error}.") from None

    @property
    def current(self) -> str:
        """Raises SecretKeysMissing."""
        for key_id in self.keys:
            return key_id
        raise SecretKeysMissing

    def seal_token(self, connection_id: str, token: str) -> JsonObject:
        key_id = self.current
        return {"key_id": key_id, "sealed": seal(key_id, self.keys[key_id], token.encode(), _about(connection_id))}

    def open_token(self, connection_id: str, sealed: JsonObject | None) -> str:
        """Raises TokenUnreadable: no such key here, or sealed for another connection, or changed."""
        if sealed is None:
            raise TokenUnreadable("The connection was removed; it has no access token.")
        key_id = str(sealed["key_id"])
        if key_id not in self.keys:
            raise TokenUnreadable(f"The access token is sealed under the key {key_id!r}, which is not here.")
        try:
            return unseal(key_id, self.keys[key_id], str(sealed["sealed"]), _about(connection_id)).decode()
        except NotSealedSo:
            raise TokenUnreadable("The access token was changed, or is another connection's.") from None


def reseal(session: Session, keys: SecretKeys) -> int:
    """Seal anew under the current key what another key that is here had sealed; gives how many."""
    if not keys.keys:
        return 0
    key_id = Connection.access_token["key_id"].astext
    query = select(Connection).where(key_id.in_(keys.keys), key_id != keys.current).with_for_update()
    changed = list(session.scalars(query))
    for connection in changed:
        token = keys.open_token(connection.id, connection.access_token)
        connection.access_token = keys.seal_token(connection.id, token)
    return len(changed)


def _about(connection_id: str) -> bytes:
    return b"access token of " + connection_id.encode()
