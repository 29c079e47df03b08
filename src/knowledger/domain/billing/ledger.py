"""The ledger's one way to move credits: locked accounts, immutable transfers, balances that follow with them.

Every movement of an organization's credits first locks its `held` account, so movements of one organization follow one
another and those of different organizations never meet. READ COMMITTED is enough: what is read after the lock is what
the last holder left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from knowledger.kernel.errors import Conflict, InvalidInput
from knowledger.models.credits import CreditAccount, CreditGrant, CreditTransfer

CREDIT = 1_000_000
"""Micro-credits in a credit."""

SINGLE = ("granted", "held", "used", "expired")


class TransferConflict(Conflict):
    """This transfer id was used for another transfer."""

    hint = "Use an id of its own for each transfer: the same id always means the same transfer."


class AmountInvalid(InvalidInput):
    """An amount of credits is a whole, positive number of micro-credits."""


@dataclass(frozen=True)
class Leg:
    """Credits that go from one account to another."""

    source: str
    target: str
    amount: int


@dataclass(frozen=True)
class Transfer:
    """What one client id stands for. `at` is when it counts."""

    transfer_id: str
    organization_id: str
    kind: str
    legs: Sequence[Leg]
    at: datetime
    reservation_id: str | None = None


_MOVE = text("""
    WITH legs AS (
        SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:targets AS text[]), CAST(:amounts AS bigint[]))
            WITH ORDINALITY AS legs(source, target, amount, leg)
    ), written AS (
        INSERT INTO credit_transfers
            (transfer_id, leg, organization_id, kind, source, target, amount, reservation_id, at)
        SELECT :transfer_id, leg, :organization_id, :kind, source, target, amount, :reservation_id, :at FROM legs
        ORDER BY leg
    ), changes AS (
        SELECT account, sum(change) AS change FROM (
            SELECT source AS account, -amount AS change FROM legs UNION ALL SELECT target, amount FROM legs
        ) AS sides GROUP BY account
    )
    UPDATE credit_accounts SET balance = balance + changes.change FROM changes WHERE id = changes.account
""")


def account(kind: str, organization_id: str) -> str:
    """The id of the account that an organization has one of."""
    return f"{kind}:{organization_id}"


def lock(session: Session, organization_id: str) -> None:
    """Be the only one to move this organization's credits until the transaction ends."""
    if not _locked(session, organization_id):
        rows = [
            {"id": account(kind, organization_id), "organization_id": organization_id, "kind": kind} for kind in SINGLE
        ]
        session.execute(upsert(CreditAccount).values(rows).on_conflict_do_nothing())
        _locked(session, organization_id)


def move(session: Session, transfer: Transfer) -> None:
    """Write the transfer and change the balances. The caller holds the lock; PostgreSQL refuses to go below a floor."""
    session.execute(
        _MOVE,
        {
            "transfer_id": transfer.transfer_id,
            "organization_id": transfer.organization_id,
            "kind": transfer.kind,
            "reservation_id": transfer.reservation_id,
            "at": transfer.at,
            "sources": [leg.source for leg in transfer.legs],
            "targets": [leg.target for leg in transfer.legs],
            "amounts": [leg.amount for leg in transfer.legs],
        },
    )


def was_moved(session: Session, transfer_id: str, *, organization_id: str, kind: str, amount: int) -> bool:
    """Whether this transfer was made. Raises TransferConflict when its id was used for another."""
    query = select(CreditTransfer.organization_id, CreditTransfer.kind, CreditTransfer.amount)
    legs = session.execute(query.where(CreditTransfer.transfer_id == transfer_id)).all()
    if legs and (legs[0][:2] != (organization_id, kind) or sum(leg.amount for leg in legs) != amount):
        raise TransferConflict(f"The transfer id {transfer_id!r} was used for another transfer.")
    return bool(legs)


def open_grant_account(session: Session, organization_id: str, grant: dict[str, object]) -> None:
    """An empty account for a grant; the caller then moves its credits into it."""
    account_row = {"id": grant["id"], "organization_id": organization_id, "kind": "grant"}
    session.execute(insert(CreditAccount).values(account_row))
    session.execute(insert(CreditGrant).values(organization_id=organization_id, **grant))


def require_amount(amount: int, *, least: int = 1) -> int:
    """The amount. Raises AmountInvalid; a float is refused even when it is whole."""
    if type(amount) is not int or amount < least:
        raise AmountInvalid(f"{amount!r} is no amount of micro-credits; it is a whole number from {least} on.")
    return amount


def _locked(session: Session, organization_id: str) -> bool:
    held = select(CreditAccount.id).where(CreditAccount.id == account("held", organization_id))
    return session.scalar(held.with_for_update()) is not None
