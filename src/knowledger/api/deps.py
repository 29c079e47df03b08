"""What the routes need, given once at start and read from the application."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from starlette.requests import HTTPConnection

from knowledger.api.live.hub import Hub
from knowledger.api.lookups import Lookups
from knowledger.domain.agents.choice import Prices
from knowledger.domain.agents.tools.context import Readings
from knowledger.domain.backups.keys import KeyRing
from knowledger.domain.billing.payments import Payments
from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.tokens import SecretKeys
from knowledger.domain.graphs.engine import TableEngine
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.reading import GraphReader
from knowledger.domain.operations.pipelines import PipelineRuns
from knowledger.domain.tenancy.bearers import AuthorizationServer
from knowledger.settings import Settings

Check: TypeAlias = Callable[[], str | None]


@dataclass(frozen=True, kw_only=True)
class ApiDeps:
    """`checks` are what `/readyz` asks: each returns None when well, or says what is broken.

    `payments` gives the payment provider, where there is one, at its first use.
    """

    settings: Settings
    sessions: sessionmaker[Session]
    hub: Hub
    lookups: Lookups
    objects: ObjectStore
    reader: GraphReader
    engine: TableEngine
    pipelines: PipelineRuns
    backup_keys: KeyRing
    secret_keys: SecretKeys
    prices: Prices
    readings: Readings
    banks: Banks
    authorization_server: AuthorizationServer | None = None
    payments: Callable[[], Payments | None] = lambda: None
    checks: Mapping[str, Check] = field(default_factory=dict)
    web: Path | None = None

    @cached_property
    def looking(self) -> Engine:
        """The database with each statement by itself, which saves two round trips: for whoever only reads."""
        bind: Engine = self.sessions.kw["bind"]
        return bind.execution_options(isolation_level="AUTOCOMMIT")


def api_deps(request: HTTPConnection) -> ApiDeps:
    deps = request.app.state.deps
    assert isinstance(deps, ApiDeps)
    return deps


async def _deps(request: Request) -> ApiDeps:
    """Asynchronous, because FastAPI hands a plain function to a thread, which takes far longer than this."""
    return api_deps(request)


Deps = Annotated[ApiDeps, Depends(_deps)]
