"""What older parsers made and lists that have changed are forgotten, filings never."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.domain.operations.progress import result_of
from knowledger.domain.repositories.collect import collect_unreached
from knowledger.domain.repositories.companies import look_up
from knowledger.domain.repositories.packages import fetch_packages, unfetched
from knowledger.domain.repositories.pages import Pages, key_of
from knowledger.domain.repositories.selection import Selection
from knowledger.kernel.clock import utc_now
from knowledger.models.filings import FilingDocument, FilingReading, Page, StagedPartition
from tests.repositories.archive import ACORN, ACORN_FILINGS
from tests.repositories.mill import SINCE, UNTIL

ACCESSION = ACORN_FILINGS[2].accession


@pytest.fixture
def fetched(pages: Pages) -> Pages:
    look_up(pages, ACORN, SINCE)
    with pages.sessions() as session:
        due = unfetched(session, Selection(SINCE, UNTIL, (ACORN,), ("10-K",)))
    assert result_of(fetch_packages(pages, due)) == 2
    return pages


def stored(objects: DirectoryStore, tmp_path: Path, key: str) -> str:
    (tmp_path / "made").write_text(key)
    objects.put(key, tmp_path / "made")
    return key


def read_by(session: Session, version: str, key: str, days_ago: int) -> None:
    read_at = utc_now() - timedelta(days=days_ago)
    reading = FilingReading(accession=ACCESSION, parser_version=version, object_key=key, read_at=read_at)
    reading.tables, reading.findings, reading.missing_taxonomies = {}, {}, {}
    session.add(reading)


def test_readings_of_older_parsers_go_once_nothing_is_staged_by_them(
    fetched: Pages, objects: DirectoryStore, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    keys = [stored(objects, tmp_path, f"readings/{version}/{ACCESSION}.tar") for version in ("1", "2", "3")]
    with sessions.begin() as session:
        for version, key, days_ago in zip("123", keys, (9, 8, 7), strict=True):
            read_by(session, version, key, days_ago)
        session.add(
            StagedPartition(
                repository="sec", partition="2024-01-01", digest="", parser_version="2", filings=1, files={}
            )
        )
    with sessions() as session:
        foreseen = collect_unreached(session, objects, grace=timedelta(0), dry_run=True)
        assert (foreseen.object_keys, objects.local(keys[0]).is_file()) == ([keys[0]], True)
        assert collect_unreached(session, objects, grace=timedelta(0)).object_keys == [keys[0]]
        session.execute(update(StagedPartition).values(parser_version="3"))
        session.commit()
        assert collect_unreached(session, objects, grace=timedelta(0)).object_keys == [keys[1]]
        assert collect_unreached(session, objects, grace=timedelta(0)).object_keys == []


def test_a_list_that_has_changed_goes_and_what_was_filed_stays(
    fetched: Pages, objects: DirectoryStore, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    changed = stored(objects, tmp_path, key_of("ab" * 32))
    with sessions() as session:
        assert collect_unreached(session, objects).object_keys == []
        assert collect_unreached(session, objects, grace=timedelta(0)).object_keys == [changed]
        for digest in (*session.query(FilingDocument.sha256), *session.query(Page.sha256)):
            assert objects.local(key_of(digest[0])).is_file()
