"""The real client and a stand-in for EDGAR, over a socket."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy

from knowledger.adapters.edgar import EdgarClient
from knowledger.domain.repositories.edgar import (
    EdgarContactMissing,
    EdgarPageMissing,
    EdgarThrottled,
    EdgarUnavailable,
    Validators,
)
from knowledger.domain.repositories.pace import SharedPace
from tests.stand_ins.edgar import (
    EdgarStandIn,
    Trouble,
    cut,
    empty,
    failing,
    rate_page,
    rate_page_as_data,
    slow,
    too_many,
)
from tests.stand_ins.http_server import answer

TICKERS = "/files/company_tickers_exchange.json"
FILING = "/Archives/edgar/data/1/000000000124000001/report.htm"
CONTACT = "Ada Example ada@example.org"


@pytest.fixture
def edgar() -> Iterator[EdgarStandIn]:
    with EdgarStandIn({TICKERS: b'{"fields": [], "data": []}', FILING: b"<html>" + b"x" * 100_000}) as standing_in:
        yield standing_in


@pytest.fixture
def database(database_url: str) -> Iterator[sqlalchemy.Engine]:
    engine = sqlalchemy.create_engine(database_url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


class NewClient:
    """Makes clients of one deployment, and closes them."""

    def __init__(self, edgar: EdgarStandIn, database: sqlalchemy.Engine, opened: ExitStack) -> None:
        self._edgar, self._database, self._opened = edgar, database, opened

    def __call__(
        self, contact: str | None = CONTACT, rate: float = 1000, patience: timedelta = timedelta(seconds=20)
    ) -> EdgarClient:
        pace, url = SharedPace(self._database, "edgar", rate), self._edgar.url
        return self._opened.enter_context(closing(EdgarClient(url, url, contact, pace, patience)))


@pytest.fixture
def client(edgar: EdgarStandIn, database: sqlalchemy.Engine) -> Iterator[NewClient]:
    with ExitStack() as opened:
        yield NewClient(edgar, database, opened)


@pytest.mark.parametrize("contact", [None, "", "Ada"])
def test_without_an_address_to_write_to_nothing_is_asked(
    edgar: EdgarStandIn, client: NewClient, tmp_path: Path, contact: str | None
) -> None:
    with pytest.raises(EdgarContactMissing) as refused:
        client(contact).fetch(TICKERS, tmp_path / "page")
    assert "KNOWLEDGER_EDGAR_CONTACT" in str(refused.value.hint)
    assert edgar.asked == []


def test_a_page_comes_whole_and_says_who_asked(edgar: EdgarStandIn, client: NewClient, tmp_path: Path) -> None:
    fetched = client().fetch(FILING, tmp_path / "page")
    assert fetched is not None
    assert (tmp_path / "page").read_bytes() == edgar.documents[FILING]
    assert fetched.size_bytes == 100_006
    assert edgar.contacts == {f"knowledger {CONTACT}"}


def test_what_has_not_changed_is_not_sent_again(edgar: EdgarStandIn, client: NewClient, tmp_path: Path) -> None:
    asking = client()
    first = asking.fetch(TICKERS, tmp_path / "page")
    assert first is not None
    assert asking.fetch(TICKERS, tmp_path / "again", first.validators) is None
    assert asking.fetch(TICKERS, tmp_path / "other", Validators(etag='"older"')) is not None


@pytest.mark.parametrize("trouble", [failing, cut, rate_page, rate_page_as_data, empty, too_many("0")])
def test_a_trouble_that_passes_is_waited_for(
    edgar: EdgarStandIn, client: NewClient, tmp_path: Path, trouble: Trouble
) -> None:
    edgar.trouble(FILING, trouble)
    fetched = client().fetch(FILING, tmp_path / "page")
    assert fetched is not None
    assert (tmp_path / "page").read_bytes() == edgar.documents[FILING]
    assert edgar.asked == [FILING, FILING]


def test_a_slow_answer_is_read_to_its_end(edgar: EdgarStandIn, client: NewClient, tmp_path: Path) -> None:
    edgar.trouble(FILING, slow)
    fetched = client().fetch(FILING, tmp_path / "page")
    assert fetched is not None
    assert fetched.size_bytes == 100_006


@pytest.mark.parametrize("trouble", [rate_page, rate_page_as_data, empty, too_many("3600")])
def test_who_is_turned_away_for_good_learns_it_by_name(
    edgar: EdgarStandIn, client: NewClient, tmp_path: Path, trouble: Trouble
) -> None:
    edgar.trouble(TICKERS, *[trouble] * 50)
    with pytest.raises(EdgarThrottled):
        client(patience=timedelta(milliseconds=1)).fetch(TICKERS, tmp_path / "page")


def test_html_in_place_of_json_is_no_data(edgar: EdgarStandIn, client: NewClient, tmp_path: Path) -> None:
    edgar.trouble(TICKERS, lambda _: answer(b"<!DOCTYPE html><html>Welcome"))
    with pytest.raises(EdgarThrottled, match="a page in place of"):
        client(patience=timedelta(milliseconds=1)).fetch(TICKERS, tmp_path / "page")


def test_a_page_that_is_not_there_is_not_asked_for_twice(
    edgar: EdgarStandIn, client: NewClient, tmp_path: Path
) -> None:
    with pytest.raises(EdgarPageMissing, match=r"/files/none\.json"):
        client().fetch("/files/none.json", tmp_path / "page")
    assert len(edgar.asked) == 1


def test_a_server_that_is_away_is_unavailable(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    with EdgarStandIn({}) as edgar:
        url = edgar.url
    gone = EdgarClient(url, url, CONTACT, SharedPace(database, "edgar", 1000), timedelta(milliseconds=1))
    with closing(gone), pytest.raises(EdgarUnavailable):
        gone.fetch(TICKERS, tmp_path / "page")


def test_all_clients_of_a_deployment_share_one_pace(edgar: EdgarStandIn, client: NewClient, tmp_path: Path) -> None:
    clients = [client(rate=40) for _ in range(4)]
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda index: clients[index % 4].fetch(TICKERS, tmp_path / str(index)), range(21)))
    assert time.monotonic() - began >= 20 / 40


def test_a_client_told_to_wait_holds_all_others(database: sqlalchemy.Engine) -> None:
    pace, other = SharedPace(database, "edgar", 100), SharedPace(database, "edgar", 100)
    pace.hold(timedelta(seconds=600))
    assert other.turn_in_s() > 590


def test_closing_a_client_ends_its_waiting(client: NewClient, database: sqlalchemy.Engine, tmp_path: Path) -> None:
    SharedPace(database, "edgar", 1).hold(timedelta(hours=1))
    waiting = client()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(waiting.fetch, TICKERS, tmp_path / "page")
        waiting.close()
        with pytest.raises(EdgarUnavailable):
            asked.result(timeout=30)
