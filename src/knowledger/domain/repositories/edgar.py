"""What the domain asks of EDGAR, the SEC's archive. `knowledger.adapters.edgar` answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from knowledger.kernel.errors import InvalidInput, KnowledgerError, NotFound


class EdgarContactMissing(InvalidInput):
    """EDGAR is asked by nobody it cannot reach: say who you are first."""

    hint = "Set KNOWLEDGER_EDGAR_CONTACT to a name and an email address, such as `Ada Example ada@example.org`."


class EdgarThrottled(KnowledgerError):
    """EDGAR turns requests away for a while, as it does with those who ask too fast."""

    status = 503
    retryable = True
    hint = "Try again in ten minutes. Others behind the same address count as well: lower KNOWLEDGER_EDGAR_RATE if so."


class EdgarUnavailable(KnowledgerError):
    """EDGAR does not answer."""

    status = 503
    retryable = True
    hint = "Check the connection to the internet and KNOWLEDGER_EDGAR_URL, then try again: what has arrived is kept."


class EdgarPageMissing(NotFound):
    """EDGAR has no such page."""


@dataclass(frozen=True)
class Validators:
    """What a server knows a version of a page by."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Fetched:
    """A page in a local file. `sha256` and `size_bytes` are of what EDGAR sent, after its transport encoding."""

    sha256: str
    size_bytes: int
    validators: Validators


class Edgar(Protocol):
    """Safe to use from several threads. All processes of a deployment together keep its pace."""

    def fetch(self, path: str, into: Path, known: Validators | None = None) -> Fetched | None:
        """Write the page at `path` (`/files/…`, `/Archives/…`, `/submissions/…`) to a file; None: it is as it was.

        Tries again for a while. Raises EdgarContactMissing, EdgarThrottled, EdgarUnavailable, EdgarPageMissing.
        """
