"""Standard taxonomies come from their publishers, once, and what was read without them is read again."""

from pathlib import Path

import pytest

from knowledger.domain.operations.progress import result_of
from knowledger.domain.repositories.readings import Reader, read_filings
from knowledger.domain.repositories.taxonomies import path_of, read_better
from knowledger.models.filings import FilingReading
from tests.repositories.archive import POTTERY, POTTERY_FILINGS, QUARTERS
from tests.repositories.conftest import pages_of
from tests.repositories.mill import Mill
from tests.stand_ins.edgar import EdgarStandIn

US_GAAP = "http://fasb.org/us-gaap/2024"
PATH = "/xbrl.fasb.org/us-gaap/2024/elts/us-gaap-2024.xsd"
SCHEMA = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xbrli="http://www.xbrl.org/2003/instance"
  targetNamespace="{US_GAAP}"><xs:element id="us-gaap_Revenues" name="Revenues" type="xbrli:monetaryItemType"
  substitutionGroup="xbrli:item" xbrli:periodType="duration" xbrli:balance="credit" nillable="true"/></xs:schema>"""


@pytest.fixture
def read(mill: Mill, tmp_path: Path) -> tuple[Mill, Reader]:
    mill.fetch(POTTERY, forms=("10-K",))
    reader = Reader(mill.sessions, mill.objects, mill.filings, tmp_path / "taxonomies")
    result_of(read_filings(reader, [filing.accession for filing in POTTERY_FILINGS]))
    return mill, reader


def reading(mill: Mill) -> FilingReading:
    with mill.sessions() as session:
        return session.get_one(FilingReading, (POTTERY_FILINGS[0].accession, mill.filings.parser_version))


@pytest.mark.parametrize(
    "address",
    [
        "https://publisher.example/us-gaap/2024/elts/us-gaap-2024.xsd",
        "https://xbrl.fasb.org@publisher.example/us-gaap-2024.xsd",
        "https://xbrl.fasb.org/../us-gaap-2024.xsd",
        "file:///us-gaap-2024.xsd",
        "us-gaap-2024.xsd",
    ],
)
def test_nobody_but_the_publishers_is_asked(address: str) -> None:
    assert path_of(f"https:/{PATH}") == path_of(f"http:/{PATH}") == PATH
    assert path_of(address) is None


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_taxonomy_is_fetched_once_and_explains_what_was_read(read: tuple[Mill, Reader]) -> None:
    mill, reader = read
    before = reading(mill)
    assert US_GAAP in before.missing_taxonomies
    with EdgarStandIn({PATH: SCHEMA.encode()}) as publisher, pages_of(publisher, mill) as pages:
        again = result_of(read_better(reader, pages, QUARTERS))
        assert POTTERY_FILINGS[0].accession in again
        result_of(read_filings(reader, again))
        after = reading(mill)
        assert before.missing_taxonomies.keys() - after.missing_taxonomies.keys() == {US_GAAP}
        assert after.object_key != before.object_key
        assert result_of(read_better(reader, pages, QUARTERS)) == []
        assert publisher.asked.count(PATH) == 1


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_without_publishers_filings_are_read_as_they_are(read: tuple[Mill, Reader]) -> None:
    mill, reader = read
    before = reading(mill).object_key
    assert result_of(read_better(reader, None, QUARTERS)) == []
    with EdgarStandIn({}) as publisher, pages_of(publisher, mill) as pages:
        assert result_of(read_better(reader, pages, QUARTERS)) == []
    assert reading(mill).object_key == before
