"""The credit ledger: accounts, the transfers between them, and what is promised of them. Amounts are micro-credits."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from knowledger.models.base import Base


class CreditAccount(Base):
    """A place where credits are. The accounts of one organization always add up to zero.

    Kinds: `granted`, where all credits come from (never above zero), `grant` (one each), `held` for work under way,
    `used` and `expired`. `balance` is what transfers brought less what they took; PostgreSQL itself holds the floor.
    """

    __tablename__ = "credit_accounts"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    balance: Mapped[int] = mapped_column(BigInteger, server_default="0")

    __table_args__ = (
        CheckConstraint("CASE WHEN kind = 'granted' THEN balance <= 0 ELSE balance >= 0 END", name="floor"),
    )


class CreditGrant(Base):
    """Credits given at once, and when they end. The lower `priority` is drawn first, then the sooner end.

    `settled_at` is when overage drawn from it was billed.
    """

    __tablename__ = "credit_grants"

    id: Mapped[str] = mapped_column(ForeignKey("credit_accounts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    subscription_id: Mapped[str | None] = mapped_column(ForeignKey("subscriptions.id"))
    kind: Mapped[str] = mapped_column(String(16))
    priority: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_credit_grants_of_organization", "organization_id", "priority", "expires_at"),
        Index("ix_credit_grants_by_end", "expires_at"),
        Index(
            "ix_credit_grants_to_settle",
            "expires_at",
            postgresql_where=text("kind = 'overage' AND settled_at IS NULL"),
        ),
    )


class CreditTransfer(Base):
    """One line of the ledger, never changed: `amount` went from `source` to `target`.

    `transfer_id` is the caller's own, so that asking twice moves once; a transfer over several grants has several legs.
    """

    __tablename__ = "credit_transfers"

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transfer_id: Mapped[str] = mapped_column(String(200))
    leg: Mapped[int]
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(ForeignKey("credit_accounts.id"))
    target: Mapped[str] = mapped_column(ForeignKey("credit_accounts.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    reservation_id: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("transfer_id", "leg"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_credit_transfers_of_organization", "organization_id", "position"),
        Index("ix_credit_transfers_of_ended_grant", "source", postgresql_where=text("kind = 'expire'")),
        Index(
            "ix_credit_transfers_of_reservation", "reservation_id", postgresql_where=text("reservation_id IS NOT NULL")
        ),
    )


class CreditReservation(Base):
    """Credits held for work under way. `status`: `pending`, then `released` or `timed_out`; what was posted is used."""

    __tablename__ = "credit_reservations"

    transfer_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    posted: Mapped[int] = mapped_column(BigInteger, server_default="0")
    status: Mapped[str] = mapped_column(String(16), server_default="pending")
    reserved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("posted BETWEEN 0 AND amount", name="posted"),
        Index(
            "ix_credit_reservations_pending",
            "organization_id",
            "expires_at",
            postgresql_where=text("status = 'pending'"),
        ),
    )
