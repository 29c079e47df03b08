"""What the example bank remembers, in one SQLite file that any number of processes share."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    item_id TEXT PRIMARY KEY, access_token TEXT UNIQUE NOT NULL, institution_id TEXT NOT NULL, webhook TEXT,
    login_required INTEGER NOT NULL DEFAULT 0, head INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS accounts (account_id TEXT PRIMARY KEY, item_id TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS transactions (
    transaction_id TEXT PRIMARY KEY, item_id TEXT NOT NULL, body TEXT NOT NULL,
    created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, is_gone INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX IF NOT EXISTS transactions_in_order ON transactions (item_id, changed_at);
CREATE TABLE IF NOT EXISTS public_tokens (token TEXT PRIMARY KEY, item_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS link_tokens (token TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS keys (kid TEXT PRIMARY KEY, pem TEXT NOT NULL);
"""


class Store:
    """Without a path it remembers as long as it lives."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        where = ":memory:" if path is None else str(path)
        self._link = sqlite3.connect(where, timeout=10, isolation_level=None, check_same_thread=False)
        self._link.row_factory = sqlite3.Row
        if path is not None:
            path.chmod(0o600)
        self._link.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One at a time, over all processes; nothing of it stays where it raises."""
        with self._lock:
            self._link.execute("BEGIN IMMEDIATE")
            try:
                yield self._link
            except BaseException:
                self._link.execute("ROLLBACK")
                raise
            self._link.execute("COMMIT")

    def close(self) -> None:
        self._link.close()
