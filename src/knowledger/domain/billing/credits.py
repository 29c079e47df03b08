"""Credits of an organization: reserve before work, post what it took, release the rest. Amounts are micro-credits.

Each function takes part in the caller's transaction. A reservation that is neither posted nor released in time goes
back by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, RowMapping, String, bindparam, func, select, text, update
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


# Grants that hold credits and may be spent at the time, in the order in which they are drawn.
_DRAWABLE = """
    SELECT a.id, a.balance, row_number() OVER by_turn AS leg, sum(a.balance) OVER by_turn - a.balance AS before
    FROM credit_accounts a JOIN credit_grants g ON g.id = a.id
    WHERE g.organization_id = :organization_id AND a.balance > 0 AND coalesce(g.expires_at > :at, true)
    WINDOW by_turn AS (ORDER BY g.priority, g.expires_at NULLS LAST, g.position)
"""

# One statement locks and the next reads: what a statement that waited for a lock sees may be older than the lock.
_LOCK_WHAT_SUFFICES = text(f"""
    SELECT id FROM credit_accounts
    WHERE id = :held AND (SELECT sum(balance) FROM ({_DRAWABLE}) AS drawable) >= :amount FOR UPDATE
""")

_RESERVE = text(f"""
    WITH earlier AS (
        SELECT organization_id, amount FROM credit_reservations WHERE transfer_id = :transfer_id
    ), drawable AS ({_DRAWABLE}), legs AS (
        SELECT id, leg, least(balance, :amount - before) AS amount FROM drawable
        WHERE before < :amount AND (SELECT sum(balance) FROM drawable) >= :amount AND NOT EXISTS (SELECT FROM earlier)
    ), written AS (
        INSERT INTO credit_transfers
            (transfer_id, leg, organization_id, kind, source, target, amount, reservation_id, at)
        SELECT :transfer_id, leg, :organization_id, 'reserve', id, :held, amount, :transfer_id, :at
        FROM legs ORDER BY leg
    ), changed AS (
        UPDATE credit_accounts AS a SET balance = a.balance + sides.change
        FROM (SELECT id, -amount AS change FROM legs UNION ALL SELECT :held, sum(amount) FROM legs) AS sides
        WHERE a.id = sides.id AND sides.change IS NOT NULL
    ), kept AS (
        INSERT INTO credit_reservations (transfer_id, organization_id, amount, reserved_at, expires_at)
        SELECT :transfer_id, :organization_id, :amount, :at, :expires_at WHERE EXISTS (SELECT FROM legs)
    )
    SELECT (SELECT organization_id FROM earlier) AS earlier, (SELECT amount FROM earlier) AS earlier_amount,
           EXISTS (SELECT FROM legs) AS is_made,
           CAST((SELECT coalesce(sum(balance), 0) FROM drawable) AS bigint) AS available
""").bindparams(
    bindparam("transfer_id", type_=String),
    bindparam("organization_id", type_=String),
    bindparam("held", type_=String),
    bindparam("amount", type_=BigInteger),
)

_LOCK_OF_RESERVATION = text("""
    SELECT id FROM credit_accounts
    WHERE id = 'held:' || (SELECT organization_id FROM credit_reservations WHERE transfer_id = :transfer_id) FOR UPDATE
