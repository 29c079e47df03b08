"""EDGAR over HTTP: who asks says so, all processes together ask slowly, and what is no data is not taken for data."""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import httpx
import stamina

from knowledger.domain.repositories.edgar import (
    EdgarContactMissing,
    EdgarPageMissing,
    EdgarThrottled,
    EdgarUnavailable,
    Fetched,
    Validators,
)
from knowledger.domain.repositories.pace import SharedPace
from knowledger.kernel.clock import utc_now

_TURNS_AWAY: Final = frozenset({403, 429, 503})
_NOTICE = re.compile(rb"Request Rate Threshold Exceeded|Undeclared Automated Tool|SEC.s Traffic Limit", re.IGNORECASE)
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LOOKED_AT_BYTES: Final = 4096
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=2)
_TIMEOUT: Final = httpx.Timeout(30, connect=10)
_ON_THE_DATA_HOST: Final = ("/submissions/", "/api/")


class EdgarClient:
    """`data_url` serves submissions and facts, `url` all else. `patience` is how long one page may be tried for."""

    def __init__(self, url: str, data_url: str, contact: str | None, pace: SharedPace, patience: timedelta) -> None:
        self._url = url.removesuffix("/")
        self._data_url = data_url.removesuffix("/")
        self._contact = contact or ""
        self._pace = pace
        self._patience = patience
        self._closed = threading.Event()
        self._client = httpx.Client(timeout=_TIMEOUT, follow_redirects=True)

    def fetch(self, path: str, into: Path, known: Validators | None = None) -> Fetched | None:
        headers = {"User-Agent": self._user_agent(), **_conditions(known)}
        tries = _Tries(self._pace)
        for attempt in stamina.retry_context(tries.after, attempts=None, timeout=self._patience, wait_max=10):
            with attempt:
                return self._ask(path, into, headers)
        raise AssertionError("the last try ends in an answer or an error")

    def close(self) -> None:
        """Whoever waits for a turn waits no longer."""
        self._closed.set()
        self._client.close()

    def _user_agent(self) -> str:
        if not _CONTACT.search(self._contact):
            raise EdgarContactMissing
        return f"knowledger {self._contact}"

    def _ask(self, path: str, into: Path, headers: dict[str, str]) -> Fetched | None:
        if self._closed.wait(self._pace.turn_in_s()):
            raise EdgarBrokenOff
        base = self._data_url if path.startswith(_ON_THE_DATA_HOST) else self._url
        with _plain_errors(path), self._client.stream("GET", base + path, headers=headers) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return None
            _require_answer(path, answer)
            fetched = _write(answer, into)
        _require_data(path, into)
        return fetched


class EdgarBrokenOff(EdgarUnavailable):
    """The wait for EDGAR was broken off."""


class _Tries:
    """After which error to try again, and when. A server that has had enough is left alone by everybody at once."""

    def __init__(self, pace: SharedPace) -> None:
        self._pace = pace
        self._pause = _FIRST_PAUSE

    def after(self, error: Exception) -> bool | timedelta:
        if isinstance(error, EdgarThrottled):
            asked_for_s = error.details.get("retry_after_s")
            self._pace.hold(timedelta(seconds=asked_for_s) if isinstance(asked_for_s, int) else self._pause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            return timedelta(0)
        return isinstance(error, EdgarUnavailable) and not isinstance(error, EdgarBrokenOff)


def _conditions(known: Validators | None) -> dict[str, str]:
    named = {"If-None-Match": known and known.etag, "If-Modified-Since": known and known.last_modified}
    return {name: text for name, text in named.items() if text}


@contextmanager
def _plain_errors(path: str) -> Iterator[None]:
    """A broken or silent connection by the name of what was asked for, not by the address of who was."""
    try:
        yield
    except httpx.HTTPError as error:
        raise EdgarUnavailable(f"EDGAR broke off at {path}: {type(error).__name__}.") from error


def _require_answer(path: str, answer: httpx.Response) -> None:
    status = answer.status_code
    if status == httpx.codes.NOT_FOUND:
        raise EdgarPageMissing(f"EDGAR has no {path}.")
    if status in _TURNS_AWAY:
        raise EdgarThrottled(f"EDGAR turned {path} away ({status}).", retry_after_s=_wish(answer))
    if status != httpx.codes.OK:
        raise EdgarUnavailable(f"EDGAR answered {status} for {path}.")


def _wish(answer: httpx.Response) -> int | None:
    """How long the server wishes to be left alone, from Retry-After: seconds, or a moment (RFC 9110, 10.2.3)."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return int(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, int((aware - utc_now()).total_seconds()))


def _write(answer: httpx.Response, into: Path) -> Fetched:
    digest, size = hashlib.sha256(), 0
    with into.open("wb") as file:
        for block in answer.iter_bytes(1 << 16):
            file.write(block)
            digest.update(block)
            size += len(block)
    validators = Validators(answer.headers.get("etag"), answer.headers.get("last-modified"))
    return Fetched(digest.hexdigest(), size, validators)


def _require_data(path: str, page: Path) -> None:
    """An empty 200, the notice of too many requests, and HTML in place of JSON are EDGAR's ways to turn one away."""
    with page.open("rb") as file:
        head = file.read(_LOOKED_AT_BYTES)
    if not head:
        raise EdgarThrottled(f"EDGAR's answer for {path} is empty.")
    if path.endswith(".json") and head.lstrip()[:1] not in (b"{", b"["):
        raise EdgarThrottled(f"EDGAR sent a page in place of {path}.")
    if _NOTICE.search(head):
        raise EdgarThrottled(f"EDGAR sent its notice of too many requests in place of {path}.")
