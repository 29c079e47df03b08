"""The model that answers questions."""

from typing import TYPE_CHECKING

from knowledger.client import models

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncAnsweringModel:
    """Of your organization; where you belong to several, say of which by its id."""

    def __init__(self, driver: "AsyncDriver") -> None:
        self._driver = driver

    async def show(self, organization_id: str | None = None) -> models.ModelRecord:
        return await self._driver.run(models.shown(organization_id))

    async def choose(
        self,
        provider: models.Provider,
        model: str,
        *,
        base_url: str | None = None,
        key: str | None = None,
        organization_id: str | None = None,
    ) -> models.ModelRecord:
        """Without a key the one that is kept stays, as long as provider and URL do."""
        return await self._driver.run(models.chosen(organization_id, provider, model, base_url, key))

    async def forget(self, organization_id: str | None = None) -> None:
        """Have the offline analyst answer; the key is deleted."""
        await self._driver.run(models.forgotten(organization_id))
