"""Billing: plans, subscriptions, invoices, credits and usage."""

from typing import TYPE_CHECKING, Literal

from knowledger.client import billing
from knowledger.client.json import JsonObject

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncBilling:
    """See `Billing`."""

    def __init__(self, driver: "AsyncDriver") -> None:
        self._driver = driver

    async def plans(self) -> tuple[billing.PlanRecord, ...]:
        return await self._driver.run(billing.plans())

    async def subscriptions(self) -> tuple[billing.SubscriptionRecord, ...]:
        return await self._driver.run(billing.subscriptions())

    async def checkout(
        self, plan_name: str, resource_config: JsonObject | None = None, *, idempotency_key: str | None = None
    ) -> billing.CheckoutRecord:
        return await self._driver.run(billing.checkout(plan_name, resource_config or {}, idempotency_key))

    async def cancel(self, subscription: billing.SubscriptionRecord) -> billing.SubscriptionRecord:
        return await self._driver.run(billing.cancel(subscription))

    async def keep(self, subscription: billing.SubscriptionRecord) -> billing.SubscriptionRecord:
        return await self._driver.run(billing.keep(subscription))

    async def change_plan(self, subscription: billing.SubscriptionRecord, plan_name: str) -> billing.SubscriptionRecord:
        return await self._driver.run(billing.change_plan(subscription, plan_name))

    async def invoices(self, *, limit: int = 20) -> tuple[billing.InvoiceRecord, ...]:
        return await self._driver.run(billing.invoices(limit))

    async def credits(self) -> billing.CreditsRecord:
        return await self._driver.run(billing.credits_now())

    async def transactions(self, *, limit: int = 50) -> tuple[billing.TransactionRecord, ...]:
        return await self._driver.run(billing.transactions(limit))

    async def usage(self) -> billing.UsageRecord:
        return await self._driver.run(billing.usage())

    async def usage_reports(self) -> tuple[billing.UsageReportRecord, ...]:
        return await self._driver.run(billing.usage_reports())

    async def usage_report(self, report_id: str, form: Literal["json", "csv", "html"] = "csv") -> str:
        return await self._driver.run(billing.usage_report(report_id, form))

    async def ledger(self) -> str:
        return await self._driver.run(billing.ledger())
