"""A subscription from its order to its end: each period billed once, each month's credits given once."""

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.allocation import allocate
from knowledger.domain.billing.beancount import as_beancount
from knowledger.domain.billing.collecting import mark_paid
from knowledger.domain.billing.credits import balance, post, release, reserve
from knowledger.domain.billing.customers import lock_customer, set_zone
from knowledger.domain.billing.invariants import check_ledger
from knowledger.domain.billing.invoices import AlreadyCorrected, Bill, credit_note, list_bills
from knowledger.domain.billing.ledger import CREDIT
from knowledger.domain.billing.plans import catalogue
from knowledger.domain.billing.subscriptions import (
    TRANSITIONS,
    AlreadySubscribed,
    Order,
    cancel_at_period_end,
    list_subscriptions,
    open_customer,
)
from knowledger.domain.repositories.access import has_access
from knowledger.domain.upkeep.billing import (
    allocate_credits,
    charge_overage,
    check_invariants,
    collect_payments,
    finalize_invoices,
    renew_subscriptions,
)
from knowledger.domain.upkeep.provisioning import buy_on_invoice, order_of, provision_due, take_plan
from knowledger.models import CreditTransfer, Subscription

ROOT = Path(__file__).parents[2]
BOUGHT = datetime(2026, 1, 31, 15, tzinfo=UTC)
DAY = timedelta(days=1)

Sessions = sessionmaker[Session]


def sec(plan: str = "sec-starter", key: str = "order") -> Order:
    return order_of(catalogue().plan(plan), {"repository_name": "sec"}, key=key, user_id=None)


def the_clock_strikes(sessions: Sessions, at: datetime) -> None:
    allocate_credits(sessions, at)
    charge_overage(sessions, at)
    renew_subscriptions(sessions, at)
    finalize_invoices(sessions, at)
    collect_payments(sessions, at, None)
    provision_due(sessions, at)


def bills_of(sessions: Sessions, organization_id: str) -> list[Bill]:
    """The oldest first."""
    with sessions() as session:
        return list_bills(session, organization_id, limit=100)[0][::-1]


def bought(sessions: Sessions, organization_id: str, plan: str = "sec-starter") -> Subscription:
    with sessions.begin() as session:
        return buy_on_invoice(session, organization_id, sec(plan), BOUGHT)


def status_of(sessions: Sessions, subscription_id: str) -> str:
    with sessions() as session:
        return session.get_one(Subscription, subscription_id).status


def test_the_same_order_twice_is_one_subscription_one_invoice_and_one_access(
    sessions: Sessions, organization_id: str
) -> None:
    assert bought(sessions, organization_id).id == bought(sessions, organization_id).id
    (bill,) = bills_of(sessions, organization_id)
    assert (bill.invoice.number, bill.invoice.total, bill.collection.status) == ("INV-000001", 2_900, "open")
    with sessions() as session:
        assert has_access(session, organization_id, "sec")
        assert [found.status for found in list_subscriptions(session, organization_id)] == ["active"]


def test_another_order_for_the_same_is_refused(sessions: Sessions, organization_id: str) -> None:
    bought(sessions, organization_id)
    with pytest.raises(AlreadySubscribed), sessions.begin() as session:
        buy_on_invoice(session, organization_id, sec(key="another"), BOUGHT)


def test_every_period_is_billed_once_however_often_and_late_the_clock_strikes(
    sessions: Sessions, organization_id: str
) -> None:
    subscription = bought(sessions, organization_id)
    for at in (BOUGHT + DAY, BOUGHT + 29 * DAY, BOUGHT + 29 * DAY, BOUGHT + 125 * DAY, BOUGHT + 126 * DAY):
        for bill in bills_of(sessions, organization_id):
            with sessions.begin() as session:
                mark_paid(session, organization_id, bill.invoice.id, "transfer", at)
        the_clock_strikes(sessions, at)
    lines = [line for bill in bills_of(sessions, organization_id) for line in bill.lines]
    assert [line.period_start.date().isoformat() for line in lines] == [
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
    ]  # fmt: skip
    with sessions() as session:
        given = select(CreditTransfer.transfer_id).where(CreditTransfer.transfer_id.like("allocation:%"))
        keys = [key for key in session.scalars(given) if subscription.id in key]
    assert sorted(key[-10:] for key in keys) == [
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
    ]  # fmt: skip


