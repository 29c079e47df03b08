"""The asynchronous client: `AsyncClient`, its handles those of `Client` with `await` before what asks the server."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from knowledger.client import calls, environment
from knowledger.client.asynchronous.billing import AsyncBilling
from knowledger.client.asynchronous.graphs import AsyncGraphs
from knowledger.client.asynchronous.models import AsyncAnsweringModel
from knowledger.client.asynchronous.operations import AsyncOperations
from knowledger.client.asynchronous.pipelines import AsyncPipelines
from knowledger.client.asynchronous.sec import AsyncSec
from knowledger.client.json import JsonObject
from knowledger.client.records import (
    ApiKeyRecord,
    IssuedKey,
)

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncClient:
    """See `Client`."""

    def __init__(self, url: str | None = None, api_key: str | None = None, *, timeout: float = 60.0) -> None:
        from knowledger.client.asynchronous.driver import (
            AsyncDriver,  # httpx takes 0.2 s, which `knowledger --help` shall not pay
        )

        self.url, key = (url, api_key or environment.api_key()) if url else environment.server(api_key)
        self._driver = AsyncDriver(self.url, key, timeout)

    @cached_property
    def graphs(self) -> AsyncGraphs:
        return AsyncGraphs(self._driver)

    @cached_property
    def operations(self) -> AsyncOperations:
        return AsyncOperations(self._driver)

    @cached_property
    def billing(self) -> AsyncBilling:
        return AsyncBilling(self._driver)

    @cached_property
    def model(self) -> AsyncAnsweringModel:
        """The model that answers questions."""
        return AsyncAnsweringModel(self._driver)

    @cached_property
    def pipelines(self) -> AsyncPipelines:
        return AsyncPipelines(self._driver)

    @cached_property
    def sec(self) -> AsyncSec:
        return AsyncSec(self._driver)

    @cached_property
    def api_keys(self) -> "AsyncApiKeys":
        return AsyncApiKeys(self._driver)

    async def user(self) -> JsonObject:
        return await self._driver.run(calls.user())

    async def sign_in(self, email: str, password: str) -> JsonObject:
        return await self._driver.run(calls.sign_in(email, password))

    async def close(self) -> None:
        await self._driver.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class AsyncApiKeys:
    """See `ApiKeys`."""

    def __init__(self, driver: "AsyncDriver") -> None:
        self._driver = driver

    async def list(self) -> tuple[ApiKeyRecord, ...]:
        return await self._driver.run(calls.api_keys())

    async def create(
        self,
        name: str,
        *,
        scopes: Iterable[str] = (),
        expires_at: datetime | None = None,
        graphs: Iterable[str] = (),
    ) -> IssuedKey:
        return await self._driver.run(calls.create_api_key(name, tuple(scopes), expires_at, tuple(graphs)))

    async def revoke(self, api_key_id: str) -> None:
        await self._driver.run(calls.revoke_api_key(api_key_id))
