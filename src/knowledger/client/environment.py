"""What the client takes from the environment where the caller does not say it. Nothing else here reads it."""

import os
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
