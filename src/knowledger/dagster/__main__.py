"""`python -m knowledger.dagster`: all of Dagster, as one service."""

import gc
import os
import sys
from collections.abc import Callable

from dagster import DagsterInstance

from knowledger.dagster.definitions import definitions
from knowledger.dagster.forked import fork
from knowledger.dagster.home import make_home, make_schema
from knowledger.dagster.nursery import Nursery
from knowledger.logs import configure_logs
from knowledger.settings import Settings
from knowledger.wiring import Wiring


def main(settings: Settings) -> None:
    """Blocks until told to stop."""
    configure_logs(settings)
    os.umask(0o077)
    wiring = Wiring(settings)
    database_url = wiring.database_url
    make_home(settings, database_url)
    _apart(lambda: make_storage(database_url))
    load_before_the_fork(wiring)
    Nursery(settings).live()


def load_before_the_fork(wiring: Wiring) -> None:
    """Make once here what each child makes for itself: they then share the memory of its code, and start at once."""
    definitions.get_repository_def()
    _ = wiring.sessions, wiring.unhurried, wiring.objects
    gc.collect()
    gc.freeze()  # what is never collected is never written to, and so stays shared


def make_storage(database_url: str) -> None:
    """Dagster's tables, and their changes where a newer version has some."""
    make_schema(database_url)
    with DagsterInstance.get() as instance:
        instance.upgrade()


def _apart(work: Callable[[], None]) -> None:
    """In a process of its own, whose memory is gone afterwards. What went wrong there it has said itself."""
    _, status = os.waitpid(fork("kn-storage", work).pid, 0)
    if status != 0:
        sys.exit(1)


if __name__ == "__main__":
    main(Settings())
