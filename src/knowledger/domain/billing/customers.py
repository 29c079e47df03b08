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
    row = _locked(session, organization_id)
    if row is None:
        new = {"organization_id": organization_id, "zone": DEFAULT_ZONE, "currency": catalogue().currency}
        session.execute(insert(BillingCustomer).values(new).on_conflict_do_nothing())
        row = _locked(session, organization_id)
        assert row is not None
    method = row.payment_method or {}
    return Customer(
        organization_id,
        ZoneInfo(row.zone),
        row.currency,
        row.stripe_customer_id,
        str(method["id"]) if "id" in method else None,
    )


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
    sessions: sessionmaker[Session],
    organization_ids: Sequence[str],
    work: Callable[[Session, str], object],
    *,
    together: int = 1,
) -> int:
    """Do the work for each, so many of them in one transaction, and say for how many it was done.

    One that fails does not hold up the others. Raises SomeFailed when all were tried. Several together
    are for work that locks nothing but its own organization: they are locked one after another, in the order given.
    """
    failed = dict[str, str]()
    for first in range(0, len(organization_ids), together):
        with sessions.begin() as session:
            for organization_id in organization_ids[first : first + together]:
                try:
                    with session.begin_nested():
                        work(session, organization_id)
                except KnowledgerError as error:
                    failed[organization_id] = error.message
    if failed:
        raise SomeFailed(f"{len(failed)} of {len(organization_ids)} organizations failed.", failed=failed)
    return len(organization_ids)


def _locked(session: Session, organization_id: str) -> BillingCustomer | None:
    query = select(BillingCustomer).where(BillingCustomer.organization_id == organization_id)
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))