""")

_POST = text("""
    WITH earlier AS (
        SELECT organization_id, kind, sum(amount) AS amount FROM credit_transfers WHERE transfer_id = :post_id
        GROUP BY organization_id, kind
    ), reservation AS (
        SELECT *, status <> 'pending' OR expires_at <= :at AS is_over FROM credit_reservations
        WHERE transfer_id = :transfer_id
    ), good AS (
        SELECT * FROM reservation
        WHERE NOT is_over AND :amount BETWEEN 1 AND amount - posted AND NOT EXISTS (SELECT FROM earlier)
    ), written AS (
        INSERT INTO credit_transfers
            (transfer_id, leg, organization_id, kind, source, target, amount, reservation_id, at)
        SELECT :post_id, 1, organization_id, 'post', 'held:' || organization_id, 'used:' || organization_id, :amount,
               :transfer_id, :at FROM good
    ), changed AS (
        UPDATE credit_accounts AS a SET balance = a.balance + CASE a.kind WHEN 'used' THEN :amount ELSE -:amount END
        FROM good WHERE a.id IN ('held:' || good.organization_id, 'used:' || good.organization_id)
    ), counted AS (
        UPDATE credit_reservations AS r SET posted = r.posted + :amount FROM good WHERE r.transfer_id = good.transfer_id
    )
    SELECT r.organization_id, r.is_over, EXISTS (SELECT FROM good) AS is_made,
           r.amount - r.posted - CASE WHEN EXISTS (SELECT FROM good) THEN :amount ELSE 0 END AS rest,
           e.organization_id AS earlier, e.kind AS earlier_kind, e.amount AS earlier_amount
    FROM reservation AS r LEFT JOIN earlier AS e ON true
""").bindparams(
    bindparam("transfer_id", type_=String), bindparam("post_id", type_=String), bindparam("amount", type_=BigInteger)
)


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
    asked = {
        "transfer_id": transfer_id,
        "organization_id": organization_id,
        "amount": require_amount(amount),
        "held": account("held", organization_id),
        "at": at,
        "expires_at": at + expires_in,
    }
    if session.execute(_LOCK_WHAT_SUFFICES, asked).one_or_none() is None:
        # Before the ledger's lock: whoever needs the customer's as well takes that one first.
        give_what_is_due(session, organization_id, at)
        lock(session, organization_id)
    found = session.execute(_RESERVE, asked).one()
    if not found.is_made and found.earlier is None and time_out_reservations(session, organization_id, at):
        found = session.execute(_RESERVE, asked).one()
    if found.earlier is not None and (found.earlier, found.earlier_amount) != (organization_id, amount):
        raise TransferConflict(f"The transfer id {transfer_id!r} was used for another reservation.")
    if not found.is_made and found.earlier is None:
        raise InsufficientCredits(required=amount, available=found.available)


def post(session: Session, transfer_id: str, amount: int, *, post_id: str, at: datetime | None = None) -> int:
    """Use credits of a reservation and say what it has left. The same `post_id` again changes nothing.

    Raises ReservationExceeded, ReservationNotFound, and ReservationClosed after its release or its time.
    """
    at = at or utc_now()
    asked = {"transfer_id": transfer_id, "post_id": post_id, "amount": require_amount(amount, least=0), "at": at}
    session.execute(_LOCK_OF_RESERVATION, asked)
    found = session.execute(_POST, asked).one_or_none()
    if found is None:
        raise ReservationNotFound(f"There is no reservation {transfer_id!r}.")
    if found.earlier is not None and (found.earlier, found.earlier_kind, found.earlier_amount) != (
        found.organization_id,
        "post",
        amount,
    ):
        raise TransferConflict(f"The transfer id {post_id!r} was used for another transfer.")
    if found.is_made or found.earlier is not None:
        return int(found.rest)
    if found.is_over:
        raise ReservationClosed(f"The reservation {transfer_id!r} is over.")
    if amount > found.rest:
        raise ReservationExceeded(
            f"{amount:,} were to be posted and {found.rest:,} are left.", required=amount, left=found.rest
        )
    return int(found.rest)


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
    drawable = select(func.coalesce(func.sum(CreditAccount.balance), 0)).join(
        CreditGrant, CreditGrant.id == CreditAccount.id
    )
    mine = drawable.where(
        CreditGrant.organization_id == organization_id,
        CreditAccount.balance > 0,
        func.coalesce(CreditGrant.expires_at > (at or utc_now()), True),
    )
    return Balance(available=int(session.execute(mine).scalar_one()), reserved=held)


def _locked_reservation(session: Session, transfer_id: str) -> RowMapping | None:
    """The reservation as it stands, with its organization's credits locked."""
    query = select(*CreditReservation.__table__.c).where(CreditReservation.transfer_id == transfer_id)
    found = session.execute(query).mappings().one_or_none()
    if found is None:
        return None
    lock(session, found["organization_id"])
    return session.execute(query).mappings().one()


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
