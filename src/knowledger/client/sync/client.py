"""The blocking client: `Client`, whose handles ask the server."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from knowledger.client import calls, environment
from knowledger.client.json import JsonObject
from knowledger.client.records import (
    ApiKeyRecord,
    IssuedKey,
)
from knowledger.client.sync.billing import Billing
from knowledger.client.sync.graphs import Graphs
from knowledger.client.sync.models import AnsweringModel
from knowledger.client.sync.operations import Operations
from knowledger.client.sync.pipelines import Pipelines
from knowledger.client.sync.sec import Sec

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class Client:
    """A connection to one Knowledger server. Safe to use from several threads.

    `url` and `api_key` default to `KNOWLEDGER_URL` and `KNOWLEDGER_API_KEY`, and these to what `knowledger login` kept,
    or to the stack on this machine. `timeout` is how many seconds a request may stay without an answer.
    """

    def __init__(self, url: str | None = None, api_key: str | None = None, *, timeout: float = 60.0) -> None:
        from knowledger.client.sync.driver import Driver  # httpx takes 0.2 s, which `knowledger --help` shall not pay

        self.url, key = (url, api_key or environment.api_key()) if url else environment.server(api_key)
        self._driver = Driver(self.url, key, timeout)

    @cached_property
    def graphs(self) -> Graphs:
        return Graphs(self._driver)

    @cached_property
    def operations(self) -> Operations:
        return Operations(self._driver)

    @cached_property
    def billing(self) -> Billing:
        return Billing(self._driver)

    @cached_property
    def model(self) -> AnsweringModel:
        """The model that answers questions."""
        return AnsweringModel(self._driver)

    @cached_property
    def pipelines(self) -> Pipelines:
        return Pipelines(self._driver)

    @cached_property
    def sec(self) -> Sec:
        return Sec(self._driver)

    @cached_property
    def api_keys(self) -> "ApiKeys":
        return ApiKeys(self._driver)

    def user(self) -> JsonObject:
        """Who the credential belongs to, with their organizations."""
        return self._driver.run(calls.user())

    def sign_in(self, email: str, password: str) -> JsonObject:
        """Begin a session, for a client without an API key."""
        return self._driver.run(calls.sign_in(email, password))

    def close(self) -> None:
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ApiKeys:
    """The API keys of the user, in the organization where they act."""

    def __init__(self, driver: "Driver") -> None:
        self._driver = driver

    def list(self) -> tuple[ApiKeyRecord, ...]:
        """Those that still work, newest first."""
        return self._driver.run(calls.api_keys())

    def create(
        self,
        name: str,
        *,
        scopes: Iterable[str] = (),
        expires_at: datetime | None = None,
        graphs: Iterable[str] = (),
    ) -> IssuedKey:
        """Without scopes it may read and write; `admin` has to be asked for. It reaches `graphs` alone, if any."""
        return self._driver.run(calls.create_api_key(name, tuple(scopes), expires_at, tuple(graphs)))

    def revoke(self, api_key_id: str) -> None:
        self._driver.run(calls.revoke_api_key(api_key_id))
