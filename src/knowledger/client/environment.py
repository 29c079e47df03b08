"""What the client takes from the environment where the caller does not say it. Nothing else here reads it."""

import json
import os
from contextlib import suppress
from pathlib import Path

import platformdirs

DEFAULT_URL = "http://127.0.0.1:8000"


def url() -> str | None:
    return os.environ.get("KNOWLEDGER_URL") or None


def api_key() -> str | None:
    return os.environ.get("KNOWLEDGER_API_KEY") or None


def data_directory() -> Path:
    """Where a server on this machine keeps its data, and the credentials of its first user."""
    named = os.environ.get("KNOWLEDGER_HOME")
    return Path(named) if named else Path(platformdirs.user_data_dir("knowledger", appauthor=False))


def kept_credentials(*names: str) -> dict[str, str]:
    """`url` and `api_key` that a login kept; without one, those of the first user of the stack on this machine."""
    for name in names or ("login.json", "credentials.json"):
        with suppress(OSError, ValueError):
            found = json.loads((data_directory() / name).read_text())
            if isinstance(found, dict):
                return {key: text for key, text in found.items() if isinstance(text, str)}
    return {}


def server(api_key_given: str | None = None) -> tuple[str, str | None]:
    """The server to speak to, and the key for it. A kept key goes to no other server than it was kept for."""
    kept = kept_credentials()
    where, key = url() or kept.get("url") or DEFAULT_URL, api_key_given or api_key()
    return where, key or (kept.get("api_key") if where.rstrip("/") == kept.get("url") else None)
