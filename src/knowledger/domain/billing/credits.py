"""Credits of an organization: reserve before work, post what it took, release the rest. Amounts are micro-credits.

Each function takes part in the caller's transaction. A reservation that is neither posted nor released in time goes
back by itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.orm import Session

from knowledger.domain.billing.allocation import give_what_is_due
from knowledger.domain.billing.ledger import (
    Leg,
    Transfer,
    TransferConflict,
    account,
    lock,
    move,
    require_amount,
    was_moved,
)
from knowledger.domain.billing.plans import catalogue
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import Conflict, KnowledgerError, NotFound
from knowledger.models.credits import CreditAccount, CreditGrant, CreditReservation, CreditTransfer


class InsufficientCredits(KnowledgerError):
    """There are not enough credits for this."""

    status = 402
    hint = (
        "Wait for the next allocation, buy credits, or choose a larger plan; `knowledger billing credits` shows both."
    )


class ReservationNotFound(NotFound):
    """There is no such reservation of credits."""


class ReservationClosed(Conflict):
    """This reservation of credits was released or timed out."""


class ReservationExceeded(Conflict):
    """More was to be posted than this reservation has left."""


@dataclass(frozen=True)
class Balance:
    """What may be spent, and what is held for work under way."""

    available: int
    reserved: int


def reserve(
    session: Session,
    organization_id: str,
    amount: int,
    *,
    transfer_id: str,
    expires_in: timedelta,
    at: datetime | None = None,
) -> None:
    """Hold credits, those that end soonest first. The same id again changes nothing.

    Raises InsufficientCredits (with `required` and `available`), and TransferConflict when the id was used otherwise.
    """
    at = at or utc_now()
    require_amount(amount)
    if sum(grant.balance for grant in _drawable(session, organization_id, at)) < amount:
        # Before the ledger's lock: whoever needs the customer's as well takes that one first.
        give_what_is_due(session, organization_id, at)
    lock(session, organization_id)
    if _was_reserved(session, transfer_id, organization_id, amount):
        return
    legs = _draw(session, organization_id, amount, at)
    move(session, Transfer(transfer_id, organization_id, "reserve", legs, at, reservation_id=transfer_id))
    session.execute(
        insert(CreditReservation).values(
            transfer_id=transfer_id,
            organization_id=organization_id,
            amount=amount,
            reserved_at=at,
            expires_at=at + expires_in,
        )
    )


def post(session: Session, transfer_id: str, amount: int, *, post_id: str, at: datetime | None = None) -> int:
    """Use credits of a reservation and say what it has left. The same `post_id` again changes nothing.

    Raises ReservationExceeded, ReservationNotFound, and ReservationClosed after its release or its time.
    """
    at = at or utc_now()
    require_amount(amount, least=0)
    reservation = _locked_reservation(session, transfer_id)
    if reservation is None:
        raise ReservationNotFound(f"There is no reservation {transfer_id!r}.")
    organization_id: str = reservation["organization_id"]
    left: int = reservation["amount"] - reservation["posted"]
    if was_moved(session, post_id, organization_id=organization_id, kind="post", amount=amount):
        return left
    if reservation["status"] != "pending" or reservation["expires_at"] <= at:
        raise ReservationClosed(f"The reservation {transfer_id!r} is over.")
    if amount > left:
        raise ReservationExceeded(f"{amount:,} were to be posted and {left:,} are left.", required=amount, left=left)
    if amount:
        _post(session, reservation, amount, post_id, at)
    return left - amount


def release(session: Session, transfer_id: str, *, at: datetime | None = None) -> None:
    """Give back what a reservation has left. One that is over, or that never was, is left as it is."""
    reservation = _locked_reservation(session, transfer_id)
    if reservation is not None and reservation["status"] == "pending":
        _close(session, reservation, "released", at or utc_now())


def organizations_with_late_reservations(session: Session, at: datetime) -> list[str]:
    """Those for whom `time_out_reservations` has something to do."""
    query = select(CreditReservation.organization_id).where(
        CreditReservation.status == "pending", CreditReservation.expires_at <= at
    )
    return list(session.scalars(query.distinct().order_by(CreditReservation.organization_id)))


def time_out_reservations(session: Session, organization_id: str, at: datetime) -> int:
    """Give back what reservations past their time still hold, and say how many those were."""
    lock(session, organization_id)
    query = select(*CreditReservation.__table__.c).where(
        CreditReservation.organization_id == organization_id,
        CreditReservation.status == "pending",
        CreditReservation.expires_at <= at,
    )
    late = session.execute(query.order_by(CreditReservation.transfer_id)).mappings().all()
    for reservation in late:
        _close(session, reservation, "timed_out", at)
    return len(late)


def balance(session: Session, organization_id: str, *, at: datetime | None = None) -> Balance:
    """What the organization may spend. Grants past their end do not count, collected or not.

    An organization that has used nothing yet has what its first use will give it.
    """
    held = session.scalar(select(CreditAccount.balance).where(CreditAccount.id == account("held", organization_id)))
    if held is None:
        return Balance(available=catalogue().plan(catalogue().default_plan).credits, reserved=0)
    available = sum(grant.balance for grant in _drawable(session, organization_id, at or utc_now()))
    return Balance(available=available, reserved=held)


@dataclass(frozen=True)
class _Drawable:
    id: str
    balance: int


def _drawable(session: Session, organization_id: str, at: datetime) -> Iterator[_Drawable]:
    """Grants that hold credits and may be spent at the time, in the order in which they are drawn."""
    query = (
        select(CreditAccount.id, CreditAccount.balance)
        .join(CreditGrant, CreditGrant.id == CreditAccount.id)
        .where(
            CreditGrant.organization_id == organization_id,
            CreditAccount.balance > 0,
            func.coalesce(CreditGrant.expires_at > at, True),
        )
        .order_by(CreditGrant.priority, CreditGrant.expires_at.nulls_last(), CreditGrant.position)
    )
    return (_Drawable(row.id, row.balance) for row in session.execute(query))


def _draw(session: Session, organization_id: str, amount: int, at: datetime) -> list[Leg]:
    """The legs that bring `amount` together. Only when it is short does it look for reservations past their time."""
    held = account("held", organization_id)
    legs = _legs(_drawable(session, organization_id, at), amount, held)
    if sum(leg.amount for leg in legs) < amount and time_out_reservations(session, organization_id, at):
        legs = _legs(_drawable(session, organization_id, at), amount, held)
    available = sum(leg.amount for leg in legs)
    if available < amount:
        raise InsufficientCredits(required=amount, available=available)
    return legs


def _legs(grants: Iterable[_Drawable], amount: int, target: str) -> list[Leg]:
    legs: list[Leg] = []
    for grant in grants:
        if amount == 0:
            break
        legs.append(Leg(grant.id, target, min(amount, grant.balance)))
        amount -= legs[-1].amount
    return legs


def _was_reserved(session: Session, transfer_id: str, organization_id: str, amount: int) -> bool:
    query = select(CreditReservation.organization_id, CreditReservation.amount)
    earlier = session.execute(query.where(CreditReservation.transfer_id == transfer_id)).one_or_none()
    if earlier is not None and tuple(earlier) != (organization_id, amount):
        raise TransferConflict(f"The transfer id {transfer_id!r} was used for another reservation.")
    return earlier is not None


def _locked_reservation(session: Session, transfer_id: str) -> RowMapping | None:
    """The reservation as it stands, with its organization's credits locked."""
    query = select(*CreditReservation.__table__.c).where(CreditReservation.transfer_id == transfer_id)
    found = session.execute(query).mappings().one_or_none()
    if found is None:
        return None
    lock(session, found["organization_id"])
    return session.execute(query).mappings().one()


