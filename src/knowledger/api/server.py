"""The API's process: from settings to a listening server."""

import gc
import importlib
import socket
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from sqlalchemy import make_url, text

import knowledger
from knowledger.api.app import assembled, equipped
from knowledger.api.deps import ApiDeps, Check
from knowledger.api.live.hub import Hub
from knowledger.api.lookups import Lookups
from knowledger.logs import configure_logs
from knowledger.models.migrate import missing_migrations
from knowledger.settings import Settings
from knowledger.wiring import Wiring

LONGEST_GOODBYE_S = 3
LOADED_BY_UVICORN_WHEN_IT_STARTS = (
    "anyio._backends._asyncio",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
)


class Server(uvicorn.Server):
    """Ends the live streams before it waits for open connections, which otherwise would never close by themselves."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._hub.stop_streams()
        await super().shutdown(sockets)


@cache
def app() -> FastAPI:
    return assembled()


def load() -> None:
    """Import and make what the server is going to use and needs no settings."""
    app()
    for module in LOADED_BY_UVICORN_WHEN_IT_STARTS:
        importlib.import_module(module)


def main(settings: Settings) -> None:
    """Serve until told to stop. Blocks."""
    configure_logs(settings)
    wiring = Wiring(settings)
    deps = api_deps(wiring)
    config = uvicorn.Config(
        equipped(app(), deps),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LONGEST_GOODBYE_S,
    )
    gc.freeze()  # what is loaded by now is never garbage, and looking through it again and again takes long
    Server(config, deps.hub).run()


def api_deps(wiring: Wiring) -> ApiDeps:
    conninfo = make_url(wiring.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    return ApiDeps(
        settings=wiring.settings,
        sessions=wiring.sessions,
        hub=Hub(conninfo),
        lookups=Lookups(conninfo),
        objects=wiring.objects,
        reader=wiring.reader,
        engine=wiring.engine,
        pipelines=wiring.pipelines,
        backup_keys=wiring.backup_keys,
        secret_keys=wiring.secret_keys,
        prices=wiring.prices,
        readings=wiring.readings,
        banks=wiring.banks,
        authorization_server=wiring.authorization_server,
        payments=lambda: wiring.payments,
        checks=checks(wiring),
        web=Path(knowledger.__file__).parent / "web",
    )


def checks(wiring: Wiring) -> Mapping[str, Check]:
    """What `/readyz` asks: each gives None, or what is broken in words."""

    def database() -> str | None:
        with wiring.database.connect() as connection:
            connection.execute(text("SELECT 1"))
        return "behind this version: run `knowledger up`" if missing_migrations(wiring.database) else None

    def broker() -> str | None:
        with wiring.celery.connection_for_write(connect_timeout=1) as connection:
            connection.ensure_connection(max_retries=1, timeout=1)
        return None

    return {
        "database": _answered("PostgreSQL does not answer", database),
        "broker": _answered("The broker does not answer; operations start late", broker),
        "graph_host": _listens("The graph host does not answer", wiring.settings.host_socket),
        "sandbox": _listens("The sandbox does not answer", wiring.settings.sandbox_socket, socket.SOCK_SEQPACKET),
    }


def _answered(problem: str, ask: Check) -> Check:
    def check() -> str | None:
        try:
            return ask()
        except Exception:
            return problem

    return check


def _listens(problem: str, path: Path, kind: socket.SocketKind = socket.SOCK_STREAM) -> Check:
    def connect() -> str | None:
        with socket.socket(socket.AF_UNIX, kind) as link:
            link.settimeout(1)
            link.connect(str(path))
        return None

    return _answered(problem, connect)
