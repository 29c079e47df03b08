"""The composition root: from settings to what a shell needs."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.object_store import open_object_store
from knowledger.domain.agents.asking import Analyze
from knowledger.domain.agents.choice import Minds, Prices
from knowledger.domain.agents.tools.context import Readings
from knowledger.domain.backups.keys import KeyRing
from knowledger.domain.billing.payments import Payments
from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.tokens import SecretKeys
from knowledger.domain.graphs.engine import TableEngine
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.reading import GraphReader
from knowledger.domain.operations.pipelines import PipelineRuns
from knowledger.domain.operations.run import Runtime
from knowledger.domain.operations.submit import ring_after_commit
from knowledger.domain.repositories.engine import FilingEngine
from knowledger.domain.repositories.load import LoadFilings
from knowledger.domain.repositories.pace import SharedPace
from knowledger.domain.repositories.pages import Pages
from knowledger.domain.repositories.readings import Reader
from knowledger.domain.repositories.staging import Stager
from knowledger.domain.tenancy.bearers import AuthorizationServer
from knowledger.domain.upkeep.run_pipeline import RunPipeline
from knowledger.kernel.errors import KnowledgerError
from knowledger.settings import Settings

if TYPE_CHECKING:
    from celery import Celery

    from knowledger.adapters.celery_queue import Doorbell
    from knowledger.adapters.edgar import EdgarClient
    from knowledger.adapters.loop_thread import LoopThread
    from knowledger.engine.engine import SandboxedEngine
    from knowledger.engine.sandbox import Sandbox


class SettingMissing(KnowledgerError):
    """A setting is missing."""


class Wiring:
    """Makes each part once, when it is first asked for. Not to be carried over a fork once a part has connected."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def database_url(self) -> str:
        """SQLAlchemy's address of PostgreSQL by psycopg."""
        secret = self.settings.database_url
        if secret is None:
            raise SettingMissing(
                "KNOWLEDGER_DATABASE_URL is not set.", hint="`knowledger up` sets it for its own server."
            )
        return make_url(secret.get_secret_value()).set(drivername="postgresql+psycopg").render_as_string(False)

    @cached_property
    def database(self) -> Engine:
        return create_engine(self.database_url, pool_size=5, max_overflow=35, hide_parameters=True)

    @cached_property
    def unhurried(self) -> Engine:
        """Commits each statement by itself and does not wait for the disk: for progress and heartbeats."""
        return create_engine(
            self.database_url,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            pool_size=16,
            connect_args={"options": "-c synchronous_commit=off", "connect_timeout": 5},
        )

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Sessions that ring the doorbell for what they submitted, after their commit."""
        sessions = sessionmaker(self.database, expire_on_commit=False)
        ring_after_commit(sessions, self.doorbell.ring)
        return sessions

    @cached_property
    def celery(self) -> "Celery":
        from knowledger.adapters.celery_queue import celery_app

        secret = self.settings.broker_url
        if secret is None:
            raise SettingMissing(
                "KNOWLEDGER_BROKER_URL is not set.", hint="`knowledger up` sets it for its own server."
            )
        return celery_app(secret.get_secret_value(), waiting=(Analyze.kind, LoadFilings.kind, RunPipeline.kind))

    @cached_property
    def doorbell(self) -> "Doorbell":
        from knowledger.adapters.celery_queue import Doorbell

        return Doorbell(self.celery)

    @cached_property
    def objects(self) -> ObjectStore:
        settings = self.settings
        return open_object_store(
            settings.object_store_url,
            directory=settings.objects_directory,
            cache=settings.cache_directory,
            scratch=settings.scratch_directory,
        )

    @property
    def engine(self) -> TableEngine:
        return self._engine

    @cached_property
    def _engine(self) -> "SandboxedEngine":
        from knowledger.engine.engine import SandboxedEngine

        return SandboxedEngine(self._sandbox, self.settings)

    @cached_property
    def _sandbox(self) -> "Sandbox":
        from knowledger.engine.sandbox import Sandbox

        return Sandbox(self.settings.sandbox_socket, enabled=self.settings.sandbox)

    @cached_property
    def backup_keys(self) -> KeyRing:
        """None where the settings name none: then no backup can be made. Raises BackupKeysInvalid."""
        secret = self.settings.backup_keys
        return KeyRing.parse(secret.get_secret_value() if secret else "")

    @cached_property
    def secret_keys(self) -> SecretKeys:
        """None where the settings name none: then no secret can be kept. Raises SecretKeysInvalid."""
        secret = self.settings.secret_keys
        return SecretKeys.parse(secret.get_secret_value() if secret else "")

    @cached_property
    def authorization_server(self) -> AuthorizationServer | None:
        """Raises SettingMissing: without an audience anybody's tokens would do."""
        settings = self.settings
        if settings.oauth_issuer is None:
            return None
        audience = settings.oauth_audience or settings.public_url
        if audience is None:
            raise SettingMissing("KNOWLEDGER_OAUTH_ISSUER needs KNOWLEDGER_OAUTH_AUDIENCE or KNOWLEDGER_PUBLIC_URL.")
        from knowledger.adapters.oauth import OAuthServer

        return OAuthServer(settings.oauth_issuer, audience)

    @cached_property
    def banks(self) -> Banks:
        from knowledger.adapters.bank_feeds import PlaidFeeds

        settings = self.settings
        host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared only
        feeds = PlaidFeeds(
            client_id=settings.plaid_client_id,
            secret=settings.plaid_secret.get_secret_value() if settings.plaid_secret else None,
            environment=settings.plaid_environment,
            url=settings.plaid_url,
            webhook_url=settings.public_url,
            local_url=f"http://{host}:{settings.port}",
            example=self._example_bank if settings.example_bank else None,
        )
        return Banks(feeds, self.secret_keys)

    def _example_bank(self) -> str:
        from knowledger.examples.plaid_sandbox.server import serve_for_good

        return serve_for_good(self.settings.home / "example-bank.sqlite")

    @cached_property
    def reader(self) -> GraphReader:
        from knowledger.adapters.graph_host import GraphHostClient

        return GraphHostClient(self.settings.host_socket)

    @cached_property
    def _loop(self) -> "LoopThread":
        from knowledger.adapters.loop_thread import LoopThread

        return LoopThread()

    @cached_property
    def readings(self) -> Readings:
        """Graphs as agents read them, from plain threads."""
        from knowledger.adapters.graph_host import GraphHostClient
        from knowledger.adapters.graph_reading import HostGraphReading

        # A client of its own: connections belong to one event loop, and these are the thread's.
        sessions, loop, reader = self.sessions, self._loop, GraphHostClient(self.settings.host_socket)
        return lambda graph_id, organization_id: HostGraphReading(
            graph_id, organization_id, sessions=sessions, reader=reader, loop=loop
        )

    @cached_property
    def minds(self) -> Minds:
        from knowledger.adapters.llm import ModelMinds

        return ModelMinds(self._loop)

    @cached_property
    def prices(self) -> Prices:
        from knowledger.adapters.model_prices import PriceTable

        return PriceTable()

    @cached_property
    def runtime(self) -> Runtime:
        return Runtime(self.sessions, self.unhurried, self.settings.lease, self.doorbell.ring)

    @cached_property
    def pipelines(self) -> PipelineRuns:
        from knowledger.adapters.dagster_runs import DagsterRuns, NoRuns

        match self.settings.dagster:
            case "off":
                return NoRuns()
            case "on":
                return DagsterRuns(self.settings.dagster_web_socket)
            case url:
                return DagsterRuns(url)

    @cached_property
    def payments(self) -> Payments | None:
        """None where no provider is set up: then invoices are paid outside."""
        key, secret = self.settings.stripe_key, self.settings.stripe_webhook_secret
        if key is None:
            return None
        from knowledger.adapters.stripe import StripePayments

        shared = secret.get_secret_value() if secret else None
        return StripePayments(key.get_secret_value(), shared, self.settings.stripe_url)

    @cached_property
    def edgar(self) -> "EdgarClient":
        from knowledger.adapters.edgar import EdgarClient

        settings = self.settings
        pace = SharedPace(self.unhurried, "edgar", settings.edgar_rate)
        return EdgarClient(
            settings.edgar_url, settings.edgar_data_url, settings.edgar_contact, pace, settings.edgar_patience
        )

    @cached_property
    def pages(self) -> Pages:
        return Pages(lambda: self.edgar, self.sessions, self.objects)

    @cached_property
    def taxonomy_pages(self) -> Pages | None:
        """The publishers of standard taxonomies, who are asked at a pace of their own and not for long.

        Whoever has a mirror of EDGAR asks nobody but mirrors.
        """
        settings = self.settings
        is_mirror = settings.edgar_url != type(settings).model_fields["edgar_url"].default
        if settings.taxonomies_url is None and is_mirror:
            return None
        return Pages(lambda: self._taxonomies, self.sessions, self.objects)

    @cached_property
    def _taxonomies(self) -> "EdgarClient":
        """Paths begin with the host, so that what is before them is the scheme, or a mirror."""
        from knowledger.adapters.edgar import EdgarClient

        url, pace = self.settings.taxonomies_url or "https://", SharedPace(self.unhurried, "taxonomies", 1)
        return EdgarClient(url, url, self.settings.edgar_contact, pace, timedelta(seconds=10))

    @cached_property
    def filings(self) -> FilingEngine:
        from knowledger.engine.xbrl.engine import SandboxedFilingEngine

        return SandboxedFilingEngine(self._sandbox, self.settings)

    @cached_property
    def filing_reader(self) -> Reader:
        from knowledger.engine.sandbox import EngineCrashed, EngineTimeout, MemoryLimitExceeded

        fatal = (EngineCrashed, EngineTimeout, MemoryLimitExceeded)
        return Reader(self.sessions, self.objects, self.filings, self.settings.taxonomies_directory, fatal)

    @cached_property
    def stager(self) -> Stager:
        return Stager(self.sessions, self.objects, self._engine, self.filings)

    def close(self) -> None:
        """Give the database's connections back, for a process that goes on without this wiring."""
        for client in ("edgar", "_taxonomies"):
            if client in vars(self):
                vars(self)[client].close()
        for name in ("database", "unhurried"):
            if name in vars(self):
                vars(self)[name].dispose()
