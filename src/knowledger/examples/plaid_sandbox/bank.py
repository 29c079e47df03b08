"""The example bank: customers, what happens on their accounts, and how that is told since a cursor."""

import base64
import binascii
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from knowledger.examples.plaid_sandbox.problems import invalid, login_required, mutated
from knowledger.examples.plaid_sandbox.seed import accounts_of, shipped, transactions_of
from knowledger.examples.plaid_sandbox.store import Store
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject, JsonValue


@dataclass(frozen=True)
class Item:
    """One customer's link to one bank."""

    item_id: str
    access_token: str
    institution_id: str
    webhook: str | None
    login_required: bool
    head: int


@dataclass(frozen=True)
class Cursor:
    """What is told is the difference between `base` and `head`, as far as `at` already."""

    base: int
    at: int
    head: int

    def encode(self, item_id: str) -> str:
        return base64.urlsafe_b64encode(json.dumps([item_id, self.base, self.at, self.head]).encode()).decode()

    @classmethod
    def decode(cls, text: str, item: Item) -> "Cursor":
        """An empty one is the beginning; one that ended a telling begins the next."""
        if not text:
            return cls(0, 0, item.head)
        try:
            item_id, base, at, head = json.loads(base64.urlsafe_b64decode(text))
        except (ValueError, binascii.Error):
            raise invalid("INVALID_FIELD", "cursor not associated with access_token") from None
        if item_id != item.item_id:
            raise invalid("INVALID_FIELD", "cursor not associated with access_token")
        return cls(head, head, item.head) if at == head else cls(base, at, head)


class Bank:
    def __init__(self, store: Store) -> None:
        self.store = store

    def institution_name(self, institution_id: str) -> str:
        return str(shipped().get(institution_id, {}).get("name", "Custom Example Bank"))

    def open_item(self, institution_id: str, user: JsonObject | None, webhook: str | None) -> str:
        """A new link with its accounts and their past, and a public token for it."""
        item_id, public_token = new_id("item"), new_id("public-example")
        known = user or shipped().get(institution_id)
        if known is None:
            raise invalid("INVALID_INSTITUTION", f"invalid institution_id provided: {institution_id}")
        with self.store.transaction() as link:
            link.execute(
                "INSERT INTO items (item_id, access_token, institution_id, webhook) VALUES (?, ?, ?, ?)",
                (item_id, new_id("access-example"), institution_id, webhook),
            )
            for account, override in accounts_of(known):
                link.execute(
                    "INSERT INTO accounts VALUES (?, ?, ?)", (account["account_id"], item_id, json.dumps(account))
                )
                past = transactions_of(str(account["account_id"]), override, datetime.now(UTC).date())
                put(link, item_id, past)
            link.execute("INSERT INTO public_tokens VALUES (?, ?)", (public_token, item_id))
        return public_token

    def exchange(self, public_token: str) -> Item:
        with self.store.transaction() as link:
            found = link.execute("DELETE FROM public_tokens WHERE token = ? RETURNING item_id", (public_token,))
            row = found.fetchone()
            if row is None:
                raise invalid("INVALID_PUBLIC_TOKEN", "could not find matching public token")
            return _item(link, "item_id", row["item_id"])

    def item(self, access_token: str) -> Item:
        with self.store.transaction() as link:
            return _item(link, "access_token", access_token)

    def accounts(self, item: Item) -> list[JsonObject]:
        with self.store.transaction() as link:
            rows = link.execute("SELECT body FROM accounts WHERE item_id = ? ORDER BY rowid", (item.item_id,))
            return [json.loads(row["body"]) for row in rows]

    def changes(self, access_token: str, cursor_text: str, count: int) -> JsonObject:
        """One page of what changed since the cursor, as `/transactions/sync` tells it."""
        with self.store.transaction() as link:
            item = _item(link, "access_token", access_token)
            if item.login_required:
                raise login_required()
            cursor = Cursor.decode(cursor_text, item)
            if cursor.head != item.head:
                raise mutated()
            rows = link.execute(
                "SELECT * FROM transactions WHERE item_id = ? AND changed_at > ? AND changed_at <= ?"
                " ORDER BY changed_at LIMIT ?",
                (item.item_id, cursor.at, cursor.head, count),
            ).fetchall()
        return _page(item, cursor, rows, count)

    def change(
        self, item_id: str, *, there: Iterable[JsonObject] = (), gone: Iterable[str] = (), login: bool | None = None
    ) -> None:
        """Let transactions come, change or go, and the bank want its customer to sign in (`login` False) or not."""
        with self.store.transaction() as link:
            put(link, item_id, there)
            for transaction_id in gone:
                _gone(link, item_id, transaction_id)
            if login is not None:
                link.execute("UPDATE items SET login_required = ? WHERE item_id = ?", (not login, item_id))

    def transactions(self, item_id: str) -> list[JsonObject]:
        """What is there."""
        with self.store.transaction() as link:
            rows = link.execute(
                "SELECT body FROM transactions WHERE item_id = ? AND NOT is_gone ORDER BY changed_at", (item_id,)
            )
            return [json.loads(row["body"]) for row in rows]

    def close_item(self, access_token: str) -> None:
        with self.store.transaction() as link:
            item = _item(link, "access_token", access_token)
            for table in ("transactions", "accounts", "items"):
                link.execute(f"DELETE FROM {table} WHERE item_id = ?", (item.item_id,))

    def begin_link(self, wish: JsonObject) -> str:
        token = new_id("link-example")
        with self.store.transaction() as link:
            link.execute("INSERT INTO link_tokens VALUES (?, ?)", (token, json.dumps(wish)))
        return token

    def link(self, token: str) -> JsonObject:
        with self.store.transaction() as link:
            row = link.execute("SELECT body FROM link_tokens WHERE token = ?", (token,)).fetchone()
        if row is None:
            raise invalid("INVALID_LINK_TOKEN", "invalid link_token provided")
        found: JsonObject = json.loads(row["body"])
        return found

    def finish_link(self, token: str, institution_id: str) -> None:
        """What a person does on the page: pick a bank; or sign in again, where that is what the page is for."""
        wish = self.link(token)
        if wish.get("finished"):
            return
        if access_token := wish.get("access_token"):
            self.change(self.item(str(access_token)).item_id, login=True)
        else:
            webhook = str(wish["webhook"]) if wish.get("webhook") else None
            wish["public_token"] = self.open_item(institution_id, None, webhook)
        wish["finished"] = datetime.now(UTC).isoformat()
        with self.store.transaction() as link:
            link.execute("UPDATE link_tokens SET body = ? WHERE token = ?", (json.dumps(wish), token))


