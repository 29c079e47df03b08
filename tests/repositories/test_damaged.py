"""Packages that are damaged: each is told by its document and what is the matter, and costs no other filing."""

import io
import zipfile

import pytest

from knowledger.domain.repositories.readings import Reading
from knowledger.domain.repositories.status import list_filings
from tests.repositories.archive import EXAMPLES, POTTERY, POTTERY_FILINGS, QUARTERS, Listed, submissions
from tests.repositories.conftest import pages_of
from tests.repositories.mill import Mill
from tests.stand_ins.edgar import Document, EdgarStandIn, folder

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

ANNUAL = EXAMPLES / POTTERY_FILINGS[1].accession
PAGE = (ANNUAL / "bnb-20240203.htm").read_bytes()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(ANNUAL.iterdir()):
            archive.writestr(path.name, path.read_bytes())
    return buffer.getvalue()


WHOLE = zipped()
# Documents by accession number, and what is said of them.
DAMAGED: dict[str, tuple[dict[str, Document], str]] = {
    "0009999901-24-000011": (
        {"0009999901-24-000011-xbrl.zip": WHOLE[: len(WHOLE) // 2]},
        "0009999901-24-000011-xbrl.zip is no archive that can be opened",
    ),
    "0009999901-24-000012": (
        {"0009999901-24-000012-xbrl.zip": WHOLE[:200] + b"\xff" * 40 + WHOLE[240:]},
        "0009999901-24-000012-xbrl.zip is no archive that can be opened",
    ),
    "0009999901-24-000013": (
        {"bnb-20240203.htm": PAGE[: PAGE.index(b"f-fuel-2023")]},
        "bnb-20240203.htm, line 37: ",
    ),
    "0009999901-24-000014": (
        {"bnb.htm": b'<!DOCTYPE html [<!ENTITY a "b">]>\n' + PAGE},
        "bnb.htm, line 1: document type and entity declarations are not allowed.",
    ),
    "0009999901-24-000015": (
        {"bnb-20240203.xsd": ANNUAL / "bnb-20240203.xsd"},
        "None of the filing's documents holds XBRL.",
    ),
    "0009999901-24-000016": ({}, "EDGAR has no folder of this filing."),
}


def test_damaged_packages_are_told_by_document_and_cost_no_other(mill: Mill, shipped: EdgarStandIn) -> None:
    listed = [Listed(accession, "10-Q", "2024-06-10", "2024-05-04") for accession in DAMAGED]
    page = submissions(POTTERY, "Brook & Bell Pottery, Inc.", ["BNB"], [*POTTERY_FILINGS, *listed], year_end="0131")
    documents = {
        folder(POTTERY, accession) + name: document
        for accession, (package, _) in DAMAGED.items()
        for name, document in package.items()
    }
    everything = {**shipped.documents, **documents, f"/submissions/CIK{POTTERY}.json": page}
    with EdgarStandIn(everything) as edgar, pages_of(edgar, mill) as pages:
        assert mill.reading_from(pages).fetch(POTTERY) == 7
    assert mill.read(QUARTERS) == Reading(read=2, refused=5)
    with mill.sessions() as session:
        found = {
            one.filing.accession: one for one in list_filings(session, company=None, form=None, state=None, limit=50)
        }
    assert {filing.accession: found[filing.accession].state for filing in POTTERY_FILINGS} == {
        filing.accession: "read" for filing in POTTERY_FILINGS
    }
    said = {accession: found[accession].problem or "" for accession in DAMAGED}
    assert {accession: said[accession][: len(why)] for accession, (_, why) in DAMAGED.items()} == {
        accession: why for accession, (_, why) in DAMAGED.items()
    }
    assert said["0009999901-24-000013"].endswith("The filing's address leads to what the SEC has of it.")
