"""Billing by the clock. The domain finds what is due, under keys: a tick that is late or doubled changes nothing."""

from datetime import timedelta

from dagster import Definitions, JobDefinition, OpExecutionContext, ResourceParam, job, op

from knowledger.dagster.clockwork import RETRIES, bounded, on_the_clock
from knowledger.dagster.reports import keep
from knowledger.domain.upkeep import billing
from knowledger.domain.upkeep.reports import together
from knowledger.domain.upkeep.usage_reports import report_usage
from knowledger.kernel.clock import utc_now
from knowledger.wiring import Wiring


@op(retry_policy=RETRIES)
def give_credits_and_bill_overage(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    sessions, now = wiring.sessions, utc_now()
    keep(context, wiring, together(billing.allocate_credits(sessions, now), billing.charge_overage(sessions, now)))


@op(retry_policy=RETRIES)
def take_snapshots_and_read_meters(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    sessions, now = wiring.sessions, utc_now()
    told = billing.tell_meters(sessions, now, wiring.payments)
    keep(context, wiring, together(billing.collect_storage(sessions, now), told))


@op(retry_policy=RETRIES)
def count_days(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    keep(context, wiring, billing.count_storage(wiring.sessions, utc_now()))


@op(retry_policy=RETRIES)
def renew_number_and_collect(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    sessions, now = wiring.sessions, utc_now()
    renewed, numbered = billing.renew_subscriptions(sessions, now), billing.finalize_invoices(sessions, now)
    keep(context, wiring, together(renewed, numbered, billing.collect_payments(sessions, now, wiring.payments)))


@op(retry_policy=RETRIES)
def act_on_webhooks(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    keep(context, wiring, billing.act_on_webhooks(wiring.sessions, utc_now()))


@op(retry_policy=RETRIES)
def write_reports(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    keep(context, wiring, report_usage(wiring.sessions, utc_now()))


@op(retry_policy=RETRIES)
def check_ledger(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    keep(context, wiring, billing.check_invariants(wiring.sessions, utc_now()))


@job(tags=bounded(timedelta(hours=1)))
def credit_allocation() -> None:
    """Give each month's credits as it begins, collect what ended, and bill overage of months that are over."""
    give_credits_and_bill_overage()


@job(tags=bounded(timedelta(minutes=30)))
def usage_collection() -> None:
    """Note what every graph stores and how many credits were used, hour by hour."""
    take_snapshots_and_read_meters()


@job(tags=bounded(timedelta(hours=2)))
def storage_billing() -> None:
    """Count the storage of each day that is over, as its integral over time."""
    count_days()


@job(tags=bounded(timedelta(hours=1)))
def invoice_finalization() -> None:
    """Charge the periods that have begun, give past days their invoices, and ask for what is due."""
    renew_number_and_collect()


@job(tags=bounded(timedelta(minutes=10)))
def webhook_handling() -> None:
    """Act on what the payment provider told us and could not be acted on at once."""
    act_on_webhooks()


@job(tags=bounded(timedelta(hours=2)))
def usage_reporting() -> None:
    """Write each organization's report of the month that is over."""
    write_reports()


@job(tags=bounded(timedelta(minutes=10)))
def ledger_invariants() -> None:
    """Ask the ledger whether it is right."""
    check_ledger()


CLOCK: dict[JobDefinition, str] = {
    credit_allocation: "1,16,31,46 * * * *",
    ledger_invariants: "7,22,37,52 * * * *",
    webhook_handling: "12,27,42,57 * * * *",
    usage_collection: "0 * * * *",
    invoice_finalization: "32 * * * *",
    storage_billing: "15 0,6,12,18 * * *",
    usage_reporting: "25 * * * *",
}
"""When each looks, in UTC. Days and months begin at midnight in each customer's zone, so it is always some midnight."""

definitions = Definitions(jobs=list(CLOCK), schedules=[on_the_clock(due, cron) for due, cron in CLOCK.items()])