def put(link: sqlite3.Connection, item_id: str, transactions: Iterable[JsonObject]) -> None:
    """New ones are added, known ones changed; each has a number of its own in the order of changes."""
    head: int = link.execute("SELECT head FROM items WHERE item_id = ?", (item_id,)).fetchone()["head"]
    for head, transaction in enumerate(transactions, head + 1):  # noqa: B020 - goes on counting
        link.execute(
            "INSERT INTO transactions (transaction_id, item_id, body, created_at, changed_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (transaction_id) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at,"
            " created_at = CASE WHEN is_gone THEN excluded.created_at ELSE created_at END, is_gone = 0",
            (transaction["transaction_id"], item_id, json.dumps(transaction), head, head),
        )
    link.execute("UPDATE items SET head = ? WHERE item_id = ?", (head, item_id))


def day_of(text: object) -> date:
    return date.fromisoformat(str(text))


def _gone(link: sqlite3.Connection, item_id: str, transaction_id: str) -> None:
    link.execute("UPDATE items SET head = head + 1 WHERE item_id = ?", (item_id,))
    link.execute(
        "UPDATE transactions SET is_gone = 1, changed_at = (SELECT head FROM items WHERE item_id = ?)"
        " WHERE transaction_id = ? AND item_id = ?",
        (item_id, transaction_id, item_id),
    )


def _item(link: sqlite3.Connection, column: str, value: str) -> Item:
    row = link.execute(f"SELECT * FROM items WHERE {column} = ?", (value,)).fetchone()
    if row is None:
        raise invalid("INVALID_ACCESS_TOKEN", "could not find matching access token")
    return Item(
        row["item_id"],
        row["access_token"],
        row["institution_id"],
        row["webhook"],
        bool(row["login_required"]),
        row["head"],
    )


def _page(item: Item, cursor: Cursor, rows: list[sqlite3.Row], count: int) -> JsonObject:
    added: list[JsonValue] = []
    modified: list[JsonValue] = []
    removed: list[JsonValue] = []
    for row in rows:
        is_known = row["created_at"] <= cursor.base
        if row["is_gone"]:
            if cursor.base:  # it may have been there, gone and come again since: whoever does not know it ignores it
                removed.append({"transaction_id": row["transaction_id"]})
        else:
            (modified if is_known else added).append(json.loads(row["body"]))
    has_more = len(rows) == count and rows[-1]["changed_at"] < cursor.head
    at = rows[-1]["changed_at"] if has_more else cursor.head
    return {
        "added": added,
        "modified": modified,
        "removed": removed,
        "next_cursor": Cursor(cursor.base, at, cursor.head).encode(item.item_id),
        "has_more": has_more,
        "transactions_update_status": "HISTORICAL_UPDATE_COMPLETE",
    }
