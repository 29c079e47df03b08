"""Filings in doubt are read by Arelle as well, once, with what their publishers have of standard taxonomies."""

import tarfile
from pathlib import Path

import pytest

from knowledger.domain.operations.progress import result_of
from knowledger.domain.repositories.checks import checks_of_graph
from knowledger.domain.repositories.engine import PUBLISHED
from knowledger.domain.repositories.opinions import Opinions, ask_opinions, unasked
from knowledger.domain.repositories.readings import Reader, Reading, read_filings
from knowledger.domain.repositories.status import FilingRecord, list_filings, repository_status
from tests.engine.xbrl.packages import context
from tests.repositories.archive import POTTERY, POTTERY_FILINGS, QUARTERS, shipped_archive
from tests.repositories.conftest import pages_of
from tests.repositories.mill import Mill
from tests.repositories.test_taxonomies import PATH, SCHEMA, US_GAAP
from tests.stand_ins.edgar import SHARED, Document, EdgarStandIn, folder, whole_archive

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
NEWEST = POTTERY_FILINGS[0].accession
NETFLIX, OF_2009 = "0001065280", "0001193125-10-036181"


def record(mill: Mill, accession: str) -> FilingRecord:
    with mill.sessions() as session:
        found = list_filings(session, company=None, form=None, state="read", limit=50)
    return next(one for one in found if one.filing.accession == accession)


def test_where_arelle_reads_otherwise_it_is_said(mill: Mill, shipped: EdgarStandIn) -> None:
    """An amount in a format that nobody knows: the parser leaves it out, and Arelle does not."""
    place = f"{folder(POTTERY, NEWEST)}bnb-20250201.htm"
    page = shipped.documents[place]
    assert isinstance(page, Path)
    odd = page.read_bytes().replace(b'scale="3" format="ixt:num-dot-decimal">150<', b'scale="3" format="ixt:odd">150<')
    with EdgarStandIn({**shipped.documents, place: odd}) as edgar, pages_of(edgar, mill) as pages:
        mill.reading_from(pages).fetch(POTTERY, forms=("10-K",))
    mill.read(QUARTERS)
    mill.build(QUARTERS)
    reader = Reader(mill.sessions, mill.objects, mill.filings)
    assert result_of(ask_opinions(reader, [NEWEST])) == Opinions(asked=1, differing=1)
    found = record(mill, NEWEST)
    assert found.findings["second_opinion"] == 1
    [said] = [line for line in found.second_opinion or () if not line.startswith("Not checked")]
    assert said.startswith("Only Arelle has KilnFuelExpense of 2024-02-04/2025-02-01: (ixTransformValueError)")
    with mill.sessions() as session:
        assert repository_status(session).differing == 1
        told = next(check for check in checks_of_graph(session) if check.name == "second_opinion")
    assert (told.passed, told.message) == (False, "1 facts are read otherwise by Arelle")


