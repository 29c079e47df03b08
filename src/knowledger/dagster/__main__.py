"""`python -m knowledger.dagster`: all of Dagster, as one service."""

import gc
import os

from dagster import DagsterInstance

from knowledger.dagster.definitions import definitions
from knowledger.dagster.home import make_home, make_schema
from knowledger.dagster.nursery import Nursery
from knowledger.logs import configure_logs
from knowledger.settings import Settings
from knowledger.wiring import Wiring


def main(settings: Settings) -> None:
    """Blocks until told to stop."""
    configure_logs(settings)
    os.umask(0o077)
    database_url = Wiring(settings).database_url
    make_schema(database_url)
    make_home(settings, database_url)
    make_storage()
    definitions.get_repository_def()
    gc.collect()
    gc.freeze()  # what is never collected is never written to, and so stays shared with the children
    Nursery(settings).live()


def make_storage() -> None:
    """Dagster's tables, and their changes where a newer version has some."""
    with DagsterInstance.get() as instance:
        instance.upgrade()


if __name__ == "__main__":
    main(Settings())
