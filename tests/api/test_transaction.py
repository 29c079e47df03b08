"""One request, one transaction, committed before the answer leaves."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from knowledger.api.access import PUBLIC, Router
from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from knowledger.api.transaction import Transaction
from knowledger.kernel.errors import Conflict
from tests.api.serving import serving

router = Router(tags=["notes"])


@router.post("/notes", dependencies=[PUBLIC])
def write(session: Transaction) -> str:
    session.execute(text("INSERT INTO notes VALUES (1)"))
    return "written"


@router.post("/notes/refused", dependencies=[PUBLIC])
def write_and_refuse(session: Transaction) -> None:
    session.execute(text("INSERT INTO notes VALUES (2)"))
    raise Conflict


@pytest.fixture
def notes(deps: ApiDeps, sessions: sessionmaker[Session]) -> Iterator[httpx.Client]:
    with sessions.begin() as session:
        session.execute(text("CREATE TABLE notes (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
    app = create_app(deps)
    app.include_router(router)
    with serving(app) as url, httpx.Client(base_url=url) as client:
        yield client
    with sessions.begin() as session:
        session.execute(text("DROP TABLE notes"))


def count(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        rows: int = session.execute(text("SELECT count(*) FROM notes")).scalar_one()
        return rows


def test_what_a_handler_wrote_is_there_when_its_answer_is(notes: httpx.Client, sessions: sessionmaker[Session]) -> None:
    assert notes.post("/v1/notes").json() == "written"
    assert count(sessions) == 1


def test_what_a_handler_wrote_is_gone_when_it_raises(notes: httpx.Client, sessions: sessionmaker[Session]) -> None:
    assert notes.post("/v1/notes/refused").status_code == 409
    assert count(sessions) == 0


def test_a_commit_that_fails_is_no_success(notes: httpx.Client, sessions: sessionmaker[Session]) -> None:
    notes.post("/v1/notes")
    assert notes.post("/v1/notes").json()["error"]["code"] == "InternalError"
    assert count(sessions) == 1


def test_more_requests_at_once_than_connections_all_end(notes: httpx.Client) -> None:
    with ThreadPoolExecutor(60) as crowd:
        answers = list(crowd.map(lambda _: notes.post("/v1/notes/refused").status_code, range(300)))
    assert set(answers) == {409}
