"""Filings for tests: the two that ship with the product, the real ones where they are, and small ones of one page."""

from datetime import date
from pathlib import Path

import pytest

import knowledger
from knowledger.domain.filings.header import Filer, FilingHeader
from knowledger.engine.xbrl.parse import FilingPackage

EXAMPLES = Path(knowledger.__file__).parent / "examples" / "filings"
FIRST, SECOND = "0009999901-24-000001", "0009999901-25-000001"
FILED = {FIRST: date(2024, 3, 20), SECOND: date(2025, 3, 19)}
BROOK = Filer("0009999901", "Brook & Bell Pottery, Inc.", fiscal_year_end="0131")

EDGAR = Path(__file__).parents[3] / "../shared/edgar"
ARCHIVES = EDGAR / "Archives" / "edgar" / "data"
REAL = sorted(ARCHIVES.glob("*/*"))
needs_edgar = pytest.mark.skipif(
    not EDGAR.exists(), reason="the SEC's filings (../shared/edgar) are not on this machine"
)


def example(accession: str, **changes: bytes) -> FilingPackage:
    header = FilingHeader(accession, BROOK, form="10-K", filed_on=FILED[accession])
    return FilingPackage(header, {**documents_in(EXAMPLES / accession), **changes})


def real(directory: Path) -> FilingPackage:
    """With an accession number made of the directory's name, as EDGAR makes directories of accession numbers."""
    name = directory.name
    accession = f"{name[:10]}-{name[10:12]}-{name[12:]}" if name.isdigit() else name
    header = FilingHeader(accession, Filer(directory.parent.name.zfill(10), ""))
    return FilingPackage(header, documents_in(directory))


def only(package: FilingPackage, *endings: str, without: tuple[str, ...] = ()) -> FilingPackage:
    documents = {
        name: content
        for name, content in package.documents.items()
        if name.endswith(endings) and not name.endswith(without or ("\0",))
    }
    return FilingPackage(package.header, documents)


def documents_in(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir()) if path.suffix != ".gz"}


def inline(body: str, resources: str = "") -> FilingPackage:
    """One inline document with a context `c`, a unit `usd`, and the body given."""
    text = f"""<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"
  xmlns:ixt="http://www.xbrl.org/inlineXBRL/transformation/2020-02-12" xmlns:xbrli="http://www.xbrl.org/2003/instance"
  xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:xlink="http://www.w3.org/1999/xlink"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xbrldi="http://xbrl.org/2006/xbrldi"
  xmlns:iso4217="http://www.xbrl.org/2003/iso4217" xmlns:us-gaap="http://fasb.org/us-gaap/2024"
  xmlns:own="http://www.brookandbell.example/2024" xml:lang="en-US">
<body><ix:header>
<ix:references><link:schemaRef xlink:type="simple" xlink:href="own-2024.xsd"/></ix:references><ix:resources>
{context("c")}<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>{resources}
</ix:resources></ix:header>{body}</body></html>"""
    return FilingPackage(FilingHeader("0009999901-24-000009", BROOK), {"a.htm": text.encode()})


def context(id_: str, segment: str = "") -> str:
    inside = f"<xbrli:segment>{segment}</xbrli:segment>" if segment else ""
    return (
        f'<xbrli:context id="{id_}"><xbrli:entity><xbrli:identifier scheme="http://www.sec.gov/CIK">0009999901'
        f"</xbrli:identifier>{inside}</xbrli:entity><xbrli:period><xbrli:instant>2024-12-31</xbrli:instant>"
        f"</xbrli:period></xbrli:context>"
    )


def amount(text: str, more: str = "", context_ref: str = "c") -> str:
    return (
        f'<ix:nonFraction name="us-gaap:Assets" contextRef="{context_ref}" unitRef="usd" decimals="0"{more}>'
        f"{text}</ix:nonFraction>"
    )
