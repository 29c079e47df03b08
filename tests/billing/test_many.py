"""Many organizations are given their month's credits in one transaction: none twice, none held up by another."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.allocation import allocate
from knowledger.domain.billing.credits import post, reserve
from knowledger.domain.billing.customers import BATCH, SomeFailed, set_zone
from knowledger.domain.billing.grants import Grant, grant_credits
from knowledger.domain.billing.invariants import check_ledger
from knowledger.domain.billing.plans import catalogue
from knowledger.domain.billing.renewal import renew
from knowledger.domain.billing.subscriptions import open_customer
from knowledger.domain.upkeep.billing import allocate_credits
from knowledger.domain.upkeep.provisioning import buy_on_invoice, order_of, provision_due
from knowledger.kernel.ids import new_id
from knowledger.models import CreditAccount, CreditGrant, CreditTransfer, InvoiceLine, Organization

Sessions = sessionmaker[Session]

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
A_MONTH_LATER = datetime(2026, 2, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def organizations(sessions: Sessions, count: int) -> list[str]:
    """In the order of their ids."""
    ids = sorted(new_id("org") for _ in range(count))
    with sessions.begin() as session:
        session.execute(insert(Organization), [{"id": organization_id, "name": "Many"} for organization_id in ids])
    return ids


def transfers_of(sessions: Sessions, organization_ids: list[str]) -> Counter[tuple[str, str, datetime]]:
    query = select(CreditTransfer.organization_id, CreditTransfer.kind, CreditTransfer.at)
    mine = query.where(CreditTransfer.organization_id.in_(organization_ids))
    with sessions() as session:
        return Counter((whose, kind, at) for whose, kind, at in session.execute(mine))


def midnight(at: datetime) -> datetime:
    return at.replace(hour=0)


def test_more_than_one_batch_is_given_two_months_once_each(sessions: Sessions) -> None:
    many = organizations(sessions, BATCH + 3)
    for at in (NOW, NOW, A_MONTH_LATER, A_MONTH_LATER):
        allocate_credits(sessions, at)
    months = (midnight(NOW), midnight(A_MONTH_LATER))
    once = Counter((whose, "allocation", month) for whose in many for month in months)
    assert transfers_of(sessions, many) == once + Counter((whose, "expire", A_MONTH_LATER) for whose in many)
    with sessions.begin() as session:
        assert check_ledger(session).problems == []


def test_clocks_that_strike_at_once_give_once(sessions: Sessions) -> None:
    many = organizations(sessions, 40)
    for at in (NOW, A_MONTH_LATER):
        with ThreadPoolExecutor(4) as clocks:
            list(clocks.map(allocate_credits, [sessions] * 4, [at] * 4))
    assert set(transfers_of(sessions, many).values()) == {1}
    assert len(transfers_of(sessions, many)) == 3 * len(many)


def test_one_that_fails_does_not_hold_up_the_others_of_its_batch(sessions: Sessions) -> None:
    first, failing, last = organizations(sessions, 3)
    with sessions.begin() as session:
        own = open_customer(session, failing, NOW)
        taken = Grant(f"allocation:{own.id}:{midnight(NOW).date()}", "bonus", 1, NOW)
        grant_credits(session, failing, taken)
    with pytest.raises(SomeFailed) as failed:
        allocate_credits(sessions, NOW)
    refused = f"The transfer id {taken.transfer_id!r} was used for another transfer."
    assert failed.value.details == {"failed": {failing: refused}}
    assert transfers_of(sessions, [first, last]) == Counter(
        (whose, "allocation", midnight(NOW)) for whose in (first, last)
    )


def test_what_differs_between_those_of_a_batch_stays_apart(sessions: Sessions) -> None:
    """One lives elsewhere, one has used credits, one was away for months."""
    there, spender, absent = organizations(sessions, 3)
    with sessions.begin() as session:
        set_zone(session, there, "Asia/Kolkata")
        open_customer(session, absent, datetime(2025, 10, 31, 12, tzinfo=UTC))
    allocate_credits(sessions, NOW)
    with sessions.begin() as session:
        reserve(session, spender, 3_000, transfer_id="work", expires_in=HOUR, at=NOW)
        post(session, "work", 3_000, post_id="work:1", at=NOW)
    allocate_credits(sessions, A_MONTH_LATER)
    ends = select(CreditTransfer.organization_id, CreditTransfer.amount).where(CreditTransfer.kind == "expire")
    with sessions() as session:
        ended = sorted((whose, amount) for whose, amount in session.execute(ends))
    everything = 10_000 * 1_000_000
    assert ended == sorted([(there, everything), (spender, everything - 3_000), *[(absent, everything)] * 4])


def seen_of(sessions: Sessions, organization_id: str) -> list[list[tuple[object, ...]]]:
    """All that it was given and is to pay, without the ids that are its own."""
    grants = select(CreditGrant.kind, CreditGrant.amount, CreditGrant.granted_at, CreditGrant.expires_at).where(
        CreditGrant.organization_id == organization_id
    )
    lines = select(InvoiceLine.amount, InvoiceLine.period_start, InvoiceLine.period_end).where(
        InvoiceLine.organization_id == organization_id
    )
    rest = select(CreditAccount.kind, func.sum(CreditAccount.balance)).where(
        CreditAccount.organization_id == organization_id
    )
    with sessions() as session:
        found = (grants, lines, rest.group_by(CreditAccount.kind))
        return [sorted(tuple(row) for row in session.execute(query)) for query in found]


@given(days=st.lists(st.integers(1, 399), max_size=5))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_runs_in_pieces_end_as_one_run(sessions: Sessions, days: list[int]) -> None:
    """Whatever days the clock struck on, the last one leaves what it would have left alone."""
    in_pieces, at_once = organizations(sessions, 2)
    order = order_of(catalogue().plan("sec-advanced"), {}, key="order", user_id=None)
    for organization_id in (in_pieces, at_once):
        with sessions.begin() as session:
            buy_on_invoice(session, organization_id, order, NOW)
    provision_due(sessions, NOW)
    strikes = [*((in_pieces, day) for day in sorted(days)), (in_pieces, 400), (at_once, 400)]
    for organization_id, day in strikes:
        at = NOW + timedelta(days=day)
        with sessions.begin() as session:
            allocate(session, organization_id, at=at)
            renew(session, organization_id, at)
    whole = seen_of(sessions, at_once)
    assert len(whole[1]) == 14, "a line for each period that has begun"
    assert seen_of(sessions, in_pieces) == whole
