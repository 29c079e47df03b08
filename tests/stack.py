"""The whole stack, as `knowledger up` starts it, on a data directory of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.orm import Session

from knowledger.domain.tenancy.signin import issue_signin_link
from knowledger.settings import Settings
from knowledger.up import background
from knowledger.up.port import free_port
from knowledger.up.stack import embedded_postgres


@dataclass(frozen=True)
class Stack:
    """A running stack and its first user."""

    url: str
    api_key: str
    user_id: str
    database: sqlalchemy.Engine
    settings: Settings
    supervisor_pid: int

    def signin_link(self) -> str:
        """A fresh one-time link for the first user."""
        with Session(self.database) as session, session.begin():
            return f"{self.url}/#signin={issue_signin_link(session, self.user_id)}"


@contextmanager
def running_stack(home: Path, **chosen: Any) -> Iterator[Stack]:
    """`chosen` are settings other than the defaults; Dagster, which takes seconds and memory, is off unless chosen."""
    settings = Settings(home=home, port=free_port("127.0.0.1"), **{"dagster": "off"} | chosen)
    with background.stack(settings) as started:
        database = sqlalchemy.create_engine(embedded_postgres(settings).url())
        credentials = started.credentials
        assert started.ours is not None
        yield Stack(started.url, credentials.api_key, credentials.user_id, database, settings, started.ours.pid)
        database.dispose()