def test_periods_begin_at_midnight_where_the_organization_is(sessions: Sessions, organization_id: str) -> None:
    with sessions.begin() as session:
        set_zone(session, organization_id, "Asia/Kolkata")
    subscription = bought(sessions, organization_id)
    assert (subscription.period_start, subscription.period_end) == (
        datetime(2026, 1, 30, 18, 30, tzinfo=UTC),
        datetime(2026, 2, 27, 18, 30, tzinfo=UTC),
    )


def test_a_cancelled_subscription_runs_out_and_its_access_goes(sessions: Sessions, organization_id: str) -> None:
    subscription = bought(sessions, organization_id)
    with sessions.begin() as session:
        cancel_at_period_end(session, session.get_one(Subscription, subscription.id), BOUGHT + DAY)
    the_clock_strikes(sessions, BOUGHT + 2 * DAY)
    assert status_of(sessions, subscription.id) == "active"
    the_clock_strikes(sessions, BOUGHT + 40 * DAY)
    assert status_of(sessions, subscription.id) == "canceled"
    assert len(bills_of(sessions, organization_id)) == 1
    with sessions() as session:
        assert not has_access(session, organization_id, "sec")


def test_who_does_not_pay_is_suspended_and_who_then_pays_goes_on(sessions: Sessions, organization_id: str) -> None:
    subscription = bought(sessions, organization_id)
    due = BOUGHT + timedelta(days=catalogue().payment_days)
    the_clock_strikes(sessions, due - DAY)
    seen = []
    for day in (0, 3, 5, 7):
        seen.append(status_of(sessions, subscription.id))
        the_clock_strikes(sessions, due + day * DAY)
    assert [*seen, status_of(sessions, subscription.id)] == ["active", "past_due", "past_due", "past_due", "suspended"]
    (bill,) = bills_of(sessions, organization_id)
    with sessions.begin() as session:
        mark_paid(session, organization_id, bill.invoice.id, "late transfer", due + 20 * DAY)
    assert status_of(sessions, subscription.id) == "active"


def test_who_never_pays_is_let_go(sessions: Sessions, organization_id: str) -> None:
    subscription = bought(sessions, organization_id)
    for day in range(14, 60, 3):
        the_clock_strikes(sessions, BOUGHT + day * DAY)
    assert status_of(sessions, subscription.id) == "canceled"


def test_a_change_of_plan_is_prorated_and_adds_the_difference_in_credits(
    sessions: Sessions, organization_id: str
) -> None:
    subscription = bought(sessions, organization_id)
    with sessions.begin() as session:
        before = balance(session, organization_id, at=BOUGHT).available
        for _ in range(2):
            found = session.get_one(Subscription, subscription.id)
            take_plan(session, found, catalogue().plan("sec-advanced"), BOUGHT + 14 * DAY)
        after = balance(session, organization_id, at=BOUGHT + 14 * DAY).available
    finalize_invoices(sessions, BOUGHT + 16 * DAY)
    assert [line.amount for line in bills_of(sessions, organization_id)[-1].lines] == [-1_450, 4_950]
    assert after - before == (4_000 + 10_000) * CREDIT


def test_more_given_back_than_owed_waits_for_the_next_invoice(sessions: Sessions, organization_id: str) -> None:
    subscription = bought(sessions, organization_id, "sec-advanced")
    with sessions.begin() as session:
        take_plan(
            session, session.get_one(Subscription, subscription.id), catalogue().plan("sec-starter"), BOUGHT + 14 * DAY
        )
    finalize_invoices(sessions, BOUGHT + 16 * DAY)
    assert len(bills_of(sessions, organization_id)) == 1
    for day in range(28, 65, 2):
        renew_subscriptions(sessions, BOUGHT + day * DAY)
        finalize_invoices(sessions, BOUGHT + day * DAY)
    later = bills_of(sessions, organization_id)[-1]
    assert [line.amount for line in later.lines] == [-4_950, 1_450, 2_900, 2_900]
    assert later.invoice.total == 2_300


def test_credits_beyond_the_allowance_are_billed_when_their_month_is_over(
    sessions: Sessions, organization_id: str
) -> None:
    bought(sessions, organization_id, "sec-advanced")
    with sessions.begin() as session:
        open_customer(session, organization_id, BOUGHT)
        allocate(session, organization_id, at=BOUGHT)
        everything_included = 15_000 * CREDIT
        wanted = everything_included + 123_456_789
        reserve(session, organization_id, wanted, transfer_id="work", expires_in=40 * DAY, at=BOUGHT)
        post(session, "work", wanted, post_id="work:1", at=BOUGHT)
    over = BOUGHT + 40 * DAY
    charge_overage(sessions, over)
    assert len(bills_of(sessions, organization_id)) == 1  # a reservation may still give some back
    with sessions.begin() as session:
        release(session, "work", at=over)
    for _ in range(2):
        charge_overage(sessions, over)
        finalize_invoices(sessions, over + 2 * DAY)
    (line,) = bills_of(sessions, organization_id)[-1].lines
    assert (str(line.quantity), line.unit, line.amount) == ("123.456789", "credit", 123)


