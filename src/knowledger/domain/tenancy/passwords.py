"""Passwords as Argon2id with the library's parameters (RFC 9106, low memory: 64 MiB, about 50 ms)."""

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
_AT_ONCE = BoundedSemaphore(4)  # 64 MiB each: a burst of logins must not take the machine's memory


def hash_password(password: str) -> str:
    with _AT_ONCE:
        return _HASHER.hash(password)


def password_matches(password_hash: str | None, password: str) -> bool:
    """Takes as long for a user who has no password, or who does not exist, as for one who has."""
    with _AT_ONCE:
        try:
            _HASHER.verify(password_hash or _nobodys_hash(), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody")
