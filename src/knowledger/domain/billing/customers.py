"""Organizations as those who pay: opened by themselves, on the default plan, with the first month's credits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.plans import catalogue
from knowledger.kernel.errors import InvalidInput, KnowledgerError
from knowledger.models.billing import BillingCustomer, Subscription
from knowledger.models.tenancy import Organization

DEFAULT_ZONE = "UTC"
DEFAULT_KEY = "default"
"""The key of the order by which an organization gets a subscription of its own."""

BATCH = 200
"""Organizations in one transaction: enough that its cost is theirs, few enough that no spender waits for long."""


class UnknownZone(InvalidInput):
    """There is no such time zone."""

    hint = "Name it as the IANA database does, like Europe/Paris."


class SomeFailed(KnowledgerError):
    """Not every organization could be done; the others were."""


@dataclass(frozen=True)
class Customer:
    """Who pays, with the organization's billing locked for this transaction."""

    organization_id: str
    zone: ZoneInfo
    currency: str
    stripe_customer_id: str | None
    payment_method_id: str | None


def lock_customer(session: Session, organization_id: str) -> Customer:
    """Be the only one to change what this organization agreed to and owes, until the transaction ends."""
    return lock_customers(session, [organization_id])[organization_id]


def lock_customers(session: Session, organization_ids: Sequence[str]) -> dict[str, Customer]:
    """Many at once, by their ids. Whatever order they are named in, they are locked in one."""
    rows = _locked(session, organization_ids)
    if missing := sorted(set(organization_ids) - rows.keys()):
        new = [{"organization_id": it, "zone": DEFAULT_ZONE, "currency": catalogue().currency} for it in missing]
        session.execute(insert(BillingCustomer).on_conflict_do_nothing(), new)
        rows |= _locked(session, missing)
    return {organization_id: _customer(row) for organization_id, row in rows.items()}


def find_customer(session: Session, organization_id: str) -> BillingCustomer | None:
    return session.get(BillingCustomer, organization_id)


def set_zone(session: Session, organization_id: str, zone: str) -> None:
    """Where the organization's days begin from the next period on. Raises UnknownZone."""
    if zone not in available_timezones():
        raise UnknownZone(f"There is no time zone {zone!r}.")
    lock_customer(session, organization_id)
    this = BillingCustomer.organization_id == organization_id
    session.execute(update(BillingCustomer).where(this).values(zone=zone))


def unopened_organizations(session: Session) -> list[str]:
    """Those without a subscription of their own."""
    opened = exists().where(
        Subscription.organization_id == Organization.id, Subscription.idempotency_key == DEFAULT_KEY
    )
    return list(session.scalars(select(Organization.id).where(~opened).order_by(Organization.id)))


def each(
    sessions: sessionmaker[Session], organization_ids: Sequence[str], work: Callable[[Session, str], object]
) -> int:
    """Do the work for each in a transaction of its own, and say for how many it was done.

    One that fails does not hold up the others. Raises SomeFailed when all were tried.
    """
    failed = dict[str, str]()
    for organization_id in organization_ids:
        try:
            with sessions.begin() as session:
                work(session, organization_id)
        except KnowledgerError as error:
            failed[organization_id] = error.message
    if failed:
        raise SomeFailed(f"{len(failed)} of {len(organization_ids)} organizations failed.", failed=failed)
    return len(organization_ids)


def in_batches(
    sessions: sessionmaker[Session], organization_ids: Sequence[str], work: Callable[[Session, Sequence[str]], object]
) -> int:
    """Do the work for many of them in one transaction, and say for how many it was done.

    Those of a batch in which one fails are done one by one. Raises SomeFailed when all were tried.
    """
    apart = list[str]()
    for first in range(0, len(organization_ids), BATCH):
        batch = organization_ids[first : first + BATCH]
        try:
            with sessions.begin() as session:
                work(session, batch)
        except KnowledgerError:
            apart += batch
    each(sessions, apart, lambda session, organization_id: work(session, [organization_id]))
    return len(organization_ids)


def _locked(session: Session, organization_ids: Sequence[str]) -> dict[str, BillingCustomer]:
    query = select(BillingCustomer).where(BillingCustomer.organization_id.in_(organization_ids))
    in_order = query.order_by(BillingCustomer.organization_id).with_for_update()
    found = session.scalars(in_order.execution_options(populate_existing=True))
    return {row.organization_id: row for row in found}


def _customer(row: BillingCustomer) -> Customer:
    method = row.payment_method or {}
    return Customer(
        row.organization_id,
        ZoneInfo(row.zone),
        row.currency,
        row.stripe_customer_id,
        str(method["id"]) if "id" in method else None,
    )
