"""Random credentials: 256 bits each, so a fast hash hides them as well as a slow one would."""

import hashlib
import secrets

API_KEY_PREFIX = "kn_"


def new_token() -> str:
    return secrets.token_hex(32)


def new_api_key() -> str:
    return API_KEY_PREFIX + new_token()


def digest(secret: str) -> bytes:
    """What is stored of a credential, and looked up by."""
    return hashlib.sha256(secret.encode()).digest()
