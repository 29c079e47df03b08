"""The parts that Knowledger stands on: PostgreSQL, the broker, the object store. Each is asked, not only looked at."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import sqlalchemy
from kombu.connection import Connection
from pydantic import SecretStr
from sqlalchemy import text

from knowledger.kernel.errors import KnowledgerError
from knowledger.models.migrate import missing_migrations
from knowledger.settings import Settings
from knowledger.up import binaries
from knowledger.up.checks.check import Check, fail, ok, warn
from knowledger.up.stack import embedded_postgres, embedded_valkey
from knowledger.wiring import Wiring

CLOCK_TOLERANCE_S = 2.0
CONNECT_TIMEOUT_S = 5


def postgres_program(settings: Settings) -> Check:
    if settings.database_url is not None:
        return ok("PostgreSQL server", "not needed: KNOWLEDGER_DATABASE_URL names another one")
    return _program("PostgreSQL server", lambda: binaries.postgres_binaries() / "postgres")


def valkey_program(settings: Settings) -> Check:
    if settings.broker_url is not None:
        return ok("Valkey server", "not needed: KNOWLEDGER_BROKER_URL names another broker")
    return _program("Valkey server", binaries.valkey_binary)


def database(settings: Settings) -> Check:
    url = _database_url(settings)
    if url is None:
        return ok("database", "starts with `knowledger up`")
    try:
        version = _ask(url, "SHOW server_version")
        behind = missing_migrations(_engine(url))
    except sqlalchemy.exc.SQLAlchemyError as error:
        return fail("database", f"does not answer: {_reason(error)}", "Check KNOWLEDGER_DATABASE_URL and the server.")
    if behind:
        return warn("database", f"PostgreSQL {version}, not migrated yet", "`knowledger up` migrates it.")
    return ok("database", f"PostgreSQL {version}, migrated")


def clock(settings: Settings) -> Check:
    """Leases go by the database's clock; a clock far from it makes times on the screen wrong, and sessions expire."""
    url = _database_url(settings)
    try:
        theirs = _ask(url, "SELECT clock_timestamp()") if url is not None else None
    except sqlalchemy.exc.SQLAlchemyError:
        theirs = None
    if not isinstance(theirs, datetime):
        return ok("clock", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, with no database to compare it to")
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    if apart > CLOCK_TOLERANCE_S:
        return warn("clock", f"{apart:.0f} s from the database's", "Synchronize both: `timedatectl set-ntp true`.")
    return ok("clock", f"within {max(apart, 0.001):.3f} s of the database's")


def broker(settings: Settings) -> Check:
    url = _broker_url(settings)
    if url is None:
        return ok("broker", "starts with `knowledger up`")
    try:
        with Connection(url, connect_timeout=CONNECT_TIMEOUT_S) as connection:
            connection.ensure_connection(max_retries=1, timeout=CONNECT_TIMEOUT_S)
    except Exception as error:  # every transport raises its own
        return fail("broker", f"does not answer: {_reason(error)}", "Check KNOWLEDGER_BROKER_URL and the server.")
    return ok("broker", "answers")


def pipelines(settings: Settings) -> Check:
    """Dagster starts last, some seconds after the API."""
    if settings.dagster == "off":
        return warn("pipelines", "are turned off: nothing runs by the clock", "Unset KNOWLEDGER_DAGSTER.")
    if settings.dagster == "on" and not embedded_postgres(settings).is_ready():
        return ok("pipelines", "start with `knowledger up`")
    try:
        found = Wiring(settings).pipelines.pipelines()
    except KnowledgerError as error:
        remedy = "Wait some seconds after a start; `logs/dagster.log` in the data directory has what it said."
        return fail("pipelines", error.message, remedy)
    off = [trigger.name for item in found for trigger in item.triggers if not trigger.is_on]
    if off:
        return warn("pipelines", f"{', '.join(off)} is turned off", "Turn it on at `/dagster`.")
    return ok("pipelines", f"{len(found)} are there")


def object_store(settings: Settings) -> Check:
    """Writes a small object, reads it and removes it."""
    key, content = f"doctor/{uuid4().hex}", b"knowledger"
    remedy = "Check KNOWLEDGER_OBJECT_STORE_URL and its credentials, or the data directory's owner and free space."
    try:
        objects = Wiring(settings).objects
        with objects.scratch("doctor") as scratch:
            (scratch / "object").write_bytes(content)
            objects.put(key, scratch / "object")
        same = objects.local(key).read_bytes() == content
        objects.delete(key)
    except (OSError, KnowledgerError) as error:
        return fail("object store", f"cannot be written: {_reason(error)}", remedy)
    return (
        ok("object store", "takes and gives files") if same else fail("object store", "gave other bytes back", remedy)
    )


def _program(name: str, find: Callable[[], Path]) -> Check:
    try:
        shown = subprocess.run([find(), "--version"], capture_output=True, check=True, text=True)
    except KnowledgerError as error:
        return fail(name, error.message, error.hint or "")
    except (OSError, subprocess.CalledProcessError) as error:
        return fail(name, f"does not run here: {_reason(error)}", "Install one with the system's package manager.")
    return ok(name, shown.stdout.strip())


def _database_url(settings: Settings) -> str | None:
    """None while the embedded server does not run."""
    if settings.database_url is None:
        postgres = embedded_postgres(settings)
        if not postgres.is_ready():
            return None
        settings = settings.model_copy(update={"database_url": SecretStr(postgres.url())})
    return Wiring(settings).database_url


def _broker_url(settings: Settings) -> str | None:
    if settings.broker_url is not None:
        return settings.broker_url.get_secret_value()
    valkey = embedded_valkey(settings)
    return valkey.url() if valkey.is_ready() else None


def _ask(url: str, question: str) -> object:
    with _engine(url).connect() as connection:
        return connection.scalar(text(question))


def _engine(url: str) -> sqlalchemy.Engine:
    timeout = {"connect_timeout": CONNECT_TIMEOUT_S}
    return sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool, connect_args=timeout)


def _reason(error: BaseException) -> str:
    """The first line of what the innermost part said, without our own wrapping."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0] if said else type(error).__name__
