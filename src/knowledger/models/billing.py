"""What organizations agreed to, what they used and what they owe. Money is in minor units; times are UTC."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from knowledger.kernel.json import JsonObject
from knowledger.models.base import Base, JsonB

_LIVE = text("status NOT IN ('expired', 'canceled', 'failed')")


class BillingCustomer(Base):
    """An organization as somebody who pays. Its periods and days begin at midnight in `zone`."""

    __tablename__ = "billing_customers"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    zone: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    stripe_customer_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    payment_method: Mapped[JsonObject | None] = mapped_column(JsonB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Subscription(Base):
    """The standing agreement over one resource: the organization itself, a graph, or access to a repository.

    Periods are counted from `anchor`, a day in the customer's zone; `period_end` is the first moment that is not paid
    for, `allocated_until` the first whose credits are not given. `resource_id` is known once provisioning began.
    """

    __tablename__ = "subscriptions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    resource_type: Mapped[str] = mapped_column(String(16))
    resource_id: Mapped[str | None] = mapped_column(String(40))
    resource_config: Mapped[JsonObject] = mapped_column(JsonB)
    plan: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    anchor: Mapped[date]
    period_start: Mapped[datetime]
    period_end: Mapped[datetime]
    allocated_until: Mapped[datetime]
    cancel_at_period_end: Mapped[bool] = mapped_column(server_default=text("false"))
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    canceled_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    storage_billed_until: Mapped[datetime]

    checkout_session_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    checkout_url: Mapped[str | None] = mapped_column(String(2000))

    operation_id: Mapped[str | None] = mapped_column(String(40))
    provision_attempts: Mapped[int] = mapped_column(server_default="0")
    provision_at: Mapped[datetime | None]
    provision_error: Mapped[JsonObject | None] = mapped_column(JsonB)

    __table_args__ = (
        UniqueConstraint("organization_id", "idempotency_key"),
        Index("ix_subscriptions_of_organization", "organization_id", "created_at"),
        Index(
            "uq_subscriptions_live_resource",
            "organization_id",
            "resource_type",
            "resource_id",
            unique=True,
            postgresql_where=_LIVE,
        ),
        Index("ix_subscriptions_by_end", "period_end", postgresql_where=_LIVE),
        Index("ix_subscriptions_by_allocation", "allocated_until", postgresql_where=_LIVE),
        Index("ix_subscriptions_to_provision", "provision_at", postgresql_where=text("provision_at IS NOT NULL")),
    )


class Invoice(Base):
    """A bill, or a credit note that corrects one. Never changed: how it is paid stands in `Collection`.

    `number` has no gaps within its series; the amounts of the lines add up to `total`.
    """

    __tablename__ = "invoices"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[str] = mapped_column(String(32), unique=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    corrects_id: Mapped[str | None] = mapped_column(ForeignKey("invoices.id"))
    total: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    finalized_at: Mapped[datetime]
    due_at: Mapped[datetime]

    __table_args__ = (Index("ix_invoices_of_organization", "organization_id", "finalized_at"),)


class InvoiceLine(Base):
    """One thing to pay for, or to give back. `key` says what it is for, so that nothing is billed twice.

    It may change only until it has its invoice. `bill_at` is the earliest moment for that.
    """

    __tablename__ = "invoice_lines"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    subscription_id: Mapped[str | None] = mapped_column(ForeignKey("subscriptions.id"))
    invoice_id: Mapped[str | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    description: Mapped[str] = mapped_column(String(500))
    quantity: Mapped[Decimal] = mapped_column(Numeric)
    unit: Mapped[str] = mapped_column(String(32))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    period_start: Mapped[datetime]
    period_end: Mapped[datetime]
    bill_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_invoice_lines_to_bill", "organization_id", "bill_at", postgresql_where=text("invoice_id IS NULL")),
    )


class InvoiceSeries(Base):
    """The last number given in a series. Taken and used in one transaction, so that none is lost."""

    __tablename__ = "invoice_series"

    series: Mapped[str] = mapped_column(String(16), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


class Collection(Base):
    """How an invoice is being paid: `open`, `paid`, `void` (by a credit note) or `uncollectible`."""

    __tablename__ = "invoice_collections"

    invoice_id: Mapped[str] = mapped_column(ForeignKey("invoices.id"), primary_key=True)
    status: Mapped[str] = mapped_column(String(16))
    paid: Mapped[int] = mapped_column(BigInteger, server_default="0")
    paid_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(String(255))
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime | None]
    error: Mapped[JsonObject | None] = mapped_column(JsonB)

    __table_args__ = (Index("ix_invoice_collections_due", "next_attempt_at", postgresql_where=text("status = 'open'")),)


class StorageSnapshot(Base):
    """What a graph stored at one hour's beginning. It outlives the graph, so that its last day is billed."""

    __tablename__ = "storage_snapshots"

    graph_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    stored_bytes: Mapped[int] = mapped_column(BigInteger)


class StorageDay(Base):
    """What a graph stored over one day in its customer's zone, as an integral over time.

    `carried_hours` is for how many hours a snapshot was missing and the one before was taken; above zero, the day is
    flagged as estimated in what the customer sees.
    """

    __tablename__ = "storage_days"

    graph_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    day_start: Mapped[datetime]
    day_end: Mapped[datetime]
    byte_seconds: Mapped[int] = mapped_column(Numeric(30, 0))
    included_bytes: Mapped[int] = mapped_column(BigInteger)
    over_byte_seconds: Mapped[int] = mapped_column(Numeric(30, 0))
    carried_hours: Mapped[int]

    __table_args__ = (
        CheckConstraint("byte_seconds >= 0 AND over_byte_seconds >= 0", name="positive"),
        Index("ix_storage_days_of_organization", "organization_id", "day_start"),
    )


class UsageReport(Base):
    """What an organization used in one month, as it was found then; `figures` is what the other two are drawn from."""

    __tablename__ = "usage_reports"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    period_start: Mapped[datetime]
    period_end: Mapped[datetime]
    figures: Mapped[JsonObject] = mapped_column(JsonB)
    csv: Mapped[str]
    html: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("organization_id", "period_start"),)


class StripeEvent(Base):
    """What Stripe told us, once by its own id, and whether it was acted on."""

    __tablename__ = "stripe_events"

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    body: Mapped[JsonObject] = mapped_column(JsonB)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[JsonObject | None] = mapped_column(JsonB)

    __table_args__ = (Index("ix_stripe_events_open", "received_at", postgresql_where=text("handled_at IS NULL")),)


class MeterReading(Base):
    """Credits used in one hour, to be told to Stripe's meter once."""

    __tablename__ = "meter_readings"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    used: Mapped[int] = mapped_column(BigInteger)
    sent_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_meter_readings_unsent", "hour", postgresql_where=text("sent_at IS NULL")),)


class LedgerFinding(Base):
    """A run of the ledger's invariants: what it looked at, and what it found wrong (nothing, when all is well)."""

    __tablename__ = "ledger_findings"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    accounts: Mapped[int] = mapped_column(BigInteger)
    problems: Mapped[list[JsonObject]] = mapped_column(JsonB)
