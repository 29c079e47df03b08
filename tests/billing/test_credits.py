"""Credits are reserved, posted and released once each, and never more of them than there are."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.credits import (
    Balance,
    InsufficientCredits,
    ReservationClosed,
    ReservationExceeded,
    balance,
    post,
    release,
    reserve,
    time_out_reservations,
)
from knowledger.domain.billing.grants import Grant, expire_grants, grant_credits
from knowledger.domain.billing.ledger import AmountInvalid, TransferConflict
from knowledger.domain.billing.plans import catalogue
from knowledger.models import CreditAccount, CreditTransfer

HOUR = timedelta(hours=1)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def bonus(amount: int, ends: datetime | None = None, *, name: str = "bonus", priority: int = 50) -> Grant:
    return Grant(name, "bonus", amount, NOW, expires_at=ends, priority=priority)


def drawn_from(session: Session, transfer_id: str) -> list[int]:
    """The amounts of a transfer's legs, in order."""
    legs = select(CreditTransfer.amount).where(CreditTransfer.transfer_id == transfer_id)
    return list(session.scalars(legs.order_by(CreditTransfer.leg)))


def test_what_is_posted_is_used_and_the_rest_comes_back(sessions: sessionmaker[Session], penniless: str) -> None:
    with sessions.begin() as session:
        grant_credits(session, penniless, bonus(100))
        reserve(session, penniless, 60, transfer_id="work", expires_in=HOUR, at=NOW)
        assert balance(session, penniless, at=NOW) == Balance(available=40, reserved=60)
        assert post(session, "work", 25, post_id="work:1", at=NOW) == 35
        assert post(session, "work", 25, post_id="work:1", at=NOW) == 35
        release(session, "work", at=NOW)
        release(session, "work", at=NOW)
        assert balance(session, penniless, at=NOW) == Balance(available=75, reserved=0)


def test_the_same_reservation_twice_holds_once(sessions: sessionmaker[Session], penniless: str) -> None:
    with sessions.begin() as session:
        grant_credits(session, penniless, bonus(100))
        grant_credits(session, penniless, bonus(100))
        for _ in range(2):
            reserve(session, penniless, 60, transfer_id="work", expires_in=HOUR, at=NOW)
        assert balance(session, penniless, at=NOW) == Balance(available=40, reserved=60)
        with pytest.raises(TransferConflict):
            reserve(session, penniless, 61, transfer_id="work", expires_in=HOUR, at=NOW)


def test_too_much_says_what_there_is(sessions: sessionmaker[Session], penniless: str) -> None:
    with sessions.begin() as session:
        grant_credits(session, penniless, bonus(100))
        with pytest.raises(InsufficientCredits) as refused:
            reserve(session, penniless, 101, transfer_id="work", expires_in=HOUR, at=NOW)
        assert refused.value.details == {"required": 101, "available": 100}


def test_no_more_is_posted_than_was_reserved(sessions: sessionmaker[Session], penniless: str) -> None:
    with sessions.begin() as session:
        grant_credits(session, penniless, bonus(100))
        reserve(session, penniless, 60, transfer_id="work", expires_in=HOUR, at=NOW)
        with pytest.raises(ReservationExceeded):
            post(session, "work", 61, post_id="work:1", at=NOW)
        with pytest.raises(AmountInvalid):
            post(session, "work", 1.0, post_id="work:1", at=NOW)  # type: ignore[arg-type]


def test_what_ends_first_is_drawn_first_within_a_priority(sessions: sessionmaker[Session], penniless: str) -> None:
    with sessions.begin() as session:
        grant_credits(session, penniless, bonus(1, name="never"))
        grant_credits(session, penniless, bonus(10, NOW + 9 * HOUR, name="late"))
        grant_credits(session, penniless, bonus(100, NOW + 5 * HOUR, name="soon"))
        grant_credits(session, penniless, bonus(1000, NOW + HOUR, name="last", priority=90))
        reserve(session, penniless, 1111, transfer_id="work", expires_in=HOUR, at=NOW)
        assert drawn_from(session, "work") == [100, 10, 1, 1000]


