"""Billing: plans, subscriptions, invoices, credits and usage."""

from typing import TYPE_CHECKING, Literal

from knowledger.client import billing
from knowledger.client.json import JsonObject

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class Billing:
    """What the organization subscribed to, owes and used."""

    def __init__(self, driver: "Driver") -> None:
        self._driver = driver

    def plans(self) -> tuple[billing.PlanRecord, ...]:
        """What can be subscribed to."""
        return self._driver.run(billing.plans())

    def subscriptions(self) -> tuple[billing.SubscriptionRecord, ...]:
        """Those of the organization, newest first."""
        return self._driver.run(billing.subscriptions())

    def checkout(
        self, plan_name: str, resource_config: JsonObject | None = None, *, idempotency_key: str | None = None
    ) -> billing.CheckoutRecord:
        """Buy a subscription: on the page that the answer names, or on invoice and at once."""
        return self._driver.run(billing.checkout(plan_name, resource_config or {}, idempotency_key))

    def cancel(self, subscription: billing.SubscriptionRecord) -> billing.SubscriptionRecord:
        """Let it end with its period."""
        return self._driver.run(billing.cancel(subscription))

    def keep(self, subscription: billing.SubscriptionRecord) -> billing.SubscriptionRecord:
        """Take a cancellation back."""
        return self._driver.run(billing.keep(subscription))

    def change_plan(self, subscription: billing.SubscriptionRecord, plan_name: str) -> billing.SubscriptionRecord:
        """Take another plan from today on, prorated."""
        return self._driver.run(billing.change_plan(subscription, plan_name))

    def invoices(self, *, limit: int = 20) -> tuple[billing.InvoiceRecord, ...]:
        """Invoices and credit notes, newest first."""
        return self._driver.run(billing.invoices(limit))

    def credits(self) -> billing.CreditsRecord:
        """What may be spent, and the grants it is from."""
        return self._driver.run(billing.credits_now())

    def transactions(self, *, limit: int = 50) -> tuple[billing.TransactionRecord, ...]:
        """Movements of credits, newest first."""
        return self._driver.run(billing.transactions(limit))

    def usage(self) -> billing.UsageRecord:
        """What was used this month."""
        return self._driver.run(billing.usage())

    def usage_reports(self) -> tuple[billing.UsageReportRecord, ...]:
        """The reports of the months before."""
        return self._driver.run(billing.usage_reports())

    def usage_report(self, report_id: str, form: Literal["json", "csv", "html"] = "csv") -> str:
        """One report as text."""
        return self._driver.run(billing.usage_report(report_id, form))

    def ledger(self) -> str:
        """The ledger as a Beancount file."""
        return self._driver.run(billing.ledger())
