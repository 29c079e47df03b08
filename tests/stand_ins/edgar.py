"""EDGAR over HTTP/1.1: its folders and lists, its validators, and the ways in which it turns one away."""

import csv
import gzip
import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from tests.stand_ins.http_server import HangUp, HttpStandIn, Received, Reply, answer

SHARED = Path(__file__).parents[2] / "../shared/edgar"
"""Real filings, laid out as EDGAR serves them. They are not part of the project."""

Document: TypeAlias = bytes | Path
Trouble: TypeAlias = Callable[[bytes], Reply]

RATE_PAGE = b"<html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head><body></body></html>"
_TYPES = {".json": "application/json", ".htm": "text/html", ".xml": "text/xml", ".zip": "application/zip"}


def rate_page(_: bytes) -> Reply:
    return answer(RATE_PAGE, 403, content_type="text/html")


def rate_page_as_data(_: bytes) -> Reply:
    return answer(RATE_PAGE, 200, content_type="text/html")


def empty(_: bytes) -> Reply:
    return answer(b"", 200, content_type="text/html")


def too_many(retry_after: str) -> Trouble:
    return lambda _: answer(b"", 429, retry_after=retry_after)


def failing(_: bytes) -> Reply:
    return answer(b"", 500)


def cut(body: bytes) -> Iterator[bytes]:
    """The head and half of the body, then silence for ever."""
    head, _ = answer(body)
    yield head
    yield body[: len(body) // 2]
    raise HangUp


def slow(body: bytes) -> Iterator[bytes]:
    """All of it, a little at a time."""
    head, _ = answer(body)
    yield head
    step = max(1, len(body) // 16)
    for start in range(0, len(body), step):
        yield body[start : start + step]


@dataclass
class EdgarStandIn:
    """`with EdgarStandIn(documents) as edgar:` … `edgar.url`. Paths are those of www.sec.gov and data.sec.gov alike.

    A folder has an `index.json` of its own. `troubles[path]` are met first, each once; `contacts` is who asked.
    """

    documents: Mapping[str, Document]
    troubles: dict[str, deque[Trouble]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    contacts: set[str] = field(default_factory=set)

    def __enter__(self) -> Self:
        self._server = HttpStandIn(self._reply).__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        return self._server.url

    def trouble(self, path: str, *troubles: Trouble) -> None:
        self.troubles.setdefault(path, deque()).extend(troubles)

    def _reply(self, request: Received) -> Reply:
        self.asked.append(request.path)
        self.contacts.add(request.headers.get("user-agent", ""))
        body = self._body(request.path)
        if body is None:
            return answer(b"<html>404</html>", 404, content_type="text/html")
        if waiting := self.troubles.get(request.path):
            return waiting.popleft()(body)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            return answer(b"", 304, etag=etag)
        kind = _TYPES.get(Path(request.path).suffix, "application/octet-stream")
        return answer(body, content_type=kind, etag=etag)

    def _body(self, path: str) -> bytes | None:
        if path in self.documents:
            found = self.documents[path]
            return found if isinstance(found, bytes) else found.read_bytes()
        folder = path.removesuffix("index.json")
        inside = [name.removeprefix(folder) for name in self.documents if name.startswith(folder)]
        if folder == path or not inside:
            return None
        return json.dumps({"directory": {"name": folder, "item": [{"name": name} for name in inside]}}).encode()


def folder(cik: str, accession: str) -> str:
    return f"/Archives/edgar/data/{int(cik)}/{accession.replace('-', '')}/"


def shared_archive() -> dict[str, Document]:
    """What lies in `../shared/edgar`, by its path at EDGAR. Packages without an accession number are left out."""
    found: dict[str, Document] = {}
    for place in ("files", "submissions", "Archives"):
        for path in sorted((SHARED / place).rglob("*")):
            if path.is_file() and "unknown-" not in str(path):
                found["/" + path.relative_to(SHARED).as_posix()] = path
    index = gzip.decompress((SHARED / "index/company.20221003.idx.gz").read_bytes())
    found["/Archives/edgar/daily-index/2022/QTR4/company.20221003.idx"] = index
    return found


def whole_archive() -> dict[str, Document]:
    """`shared_archive`, with a place for the packages without an accession number and lists that name all packages."""
    found = shared_archive()
    for cik, filings in listed_packages().items():
        name = filings[0]["company"]
        found[f"/submissions/CIK{cik}.json"] = _submissions(cik, name, filings)
        for filing in filings:
            source = SHARED / "Archives/edgar/data" / str(int(cik)) / filing["folder"]
            for path in sorted(source.iterdir()):
                found[folder(cik, filing["accession"]) + path.name] = path
    return found


def listed_packages() -> dict[str, list[dict[str, str]]]:
    """By company, what MANIFEST.csv says of each package, with an accession number where it has none."""
    packages: dict[str, list[dict[str, str]]] = {}
    with (SHARED / "MANIFEST.csv").open(newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            known = row["accession"].replace("-", "").isdecimal()
            year = row["period"][2:4] or "25"
            accession = row["accession"] if known else f"{row['cik']}-{year}-9{number:05}"
            place = accession.replace("-", "") if known else row["accession"]
            packages.setdefault(row["cik"], []).append({**row, "accession": accession, "folder": place})
    return packages


def _submissions(cik: str, name: str, filings: list[dict[str, str]]) -> bytes:
    """A company's submissions with these filings, as filed a month after the end of their period."""
    days = [date.fromisoformat(item["period"] or "2025-03-01") for item in filings]
    recent = {
        "accessionNumber": [item["accession"] for item in filings],
        "form": [item["form"] for item in filings],
        "filingDate": [(day + timedelta(days=30)).isoformat() for day in days],
        "reportDate": [item["period"] for item in filings],
        "primaryDocument": [next((n for n in item["files"].split(";") if n.endswith(".htm")), "") for item in filings],
        "isXBRL": [1 for _ in filings],
    }
    about = _about(cik)
    return json.dumps({**about, "cik": cik, "name": name, "filings": {"recent": recent, "files": []}}).encode()


def _about(cik: str) -> dict[str, object]:
    path = SHARED / f"submissions/CIK{cik}.json"
    known: dict[str, object] = json.loads(path.read_bytes()) if path.is_file() else {}
    return {field: value for field, value in known.items() if field != "filings"}
