"""Commands to the ledger in any order, doubled and late: it does what the model does, and always adds up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.credits import (
    InsufficientCredits,
    balance,
    post,
    release,
    reserve,
    time_out_reservations,
)
from knowledger.domain.billing.grants import Grant, expire_grants, grant_credits
from knowledger.domain.billing.invariants import check_ledger
from knowledger.domain.billing.ledger import lock
from knowledger.domain.billing.subscriptions import open_customer
from knowledger.kernel.errors import Conflict
from knowledger.models import Organization
from tests.billing.ledger_model import ModelLedger

START = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = st.integers(1, 12).map(lambda hours: timedelta(hours=hours))
AMOUNTS = st.integers(1, 120)
COMMANDS_A_RUN = 40

Command = Callable[[Session], object]


class LedgerMachine(RuleBasedStateMachine):
    """Every command is a transaction, and every command that was accepted may come again at any time."""

    def __init__(self, sessions: sessionmaker[Session], organization_id: str) -> None:
        super().__init__()
        self.sessions, self.organization_id = sessions, organization_id
        self.model, self.now, self.names = ModelLedger(), START, count()
        self.accepted: list[Command] = []
        with sessions.begin() as session:
            session.add(Organization(id=organization_id, name=organization_id))
            session.flush()
            open_customer(session, organization_id, START).allocated_until = datetime(2100, 1, 1, tzinfo=UTC)
            lock(session, organization_id)

    def say(self, command: Command) -> None:
        with self.sessions.begin() as session:
            command(session)
        self.accepted.append(command)

    @rule(amount=AMOUNTS, priority=st.sampled_from([50, 100]), ends_in=st.none() | HOURS)
    def grant(self, amount: int, priority: int, ends_in: timedelta | None) -> None:
        ends = self.now + ends_in if ends_in else None
        gift = Grant(f"{self.organization_id}:{next(self.names)}", "bonus", amount, self.now, ends, priority)
        self.say(lambda session: grant_credits(session, self.organization_id, gift))
        self.model.grant(amount, priority, ends)

    @rule(amount=AMOUNTS, expires_in=HOURS)
    def reserve(self, amount: int, expires_in: timedelta) -> None:
        name, at = f"{self.organization_id}:{next(self.names)}", self.now

        def command(session: Session) -> None:
            reserve(session, self.organization_id, amount, transfer_id=name, expires_in=expires_in, at=at)

        if self.model.reserve(name, amount, at + expires_in, at):
            self.say(command)
        else:
            with pytest.raises(InsufficientCredits):
                self.say(command)

    @precondition(lambda self: self.model.reservations)
    @rule(data=st.data(), amount=AMOUNTS)
    def post(self, data: st.DataObject, amount: int) -> None:
        name, post_id, at = self._reservation(data), f"{self.organization_id}:{next(self.names)}", self.now
        if refused := self.model.post(name, amount, at):
            with pytest.raises(Conflict) as error:
                self.say(lambda session: post(session, name, amount, post_id=post_id, at=at))
            assert type(error.value).__name__ == refused
        else:
            self.say(lambda session: post(session, name, amount, post_id=post_id, at=at))

    @precondition(lambda self: self.model.reservations)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        name, at = self._reservation(data), self.now
        self.say(lambda session: release(session, name, at=at))
        self.model.reservations[name].close()

    @rule()
    def time_out(self) -> None:
        at = self.now
        self.say(lambda session: time_out_reservations(session, self.organization_id, at))
        self.model.time_out(at)

    @rule()
    def expire(self) -> None:
        at = self.now
        self.say(lambda session: expire_grants(session, self.organization_id, at=at))
        self.model.expire(at)

    @rule(by=HOURS)
    def time_passes(self, by: timedelta) -> None:
        self.now += by

    @precondition(lambda self: self.accepted)
    @rule(data=st.data())
    def again(self, data: st.DataObject) -> None:
        """Something that was said already comes once more, perhaps after much else."""
        with self.sessions.begin() as session:
            data.draw(st.sampled_from(self.accepted))(session)

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        with self.sessions() as session:
            assert balance(session, self.organization_id, at=self.now) == self.model.balance(self.now)
            query = text("SELECT kind, balance FROM credit_accounts WHERE organization_id = :mine")
            rows = session.execute(query, {"mine": self.organization_id}).all()
        assert sum(row.balance for row in rows) == 0
        assert all((row.balance <= 0) == (row.kind == "granted") or row.balance == 0 for row in rows)
        assert sum(row.balance for row in rows if row.kind == "used") == self.model.used

    def teardown(self) -> None:
        with self.sessions.begin() as session:
            assert check_ledger(session).problems == []

    def _reservation(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.model.reservations)))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_ledger_does_what_the_model_does(sessions: sessionmaker[Session]) -> None:
    numbers = count()
    bounds = settings(max_examples=40, stateful_step_count=COMMANDS_A_RUN, deadline=None)
    machine = cast("type[LedgerMachine]", lambda: LedgerMachine(sessions, f"org_{next(numbers)}"))
    run_state_machine_as_test(machine, settings=bounds)
