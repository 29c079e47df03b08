"""The ledger's one way to move credits: locked accounts, immutable transfers, balances that follow with them.

Every movement of an organization's credits first locks its `held` account, so movements of one organization follow one
another and those of different organizations never meet. READ COMMITTED is enough: what is read after the lock is what
the last holder left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from knowledger.kernel.errors import Conflict, InvalidInput
from knowledger.models.credits import CreditAccount, CreditTransfer

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
        SELECT * FROM unnest(
            CAST(:transfer_ids AS text[]), CAST(:legs AS int[]), CAST(:organization_ids AS text[]),
            CAST(:kinds AS text[]), CAST(:sources AS text[]), CAST(:targets AS text[]), CAST(:amounts AS bigint[]),
            CAST(:reservation_ids AS text[]), CAST(:ats AS timestamptz[])
        ) WITH ORDINALITY
            AS legs(transfer_id, leg, organization_id, kind, source, target, amount, reservation_id, at, place)
    ), written AS (
        INSERT INTO credit_transfers
            (transfer_id, leg, organization_id, kind, source, target, amount, reservation_id, at)
        SELECT transfer_id, leg, organization_id, kind, source, target, amount, reservation_id, at FROM legs
        ORDER BY place
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


def lock(session: Session, *organization_ids: str) -> None:
    """Be the only one to move these organizations' credits until the transaction ends.

    They are locked in one order, whatever order they are named in: two that lock some of the same wait, never for each
    other.
    """
    missing = set(organization_ids) - _locked(session, organization_ids)
    if missing:
        rows = [
            {"id": account(kind, organization_id), "organization_id": organization_id, "kind": kind}
            for organization_id in sorted(missing)
            for kind in SINGLE
        ]
        session.execute(upsert(CreditAccount).on_conflict_do_nothing(), rows)
        _locked(session, tuple(missing))


def move(session: Session, *transfers: Transfer) -> None:
    """Write the transfers and change the balances, which may not be below their floors when all are made.

    The caller holds the locks.
    """
    legs = [(transfer, number, leg) for transfer in transfers for number, leg in enumerate(transfer.legs, 1)]
    session.execute(
        _MOVE,
        {
            "transfer_ids": [transfer.transfer_id for transfer, _, _ in legs],
            "legs": [number for _, number, _ in legs],
            "organization_ids": [transfer.organization_id for transfer, _, _ in legs],
            "kinds": [transfer.kind for transfer, _, _ in legs],
            "sources": [leg.source for _, _, leg in legs],
            "targets": [leg.target for _, _, leg in legs],
            "amounts": [leg.amount for _, _, leg in legs],
            "reservation_ids": [transfer.reservation_id for transfer, _, _ in legs],
            "ats": [transfer.at for transfer, _, _ in legs],
        },
    )


def not_moved(session: Session, transfers: Sequence[Transfer]) -> list[Transfer]:
    """Those that were not made yet. Raises TransferConflict when an id was used for another transfer."""
    query = select(
        CreditTransfer.transfer_id, CreditTransfer.organization_id, CreditTransfer.kind, func.sum(CreditTransfer.amount)
    ).where(CreditTransfer.transfer_id.in_([transfer.transfer_id for transfer in transfers]))
    of_each = query.group_by(CreditTransfer.transfer_id, CreditTransfer.organization_id, CreditTransfer.kind)
    made = {transfer_id: (*of_whom, int(amount)) for transfer_id, *of_whom, amount in session.execute(of_each)}
    for transfer in transfers:
        same = (transfer.organization_id, transfer.kind, sum(leg.amount for leg in transfer.legs))
        if made.get(transfer.transfer_id, same) != same:
            raise TransferConflict(f"The transfer id {transfer.transfer_id!r} was used for another transfer.")
    return [transfer for transfer in transfers if transfer.transfer_id not in made]


def require_amount(amount: int, *, least: int = 1) -> int:
    """The amount. Raises AmountInvalid; a float is refused even when it is whole."""
    if type(amount) is not int or amount < least:
        raise AmountInvalid(f"{amount!r} is no amount of micro-credits; it is a whole number from {least} on.")
    return amount


def _locked(session: Session, organization_ids: Sequence[str]) -> set[str]:
    """Those that have accounts."""
    held = [account("held", organization_id) for organization_id in organization_ids]
    query = select(CreditAccount.organization_id).where(CreditAccount.id.in_(held)).order_by(CreditAccount.id)
    return set(session.scalars(query.with_for_update()))
