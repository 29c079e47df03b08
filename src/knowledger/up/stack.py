"""The stack: which processes there are, what each is told, and what it waits for."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from signal import SIGINT
from socket import SOCK_SEQPACKET

from pydantic import SecretStr

from knowledger.settings import Settings
from knowledger.up.addresses import local_host
from knowledger.up.embedded import EmbeddedServer
from knowledger.up.environment import bare_environment, inherited_environment
from knowledger.up.postgres import EmbeddedPostgres
from knowledger.up.readiness import http_says_ready, server_answers, socket_accepts
from knowledger.up.service import Service
from knowledger.up.told import settings_environment
from knowledger.up.valkey import EmbeddedValkey


def services(settings: Settings) -> list[Service]:
    """All that runs for these settings. What the settings say runs elsewhere is not among them."""
    servers = []
    if settings.database_url is None:
        postgres = embedded_postgres(settings)
        settings = settings.model_copy(update={"database_url": SecretStr(postgres.url())})
        servers.append(replace(_served(postgres), death_signal=SIGINT, patience=timedelta(seconds=4)))
    if settings.broker_url is None:
        valkey = embedded_valkey(settings)
        settings = settings.model_copy(update={"broker_url": SecretStr(valkey.url())})
        servers.append(replace(_served(valkey), patience=timedelta(seconds=1)))
    zygote, *programs = _programs(settings, tuple(server.name for server in servers))
    # What is not ours to load comes first, and starts while we load what is.
    return [zygote, *servers, *programs]


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    return EmbeddedPostgres(settings.home / "postgres", settings.run_directory / "postgres")


def embedded_valkey(settings: Settings) -> EmbeddedValkey:
    return EmbeddedValkey(settings.home / "valkey", settings.run_directory / "valkey")


def _served(server: EmbeddedServer) -> Service:
    return Service(
        server.name,
        tuple(server.command()),
        server.environment,
        quiet=True,
        before_start=server.ensure_initialized,
        is_ready=server_answers(server),
        identity=server.identity,
        stop_signal=server.stop_signal,
    )


def _programs(settings: Settings, servers: tuple[str, ...]) -> list[Service]:
    told = inherited_environment() | settings_environment(settings)
    database = tuple(name for name in servers if name == "postgres")
    zygote = Service(
        "sandbox",
        _python("knowledger.engine.sandbox.zygote", str(settings.sandbox_socket)),
        bare_environment(),
        is_ready=socket_accepts(settings.sandbox_socket, SOCK_SEQPACKET),
        patience=timedelta(seconds=1),
    )
    host = _program("host", "knowledger.host", told)
    api = _program("api", "knowledger.api", told)
    prepare = _program("prepare", "knowledger.up.prepare", told)
    worker = _program("worker", "knowledger.tasks.worker", told)
    return [
        zygote,
        replace(prepare, needs=database, once=True),
        # It says that it is not ready until the database is migrated.
        replace(
            api,
            needs=database,
            is_ready=http_says_ready(local_host(settings), settings.port),
            patience=timedelta(seconds=4),
        ),
        replace(worker, needs=("prepare", *servers)),
        replace(host, is_ready=socket_accepts(settings.host_socket)),
        *_pipelines(settings, told),
    ]


def _pipelines(settings: Settings, told: Mapping[str, str]) -> list[Service]:
    """Dagster, last: it takes seconds to load, and nobody waits for it. Its runs say much, which their pages show."""
    if settings.dagster != "on":
        return []
    dagster = _program("dagster", "knowledger.dagster", told)
    return [replace(dagster, needs=("api", "worker"), quiet=True, patience=timedelta(seconds=1))]


def _program(name: str, module: str, told: Mapping[str, str]) -> Service:
    return Service(name, _python(module), told, program=module)


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)
