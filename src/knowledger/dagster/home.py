"""Dagster's home: its instance as a file, made anew at each start, and the few variables that it reads."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, make_url, text

from knowledger.settings import Settings

DATABASE_VARIABLE: Final = "KNOWLEDGER_DAGSTER_STORAGE"
SCHEMA: Final = "dagster"
LOCATION: Final = "knowledger"
WORKSPACE: Final = "workspace.yaml"
_TICKS_KEPT_DAYS: Final = {"skipped": 2, "success": 30, "failure": 30, "started": 30}


def make_home(settings: Settings, database_url: str) -> None:
    """The file names the database by a variable: no secret is written down."""
    home = settings.dagster_home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, content in (("dagster.yaml", instance_file(settings)), (WORKSPACE, workspace_file(settings))):
        (home / name).write_text(json.dumps(content, indent=2) + "\n")  # which is YAML too
    os.environ.update(variables(home, database_url))


def make_schema(database_url: str) -> None:
    """Dagster's tables have a schema of their own beside ours."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    engine.dispose()


def variables(home: Path, database_url: str) -> Mapping[str, str]:
    storage = make_url(database_url).set(drivername="postgresql+psycopg2")
    storage = storage.update_query_dict({"options": f"-csearch_path={SCHEMA}", "application_name": "dagster"})
    return {
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
        DATABASE_VARIABLE: storage.render_as_string(hide_password=False),
    }


def workspace_file(settings: Settings) -> dict[str, object]:
    """Where the code is: one place, under one name for all who ask."""
    place = {"host": "localhost", "socket": str(settings.dagster_code_socket), "location_name": LOCATION}
    return {"load_from": [{"grpc_server": place}]}


def instance_file(settings: Settings) -> dict[str, object]:
    """`dagster.yaml`. Dagster's documentation, "Instance configuration", says what each part means."""
    return {
        "storage": {"postgres": {"postgres_url": {"env": DATABASE_VARIABLE}}},
        "run_launcher": {
            "module": "knowledger.dagster.launcher",
            "class": "NurseryRunLauncher",
            "config": {"socket": str(settings.dagster_run_socket)},
        },
        "run_coordinator": {
            "module": "knowledger.dagster.coordinator",
            "class": "PromptRunCoordinator",
            "config": {"max_concurrent_runs": settings.dagster_runs},
        },
        # A pool of assets is one queue: what shares a third party's pace goes one after the other.
        "concurrency": {"pools": {"default_limit": 1, "granularity": "op"}},
        # Without it the run of a killed process would be under way for ever.
        "run_monitoring": {
            "enabled": True,
            "poll_interval_seconds": 5,
            "start_timeout_seconds": 60,
            "cancel_timeout_seconds": 30,
            # Nor would a killed run ever give its place in a pool to the one that is started in its stead.
            "free_slots_after_run_end_seconds": 1,
        },
        # For runs whose process was lost; what fails by itself is tried again within its run.
        "run_retries": {"enabled": True, "max_retries": 2, "retry_on_asset_or_op_failure": False},
        "retention": {
            "schedule": {"purge_after_days": _TICKS_KEPT_DAYS},
            "sensor": {"purge_after_days": _TICKS_KEPT_DAYS},
        },
        "compute_logs": {"module": "dagster._core.storage.noop_compute_log_manager", "class": "NoOpComputeLogManager"},
        "local_artifact_storage": {
            "module": "dagster._core.storage.root",
            "class": "LocalArtifactStorage",
            "config": {"base_dir": str(settings.dagster_home)},
        },
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
    }
