"""What the ledger ought to do, told a second time: on lists, without a database."""

from dataclasses import dataclass, field
from datetime import datetime

from knowledger.domain.billing.credits import Balance


@dataclass
class ModelGrant:
    position: int
    priority: int
    ends: datetime | None
    left: int

    def counts(self, at: datetime) -> bool:
        return self.left > 0 and (self.ends is None or self.ends > at)

    @property
    def order(self) -> tuple[int, bool, float, int]:
        return self.priority, self.ends is None, self.ends.timestamp() if self.ends else 0, self.position


@dataclass
class ModelReservation:
    amount: int
    ends: datetime
    drawn: list[tuple[ModelGrant, int]]
    posted: int = 0
    closed: bool = False

    @property
    def left(self) -> int:
        return 0 if self.closed else self.amount - self.posted

    def close(self) -> None:
        """What was posted counts against what was drawn first."""
        if self.closed:
            return
        posted = self.posted
        for grant, amount in self.drawn:
            spent = min(posted, amount)
            posted -= spent
            grant.left += amount - spent
        self.closed = True


@dataclass
class ModelLedger:
    grants: list[ModelGrant] = field(default_factory=list)
    reservations: dict[str, ModelReservation] = field(default_factory=dict)
    used: int = 0

    def balance(self, at: datetime) -> Balance:
        available = sum(grant.left for grant in self.grants if grant.counts(at))
        return Balance(available, sum(reservation.left for reservation in self.reservations.values()))

    def grant(self, amount: int, priority: int, ends: datetime | None) -> None:
        self.grants.append(ModelGrant(len(self.grants), priority, ends, amount))

    def reserve(self, name: str, amount: int, ends: datetime, at: datetime) -> bool:
        """Whether there was enough, with what late reservations hold counted in."""
        late = [one for one in self.reservations.values() if not one.closed and one.ends <= at]
        if self.balance(at).available < amount and self.with_those_back(late, at) < amount:
            return False
        if self.balance(at).available < amount:
            self.time_out(at)
        drawn: list[tuple[ModelGrant, int]] = []
        for grant in sorted(filter(lambda grant: grant.counts(at), self.grants), key=lambda grant: grant.order):
            taken = min(grant.left, amount - sum(part for _, part in drawn))
            if taken:
                grant.left -= taken
                drawn.append((grant, taken))
        self.reservations[name] = ModelReservation(amount, ends, drawn)
        return True

    def with_those_back(self, late: list[ModelReservation], at: datetime) -> int:
        """What could be spent were these closed."""
        back = 0
        for reservation in late:
            posted = reservation.posted
            for grant, amount in reservation.drawn:
                spent = min(posted, amount)
                posted -= spent
                back += amount - spent if grant.ends is None or grant.ends > at else 0
        return self.balance(at).available + back

    def post(self, name: str, amount: int, at: datetime) -> str:
        """Why it is refused; nothing where it is not."""
        reservation = self.reservations[name]
        if reservation.closed or reservation.ends <= at:
            return "ReservationClosed"
        if amount > reservation.left:
            return "ReservationExceeded"
        reservation.posted += amount
        self.used += amount
        return ""

    def time_out(self, at: datetime) -> None:
        for reservation in self.reservations.values():
            if reservation.ends <= at:
                reservation.close()

    def expire(self, at: datetime) -> None:
        for grant in self.grants:
            if grant.ends is not None and grant.ends <= at:
                grant.left = 0
