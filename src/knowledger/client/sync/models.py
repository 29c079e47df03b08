"""The model that answers questions."""

from typing import TYPE_CHECKING

from knowledger.client import models

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class AnsweringModel:
    """Of your organization; where you belong to several, say of which by its id."""

    def __init__(self, driver: "Driver") -> None:
        self._driver = driver

    def show(self, organization_id: str | None = None) -> models.ModelRecord:
        return self._driver.run(models.shown(organization_id))

    def choose(
        self,
        provider: models.Provider,
        model: str,
        *,
        base_url: str | None = None,
        key: str | None = None,
        organization_id: str | None = None,
    ) -> models.ModelRecord:
        """Without a key the one that is kept stays, as long as provider and URL do."""
        return self._driver.run(models.chosen(organization_id, provider, model, base_url, key))

    def forget(self, organization_id: str | None = None) -> None:
        """Have the offline analyst answer; the key is deleted."""
        self._driver.run(models.forgotten(organization_id))