def test_a_reservation_past_its_time_goes_back_when_somebody_needs_it(
    sessions: sessionmaker[Session], penniless: str
) -> None:
    with sessions.begin() as session:
        grant_credits(session, penniless, bonus(100))
        reserve(session, penniless, 60, transfer_id="lost", expires_in=HOUR, at=NOW)
        reserve(session, penniless, 100, transfer_id="work", expires_in=HOUR, at=NOW + HOUR)
        with pytest.raises(ReservationClosed):
            post(session, "lost", 1, post_id="lost:1", at=NOW + HOUR)
        assert time_out_reservations(session, penniless, NOW + HOUR) == 0


def test_a_grant_that_ended_gives_nothing_and_is_collected_once(
    sessions: sessionmaker[Session], penniless: str
) -> None:
    with sessions.begin() as session:
        grant_credits(session, penniless, bonus(100, NOW + HOUR))
        reserve(session, penniless, 60, transfer_id="work", expires_in=3 * HOUR, at=NOW)
        later = NOW + HOUR
        assert balance(session, penniless, at=later) == Balance(available=0, reserved=60)
        assert expire_grants(session, penniless, at=later) == 40
        assert expire_grants(session, penniless, at=later) == 0
        post(session, "work", 20, post_id="work:1", at=later)
        release(session, "work", at=later)
        assert expire_grants(session, penniless, at=later) == 40
        kinds = session.execute(select(CreditAccount.kind, CreditAccount.balance)).all()
    assert {row.kind: row.balance for row in kinds} == {
        "granted": -100,
        "grant": 0,
        "held": 0,
        "used": 20,
        "expired": 80,
    }


def test_sixteen_spenders_at_once_never_overspend(sessions: sessionmaker[Session], penniless: str) -> None:
    """A hundred credits and 160 wishes for seven: fourteen are granted, 2 credits are left."""
    with sessions.begin() as session:
        for number in range(4):
            grant_credits(session, penniless, bonus(25, NOW + number * HOUR + HOUR, name=f"bonus {number}"))
    start = Barrier(16)

    def spend(spender: int) -> Counter[str]:
        outcomes: Counter[str] = Counter()
        start.wait()
        for number in range(10):
            transfer_id = f"{spender}:{number}"
            try:
                with sessions.begin() as session:
                    reserve(session, penniless, 7, transfer_id=transfer_id, expires_in=HOUR, at=NOW)
                    post(session, transfer_id, 7, post_id=f"{transfer_id}:1", at=NOW)
            except InsufficientCredits:
                outcomes["refused"] += 1
            else:
                outcomes["spent"] += 1
        return outcomes

    with ThreadPoolExecutor(16) as crowd:
        outcomes = sum(crowd.map(spend, range(16)), Counter[str]())
    assert outcomes == {"spent": 14, "refused": 146}
    with sessions() as session:
        assert balance(session, penniless, at=NOW).available == 2


def test_postgresql_itself_keeps_transfers_as_they_are_and_floors_where_they_are(
    sessions: sessionmaker[Session], penniless: str
) -> None:
    with sessions.begin() as session:
        grant_credits(session, penniless, bonus(100))
    for statement in (
        "UPDATE credit_transfers SET amount = 1",
        "DELETE FROM credit_transfers",
        "UPDATE credit_accounts SET balance = -1 WHERE kind = 'grant'",
    ):
        with pytest.raises(IntegrityError), sessions.begin() as session:
            session.execute(text(statement))


def test_the_first_spender_finds_the_plans_credits(sessions: sessionmaker[Session], organization_id: str) -> None:
    """Nobody has to wait for the clock, neither at first nor when a month has gone by."""
    given = catalogue().plan("community").credits
    with sessions() as session:
        assert balance(session, organization_id, at=NOW) == Balance(available=given, reserved=0)
    for month in range(3):
        at = NOW + month * timedelta(days=31)
        with sessions.begin() as session:
            reserve(session, organization_id, given, transfer_id=f"work {month}", expires_in=HOUR, at=at)
            post(session, f"work {month}", given, post_id=f"work {month}:1", at=at)
            with pytest.raises(InsufficientCredits):
                reserve(session, organization_id, 1, transfer_id=f"more {month}", expires_in=HOUR, at=at)