def _post(session: Session, reservation: RowMapping, amount: int, post_id: str, at: datetime) -> None:
    organization_id: str = reservation["organization_id"]
    leg = Leg(account("held", organization_id), account("used", organization_id), amount)
    move(session, Transfer(post_id, organization_id, "post", [leg], at, reservation_id=reservation["transfer_id"]))
    this = CreditReservation.transfer_id == reservation["transfer_id"]
    session.execute(update(CreditReservation).where(this).values(posted=CreditReservation.posted + amount))


def _close(session: Session, reservation: RowMapping, status: str, at: datetime) -> None:
    """What was posted counts against the grants that were drawn first; the others get theirs back."""
    reservation_id, organization_id = reservation["transfer_id"], reservation["organization_id"]
    drawn = session.execute(
        select(CreditTransfer.source, CreditTransfer.amount)
        .where(CreditTransfer.transfer_id == reservation_id)
        .order_by(CreditTransfer.leg)
    )
    held, posted, back = account("held", organization_id), reservation["posted"], []
    for grant, amount in drawn:
        spent = min(posted, amount)
        posted -= spent
        if amount > spent:
            back.append(Leg(held, grant, amount - spent))
    if back:
        move(session, Transfer(f"{reservation_id}:{status}", organization_id, "release", back, at, reservation_id))
    this = CreditReservation.transfer_id == reservation_id
    session.execute(update(CreditReservation).where(this).values(status=status, closed_at=at))
