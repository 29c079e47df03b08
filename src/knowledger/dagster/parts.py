"""Dagster's own long-lived parts, each the whole life of a forked process: code server, daemon, web server."""

import logging
import socket
import time
from pathlib import Path
from typing import Final

import uvicorn
from dagster import DagsterInstance
from dagster._cli.api import execute_run_command, grpc_command
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._daemon.cli import run_command
from dagster_webserver.app import create_app_from_workspace_process_context

from knowledger.dagster.home import LOCATION, WORKSPACE
from knowledger.settings import Settings

DEFINITIONS: Final = "knowledger.dagster.definitions"
PATH_PREFIX: Final = "/dagster"
_LOG_LEVEL: Final = "warning"


def serve_code(settings: Settings) -> None:
    """Answers for the definitions: what there is, and what a schedule or a sensor wants when it ticks."""
    settings.dagster_code_socket.unlink(missing_ok=True)
    options = ["--module-name", DEFINITIONS, "--socket", str(settings.dagster_code_socket)]
    options += ["--location-name", LOCATION, "--max-workers", "4", "--log-level", _LOG_LEVEL]
    grpc_command.main(options, standalone_mode=False)


def run_daemon(settings: Settings) -> None:
    """Ticks schedules and sensors, starts what is queued, watches over runs."""
    _wait_for(settings.dagster_code_socket)
    options = ["--workspace", str(settings.dagster_home / WORKSPACE), "--log-level", _LOG_LEVEL]
    run_command.main(options, standalone_mode=False)


def serve_web(settings: Settings, listening: socket.socket) -> None:
    """Dagster's page and its GraphQL, on a socket that is open already. Nobody is asked who they are: our API does."""
    _wait_for(settings.dagster_code_socket)
    logging.getLogger("dagster").setLevel(logging.WARNING)
    target = WorkspaceFileTarget([str(settings.dagster_home / WORKSPACE)])
    with DagsterInstance.get() as instance:
        instance.optimize_for_webserver(statement_timeout=15_000, pool_recycle=3600, max_overflow=20)
        with WorkspaceProcessContext(instance, workspace_load_target=target) as context:
            app = create_app_from_workspace_process_context(context, PATH_PREFIX)
            config = uvicorn.Config(app, log_config=None, access_log=False, ws_max_size=1 << 20, proxy_headers=False)
            uvicorn.Server(config).run(sockets=[listening])


def execute_run(arguments: list[str]) -> None:
    execute_run_command.main(arguments, standalone_mode=False)


def _wait_for(path: Path) -> None:
    while not _accepts(path):
        time.sleep(0.05)


def _accepts(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as link:
        try:
            link.connect(str(path))
        except OSError:
            return False
    return True