def test_a_credit_note_takes_an_invoice_back_and_what_was_paid_comes_off_the_next(
    sessions: Sessions, organization_id: str
) -> None:
    bought(sessions, organization_id)
    (bill,) = bills_of(sessions, organization_id)
    with sessions.begin() as session:
        mark_paid(session, organization_id, bill.invoice.id, "transfer", BOUGHT)
        note = credit_note(session, organization_id, bill.invoice.id, BOUGHT + DAY)
        assert (note.number, note.total, note.corrects_id) == ("CN-000001", -2_900, bill.invoice.id)
        with pytest.raises(AlreadyCorrected):
            credit_note(session, organization_id, bill.invoice.id, BOUGHT + DAY)
    renew_subscriptions(sessions, BOUGHT + 29 * DAY)
    finalize_invoices(sessions, BOUGHT + 31 * DAY)
    assert [line.amount for line in bills_of(sessions, organization_id)[-1].lines] == [-2_900, 2_900]


def test_postgresql_itself_keeps_invoices_as_they_are(sessions: Sessions, organization_id: str) -> None:
    bought(sessions, organization_id)
    for statement in ("UPDATE invoices SET total = 0", "DELETE FROM invoices", "UPDATE invoice_lines SET amount = 0"):
        with pytest.raises(IntegrityError), sessions.begin() as session:
            session.execute(text(statement))


def test_a_number_that_was_not_used_is_given_again(sessions: Sessions, organization_id: str) -> None:
    with sessions() as session:
        buy_on_invoice(session, organization_id, sec(), BOUGHT)
        session.rollback()
    bought(sessions, organization_id)
    assert [bill.invoice.number for bill in bills_of(sessions, organization_id)] == ["INV-000001"]


def test_the_checks_find_a_ledger_that_was_tampered_with(sessions: Sessions, organization_id: str) -> None:
    bought(sessions, organization_id)
    assert not check_invariants(sessions, BOUGHT).findings
    with sessions.begin() as session:
        session.execute(text("UPDATE credit_accounts SET balance = balance + 1 WHERE kind = 'used'"))
        session.execute(text("UPDATE invoice_series SET last = last + 1"))
    with sessions.begin() as session:
        found = {str(problem["problem"]) for problem in check_ledger(session).problems}
    assert found == {
        "An organization's accounts do not add up to zero",
        "A stored balance is not what its transfers come to",
        "The numbers of a series have gaps",
    }


def test_beancount_accepts_the_ledger(sessions: Sessions, organization_id: str, tmp_path: Path) -> None:
    bought(sessions, organization_id, "sec-advanced")
    with sessions.begin() as session:
        reserve(session, organization_id, 3 * CREDIT // 2, transfer_id="work", expires_in=DAY, at=BOUGHT)
        post(session, "work", CREDIT // 3, post_id="work:1", at=BOUGHT)
        release(session, "work", at=BOUGHT)
    the_clock_strikes(sessions, BOUGHT + 70 * DAY)
    assert bean_check(sessions, [organization_id], tmp_path) == ""


def bean_check(sessions: Sessions, organization_ids: list[str], directory: Path) -> str:
    """What Beancount finds wrong with the ledger as we export it."""
    file = directory / "ledger.beancount"
    with sessions() as session:
        file.write_text("".join(as_beancount(session, organization_ids)))
    checked = subprocess.run(
        [sys.executable, "-m", "beancount.scripts.check", str(file)], capture_output=True, text=True, check=False
    )
    return checked.stdout + checked.stderr


def test_the_documentation_draws_these_transitions() -> None:
    drawn = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", (ROOT / "docs/billing.md").read_text("utf-8"), re.MULTILINE)
    assert set(drawn) == {(before, after) for before, afters in TRANSITIONS.items() for after in afters}


def test_a_customer_is_opened_once(sessions: Sessions, organization_id: str) -> None:
    for _ in range(2):
        allocate_credits(sessions, BOUGHT)
    with sessions.begin() as session:
        assert lock_customer(session, organization_id).currency == "USD"
        assert [found.plan for found in list_subscriptions(session, organization_id)] == ["community"]
        assert balance(session, organization_id, at=BOUGHT).available == catalogue().plan("community").credits
