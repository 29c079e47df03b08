"""What holds between filings: who is only spoken of, and what is restated."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from knowledger.domain.filings.header import Filer
from knowledger.engine.xbrl.package import FilingPackage
from knowledger.engine.xbrl.parse import parse_filing
from knowledger.engine.xbrl.relations import relate
from knowledger.engine.xbrl.tables import write_parquet
from tests.engine.xbrl.packages import BROOK, amount, context, inline

KILN = Filer("0009999902", "Kiln Finance LLC", ticker="KLN", sic="6153")


def filed(into: Path, package: FilingPackage, accession: str, filer: Filer, day: date) -> Path:
    directory = into / accession
    directory.mkdir()
    header = replace(package.header, accession=accession, filer=filer, filed_on=day)
    parsed = parse_filing(FilingPackage(header, package.documents))
    for name, table in parsed.tables.items():
        write_parquet(table, directory / f"{name}.parquet")
    return directory


def related(into: Path, *directories: Path) -> dict[str, list[dict[str, object]]]:
    relations = into / "relations"
    relations.mkdir()
    relate(directories, relations)
    return {path.stem: pq.read_table(path).to_pylist() for path in relations.iterdir()}


def of_the_subsidiary(package: FilingPackage) -> FilingPackage:
    documents = {name: text.replace(BROOK.cik.encode(), KILN.cik.encode()) for name, text in package.documents.items()}
    return FilingPackage(package.header, documents)


def test_a_company_that_others_speak_of_is_described_by_its_own_filings(tmp_path: Path) -> None:
    subsidiary = context("k").replace(BROOK.cik, KILN.cik)
    parents = inline(amount("5") + amount("3", context_ref="k"), subsidiary)
    own = filed(tmp_path, of_the_subsidiary(inline(amount("3"))), "0009999902-24-000001", KILN, date(2024, 3, 1))
    later = filed(tmp_path, parents, "0009999901-25-000001", BROOK, date(2025, 3, 1))
    [described] = pq.read_table(own / "Entity.parquet").to_pylist()
    assert (described["name"], described["ticker"], described["sic"]) == ("Kiln Finance LLC", "KLN", "6153")
    assert pq.read_table(later / "Entity.parquet")["entity_id"].to_pylist() == [BROOK.cik]
    assert related(tmp_path, own, later)["Entity"] == []


def test_a_company_that_files_nothing_here_is_known_by_its_number(tmp_path: Path) -> None:
    subsidiary = context("k").replace(BROOK.cik, KILN.cik)
    parents = inline(amount("5") + amount("3", context_ref="k"), subsidiary)
    directory = filed(tmp_path, parents, "0009999901-25-000001", BROOK, date(2025, 3, 1))
    [spoken_of] = related(tmp_path, directory)["Entity"]
    said = {name: value for name, value in spoken_of.items() if value is not None}
    assert said == {"entity_id": KILN.cik, "name": KILN.cik, "cik": KILN.cik}


def test_another_years_taxonomy_in_a_value_restates_nothing(tmp_path: Path) -> None:
    def naming(year: int, concept: str) -> FilingPackage:
        value = f"http://fasb.org/us-gaap/{year}#{concept} http://fasb.org/us-gaap/{year}#OtherAssetsCurrent"
        return inline(f'<ix:nonNumeric name="us-gaap:LeaseAssetExtensibleList" contextRef="c">{value}</ix:nonNumeric>')

    filings = [
        filed(tmp_path, naming(2023, "OtherAssets"), "0009999901-23-000001", BROOK, date(2023, 3, 1)),
        filed(tmp_path, naming(2024, "OtherAssets"), "0009999901-24-000001", BROOK, date(2024, 3, 1)),
        filed(tmp_path, naming(2025, "Assets"), "0009999901-25-000001", BROOK, date(2025, 3, 1)),
    ]
    facts = [pq.read_table(directory / "Fact.parquet")["fact_id"][0].as_py() for directory in filings]
    [restated] = related(tmp_path, *filings)["RESTATES"]
    assert (restated["fact_id"], restated["restated_fact_id"]) == (facts[2], facts[1])
