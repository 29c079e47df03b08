"""The SEC's filings into the graph, and a question about five years: real filings, copied under other numbers."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

import sqlalchemy
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

import knowledger
from benchmarks.figure import Bench, Line
from benchmarks.sandboxed import Workshop, workshop
from benchmarks.units import count, mib, seconds
from knowledger.adapters.directory_store import DirectoryStore
from knowledger.adapters.edgar import EdgarClient
from knowledger.domain.filings.quarters import quarters_between
from knowledger.domain.repositories.pace import SharedPace
from knowledger.domain.repositories.pages import Pages, key_of, local_copy
from knowledger.engine.engine import SandboxedEngine
from knowledger.engine.xbrl.engine import SandboxedFilingEngine
from knowledger.models.base import Base
from knowledger.models.filings import Company, Filing, FilingDocument
from knowledger.models.migrate import upgrade
from knowledger.up.postgres import EmbeddedPostgres
from tests.repositories.mill import SINCE, UNTIL, Mill
from tests.stand_ins.edgar import SHARED, EdgarStandIn, listed_packages, whole_archive

QUERY = Path(knowledger.__file__).parent / "examples/sec/queries/income_statement_latest.cypher"
FORMS = ("10-K", "10-Q", "8-K", "S-3ASR")
QUARTERS = tuple(quarters_between(SINCE, UNTIL))
_EACH_COPY = 24
_MARK_MS = 150


def measure(bench: Bench) -> Iterator[Line]:
    if not SHARED.exists():
        return
    with workshop(bench) as shop, _mill(bench, shop) as mill:
        mill.make_repository()
        mill.fetch(*listed_packages(), forms=FORMS)
        _copy(mill, bench.size(1_008, 48) // _EACH_COPY)
        yield from _measure(bench, shop, mill)


def _measure(bench: Bench, shop: Workshop, mill: Mill) -> Iterator[Line]:
    began = shop.cpu_seconds()
    reading, read = shop.watch(lambda: mill.read(QUARTERS))
    parsed = shop.cpu_seconds()
    filings = reading.read + reading.refused
    _, built = shop.watch(lambda: mill.build(QUARTERS))
    ended = shop.cpu_seconds()
    total_s = read.seconds + built.seconds
    what = f"{count(filings)} stored filings into the graph: read, staged, materialized"
    yield Line(what, f"{filings / total_s:.1f} filings/s ({seconds(total_s)})")
    yield _cpu(ended - began, parsed - began, filings)
    limit = bench.settings.engine_memory
    peak = max(read.peak_bytes, built.peak_bytes)
    yield Line("the same: peak memory of a child, against the setting", mib(peak), mib(limit), f"{peak / limit:.2f} ×")
    took = _asked(mill, bench.size(50, 10))
    yield Line("income statement of five years as the latest filings give it, in process: p50", seconds(median(took)))


def _cpu(whole_s: float, reading_s: float, filings: int) -> Line:
    """Of the worker and of its sandboxed children; PostgreSQL, which keeps a few rows for each filing, is beside it."""
    each, reading = (1e3 * taken / filings for taken in (whole_s, reading_s))
    what = f"the same: CPU a filing, of which to read it {reading:.0f} ms"
    return Line(what, f"{each:.0f} ms CPU", wanted=f"≤ {_MARK_MS} ms", reached=each <= _MARK_MS)


def _asked(mill: Mill, times: int) -> list[float]:
    took = []
    with mill.reading() as ask:
        for _ in range(times):
            began = time.perf_counter()
            rows = ask(QUERY.read_text(), ticker="AAPL", first_year=2020, last_year=2024)
            took.append(time.perf_counter() - began)
            if not rows:
                raise RuntimeError("the query found nothing")
    return took


@contextmanager
def _mill(bench: Bench, shop: Workshop) -> Iterator[Mill]:
    server = EmbeddedPostgres(bench.directory / "postgres", bench.directory / "run")
    server.start()
    upgrade(server.url("postgres"))
    database = sqlalchemy.create_engine(server.url("postgres"))
    sessions = sessionmaker(database, expire_on_commit=False)
    objects = DirectoryStore(bench.directory / "objects", bench.directory / "scratch")
    pace = SharedPace(database.execution_options(isolation_level="AUTOCOMMIT"), "edgar", 1000)
    with EdgarStandIn(whole_archive()) as edgar:
        client = EdgarClient(edgar.url, edgar.url, "benchmark@example.org", pace, timedelta(seconds=30))
        with closing(client):
            pages = Pages(lambda: client, sessions, objects)
            engine = SandboxedEngine(shop.sandbox, bench.settings)
            filings = SandboxedFilingEngine(shop.sandbox, bench.settings)
            yield Mill(pages, sessions, database, objects, engine, filings)
    database.dispose()
    server.stop()


def _copy(mill: Mill, copies: int) -> None:
    """The same filings as those of other companies, which their documents name as well: so none that come packed."""
    with mill.sessions.begin() as session:
        companies, filings, documents = (
            [_row(item) for item in session.scalars(select(kind))] for kind in (Company, Filing, FilingDocument)
        )
        packed = {row["accession"] for row in documents if str(row["name"]).endswith(".zip")}
        filings, documents = ([row for row in rows if row["accession"] not in packed] for rows in (filings, documents))
        owners = {str(row["accession"]): str(row["cik"]) for row in filings}
        for copy in range(1, copies):
            _insert(session, Company, [{**row, "cik": _cik(row["cik"], copy), "tickers": []} for row in companies])
            _insert(session, Filing, [_filing(row, copy) for row in filings])
            copied = [_document(mill, row, owners[str(row["accession"])], copy) for row in documents]
            _insert(session, FilingDocument, copied)


def _document(mill: Mill, row: dict[str, object], cik: str, copy: int) -> dict[str, object]:
    content = local_copy(mill.objects, str(row["sha256"])).read_bytes().replace(cik.encode(), _cik(cik, copy).encode())
    sha256 = hashlib.sha256(content).hexdigest()
    with mill.objects.scratch("copy") as scratch:
        (scratch / "document").write_bytes(content)
        mill.objects.put(key_of(sha256), scratch / "document")
    return {**row, "accession": _number(row["accession"], copy), "sha256": sha256}


def _row(item: Base) -> dict[str, object]:
    return {name: getattr(item, name) for name in item.__table__.columns.keys()}  # noqa: SIM118 - a collection of columns, which gives columns


def _insert(session: Session, kind: type, rows: Sequence[dict[str, object]]) -> None:
    session.execute(insert(kind), rows)


def _filing(row: dict[str, object], copy: int) -> dict[str, object]:
    cik = _cik(row["cik"], copy)
    return {**row, "accession": _number(row["accession"], copy), "cik": cik, "filers": [cik]}


def _cik(cik: object, copy: int) -> str:
    return f"9{copy:03}{str(cik)[-6:]}"


def _number(accession: object, copy: int) -> str:
    return f"9{copy:03}{str(accession)[4:]}"
