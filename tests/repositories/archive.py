"""A small EDGAR of two companies: one with an older page and an amendment, the other with a filing of both."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import knowledger
from knowledger.kernel.json import JsonObject, JsonValue
from tests.stand_ins.edgar import Document, folder

EXAMPLES = Path(knowledger.__file__).parent / "examples" / "filings"


@dataclass(frozen=True)
class Listed:
    """A filing as a company's submissions list it."""

    accession: str
    form: str
    filed: str
    period: str
    is_xbrl: bool = True
    primary: str = "report.htm"


ACORN, BIRCH = "0000000011", "0000000012"
ACORN_FILINGS = (
    Listed("0000000011-24-000003", "10-K/A", "2024-05-02", "2023-12-31"),
    Listed("0000000011-24-000002", "8-K", "2024-03-01", "2024-02-29"),
    Listed("0000000011-24-000001", "10-K", "2024-02-20", "2023-12-31"),
)
ACORN_OLDER = (Listed("0000000011-12-000001", "10-K", "2012-02-21", "2011-12-31"),)
BIRCH_FILINGS = (
    Listed("0000000012-24-000009", "10-Q", "2024-05-10", "2024-03-31", is_xbrl=False),
    ACORN_FILINGS[2],
)
REPORT = b"<html><body>A report</body></html>"
SCHEMA = b"<schema/>"


def small_archive() -> dict[str, Document]:
    """The annual report has an XBRL package, the amendment its documents, the older one no folder."""
    annual, amendment = folder(ACORN, ACORN_FILINGS[2].accession), folder(ACORN, ACORN_FILINGS[0].accession)
    return {
        "/files/company_tickers_exchange.json": listings((11, "Acorn Inc.", "ACRN"), (12, "Birch Corp", "BRC-A")),
        f"/submissions/CIK{ACORN}.json": submissions(ACORN, "Acorn Inc.", ["ACRN"], ACORN_FILINGS, "older.json"),
        "/submissions/older.json": encoded(columns(ACORN_OLDER)),
        f"/submissions/CIK{BIRCH}.json": submissions(BIRCH, "Birch Corp", ["BRC-A"], BIRCH_FILINGS),
        f"{annual}{ACORN_FILINGS[2].accession}-xbrl.zip": b"PK of all",
        f"{annual}report.htm": REPORT,
        f"{annual}R1.htm": b"made by the SEC",
        f"{amendment}report.htm": REPORT,
        f"{amendment}acorn-20231231.xsd": SCHEMA,
        f"{amendment}R2.htm": b"made by the SEC",
        f"{amendment}FilingSummary.xml": b"made by the SEC",
        f"{amendment}picture.jpg": b"a picture",
    }


def listings(*companies: tuple[int, str, str]) -> bytes:
    data: list[JsonValue] = [[cik, name, ticker, "NYSE"] for cik, name, ticker in companies]
    return encoded({"fields": ["cik", "name", "ticker", "exchange"], "data": data})


def submissions(
    cik: str, name: str, tickers: list[str], filings: Sequence[Listed], *older: str, year_end: str = "1231"
) -> bytes:
    pages: list[JsonValue] = [
        {"name": page, "filingCount": 1, "filingFrom": "2010-01-01", "filingTo": "2013-12-31"} for page in older
    ]
    return encoded(
        {
            "cik": cik,
            "name": name,
            "tickers": list(tickers),
            "exchanges": ["NYSE"],
            "sic": "3571",
            "sicDescription": "Computers",
            "fiscalYearEnd": year_end,
            "filings": {"recent": columns(filings), "files": pages},
        }
    )


def columns(filings: Sequence[Listed]) -> JsonObject:
    return {
        "accessionNumber": [item.accession for item in filings],
        "form": [item.form for item in filings],
        "filingDate": [item.filed for item in filings],
        "reportDate": [item.period for item in filings],
        "acceptanceDateTime": [f"{item.filed}T16:05:00.000Z" for item in filings],
        "primaryDocument": [item.primary for item in filings],
        "isXBRL": [int(item.is_xbrl) for item in filings],
        "isInlineXBRL": [int(item.is_xbrl) for item in filings],
    }


def encoded(document: JsonObject) -> bytes:
    return json.dumps(document).encode()


POTTERY = "0009999901"
POTTERY_FILINGS = (
    Listed("0009999901-25-000001", "10-K", "2025-03-19", "2025-02-01", primary="bnb-20250201.htm"),
    Listed("0009999901-24-000001", "10-K", "2024-03-20", "2024-02-03", primary="bnb-20240203.htm"),
)
BROKEN = Listed("0009999901-24-000007", "10-Q", "2024-06-10", "2024-05-04")
QUARTERS = ("2024-01-01", "2024-04-01", "2025-01-01")


def shipped_archive() -> dict[str, Document]:
    """An EDGAR of the filings that ship with the product, and one more that is damaged."""
    found: dict[str, Document] = {
        "/files/company_tickers_exchange.json": listings((9999901, "Brook & Bell Pottery, Inc.", "BNB")),
        f"/submissions/CIK{POTTERY}.json": submissions(
            POTTERY, "Brook & Bell Pottery, Inc.", ["BNB"], (*POTTERY_FILINGS, BROKEN), year_end="0131"
        ),
        f"{folder(POTTERY, BROKEN.accession)}report.htm": b"<html xmlns:ix='http://www.xbrl.org/2013/inlineXBRL'><ix:",
    }
    for filing in POTTERY_FILINGS:
        for path in sorted((EXAMPLES / filing.accession).iterdir()):
            found[folder(POTTERY, filing.accession) + path.name] = path
    return found