def traditional() -> dict[str, Document]:
    """The newest annual report as an instance of one fact, of a concept that only the standard taxonomy declares."""
    instance = f"""<xbrli:xbrl xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:us-gaap="{US_GAAP}"
      xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:xlink="http://www.w3.org/1999/xlink">
      <link:schemaRef xlink:type="simple" xlink:href="bnb.xsd"/>{context("c")}
      <xbrli:unit id="usd"><xbrli:measure xmlns:iso4217="http://www.xbrl.org/2003/iso4217">iso4217:USD</xbrli:measure>
      </xbrli:unit><us-gaap:Revenues contextRef="c" unitRef="usd" decimals="0">12</us-gaap:Revenues></xbrli:xbrl>"""
    schema = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.brookandbell.example">
      <xs:import namespace="{US_GAAP}" schemaLocation="https:/{PATH}"/></xs:schema>"""
    place = folder(POTTERY, NEWEST)
    kept = {path: document for path, document in shipped_archive().items() if not path.startswith(place)}
    return {**kept, f"{place}bnb.xml": instance.encode(), f"{place}bnb.xsd": schema.encode()}


def importing(schema: str) -> bytes:
    """With the types of XBRL, which Arelle comes with."""
    types = "http://www.xbrl.org/2003/xbrl-instance-2003-12-31.xsd"
    imported = f'<xs:import namespace="http://www.xbrl.org/2003/instance" schemaLocation="{types}"/><xs:element'
    return schema.replace("<xs:element", imported).encode()


def test_what_arelle_has_no_taxonomy_of_is_not_checked_until_a_publisher_has_it(mill: Mill, tmp_path: Path) -> None:
    with EdgarStandIn(traditional()) as edgar, pages_of(edgar, mill) as pages:
        mill.reading_from(pages).fetch(POTTERY, forms=("10-K",))
    mill.read(QUARTERS)
    reader = Reader(mill.sessions, mill.objects, mill.filings, tmp_path / "taxonomies")
    assert result_of(ask_opinions(reader, [NEWEST])).differing == 0
    lacking = [f"Not checked: 1 facts, as the taxonomy https:/{PATH} is not stored."]
    assert record(mill, NEWEST).second_opinion == lacking
    with mill.sessions() as session:
        assert repository_status(session).unchecked == 1
        assert NEWEST in unasked(session, mill.filings.parser_version, 10), "it is asked about again"
    with EdgarStandIn({PATH: importing(SCHEMA)}) as publisher, pages_of(publisher, mill) as pages:
        for _ in range(2):
            assert result_of(ask_opinions(reader, [NEWEST], pages)).differing == 0
        assert publisher.asked.count(PATH) == 1
    assert record(mill, NEWEST).second_opinion == []


def test_what_the_parser_refuses_arelle_reads_with_the_library(mill: Mill, tmp_path: Path) -> None:
    documents, place = traditional(), f"{folder(POTTERY, NEWEST)}bnb.xml"
    instance = documents[place]
    assert isinstance(instance, bytes)
    documents[place] = instance.replace(b"</xbrli:xbrl>", b"<!-- -- --></xbrli:xbrl>")
    with EdgarStandIn(documents) as edgar, pages_of(edgar, mill) as pages:
        mill.reading_from(pages).fetch(POTTERY, forms=("10-K",))
    reader = Reader(mill.sessions, mill.objects, mill.filings, tmp_path / "taxonomies")
    assert result_of(read_filings(reader, [NEWEST])) == Reading(read=0, refused=1)
    published = tmp_path / "taxonomies" / PUBLISHED / f"https{PATH}"
    published.parent.mkdir(parents=True)
    published.write_bytes(importing(SCHEMA))
    assert result_of(read_filings(reader, [NEWEST])) == Reading(read=1, refused=0)
    found = record(mill, NEWEST)
    assert (found.facts, found.findings["fallback"]) == (1, 1)


@pytest.mark.skipif(not SHARED.exists(), reason="the SEC's filings (../shared/edgar) are not on this machine")
def test_with_its_publishers_in_reach_all_of_a_real_filing_is_checked(mill: Mill, tmp_path: Path) -> None:
    with tarfile.open(SHARED / "taxonomy" / "arelle-cache.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    cache = tmp_path / "cache" / "http"
    published: dict[str, Document] = {f"/{path.relative_to(cache)}": path for path in cache.rglob("*.xsd")}
    with EdgarStandIn(whole_archive()) as edgar, pages_of(edgar, mill) as pages:
        mill.reading_from(pages).fetch(NETFLIX, forms=("10-K",))
    mill.read(["2010-01-01"])
    reader = Reader(mill.sessions, mill.objects, mill.filings, tmp_path / "taxonomies")
    assert result_of(ask_opinions(reader, [OF_2009])) == Opinions(asked=1, differing=0)
    assert record(mill, OF_2009).findings["unchecked"] > 0
    with EdgarStandIn(published) as publisher, pages_of(publisher, mill) as pages:
        assert result_of(ask_opinions(reader, [OF_2009], pages)) == Opinions(asked=1, differing=0)
        assert len(publisher.asked) == len(set(publisher.asked))
    assert record(mill, OF_2009).second_opinion == []


def test_arelle_is_asked_once_about_filings_in_doubt(mill: Mill) -> None:
    mill.fetch(POTTERY)
    mill.read(QUARTERS)
    version = mill.filings.parser_version
    with mill.sessions() as session:
        doubted = unasked(session, version, 10)
    assert POTTERY_FILINGS[0].accession in doubted
    reader = Reader(mill.sessions, mill.objects, mill.filings)
    assert result_of(ask_opinions(reader, doubted)) == Opinions(asked=len(doubted), differing=0)
    with mill.sessions() as session:
        assert unasked(session, version, 10) == []
        status = repository_status(session)
        read = list_filings(session, company=None, form=None, state="read", limit=10)
    assert (status.asked, status.differing) == (len(doubted), 0)
    assert {one.filing.accession for one in read if one.second_opinion is not None} == set(doubted)
