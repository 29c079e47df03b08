"""The credit ledger under load, and a month's allocation of many organizations, each beside bare commits."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy
from sqlalchemy import insert, text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.figure import Bench, Line
from knowledger.domain.billing.credits import post, reserve
from knowledger.domain.upkeep.billing import allocate_credits
from knowledger.models import Organization
from knowledger.models.migrate import upgrade
from knowledger.up.postgres import EmbeddedPostgres

SPENDERS = 8
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE_HOUR, A_MONTH = timedelta(hours=1), timedelta(days=32)


def measure(bench: Bench) -> Iterator[Line]:
    organizations = bench.size(10_000, 50)
    with _database(bench) as engine:
        sessions = sessionmaker(engine, expire_on_commit=False)
        with sessions.begin() as session:
            session.execute(text("CREATE TABLE bare (id bigserial PRIMARY KEY)"))
            rows = [{"id": f"org_{number}", "name": f"No. {number}"} for number in range(organizations)]
            session.execute(insert(Organization), rows)
        allocate_credits(sessions, NOW)
        raw = _rate(lambda _: _bare(sessions), bench.size(4_000, 50))
        for what, accounts in (("one hot account", 1), ("many accounts", organizations)):
            rate = _rate(partial(_spend, sessions, accounts), bench.size(4_000, 50))
            yield Line(
                f"reserve + post on {what}, {SPENDERS} spenders at once",
                f"{rate:,.0f}/s",
                raw=f"{raw:,.0f} bare commits/s",
                ratio=f"{raw / rate:.1f} ×",
            )
        began = time.perf_counter()
        allocate_credits(sessions, NOW + A_MONTH)
        seconds = time.perf_counter() - began
        yield Line(
            f"a month's allocation for {organizations:,} organizations",
            f"{seconds:,.1f} s ({organizations / seconds:,.0f}/s)",
            raw=f"{organizations / raw:,.1f} s of bare commits",
            ratio=f"{seconds * raw / organizations:.1f} ×",
        )


def _rate(work: Callable[[int], object], count: int) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(SPENDERS) as crowd:
        list(crowd.map(work, range(count)))
    return count / (time.perf_counter() - began)


def _spend(sessions: sessionmaker[Session], accounts: int, number: int) -> None:
    """As work does: two transactions."""
    name = f"{accounts}:{number}"
    with sessions.begin() as session:
        reserve(session, f"org_{number % accounts}", 1_000, transfer_id=name, expires_in=ONE_HOUR, at=NOW)
    with sessions.begin() as session:
        post(session, name, 1_000, post_id=f"{name}:1", at=NOW)


def _bare(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        session.execute(text("INSERT INTO bare DEFAULT VALUES"))


@contextmanager
def _database(bench: Bench) -> Iterator[sqlalchemy.Engine]:
    """A PostgreSQL of its own, as `knowledger up` runs it: what is committed is on the disk."""
    server = EmbeddedPostgres(bench.directory / "postgres", bench.directory / "run")
    server.start()
    try:
        upgrade(server.url())
        engine = sqlalchemy.create_engine(server.url(), pool_size=SPENDERS)
        yield engine
        engine.dispose()
    finally:
        server.stop()
