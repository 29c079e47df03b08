"""The filings that ship with the product: everything a filing holds, in a size that can be read."""

import tarfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from knowledger.domain.filings.findings import Rule
from knowledger.domain.operations.progress import result_of
from knowledger.domain.repositories.engine import TABLES, FilingToParse, ParsedFiling, RefusedFiling
from knowledger.engine.sandbox import Sandbox
from knowledger.engine.xbrl.engine import SandboxedFilingEngine
from knowledger.engine.xbrl.parse import FilingRows, parse_filing
from knowledger.engine.xbrl.tables import arrow_schemas
from tests.engine.xbrl.packages import EXAMPLES, FIRST, SECOND, example


class Limits:
    engine_memory = 512 * 2**20


@pytest.fixture(scope="module")
def first() -> FilingRows:
    return parse_filing(example(FIRST))


@pytest.fixture(scope="module")
def second() -> FilingRows:
    return parse_filing(example(SECOND))


def rows(parsed: FilingRows, table: str, **wanted: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parsed.tables[table].to_pylist()
    return [row for row in found if all(row[name] == value for name, value in wanted.items())]


def test_a_fact_has_its_value_period_and_place(first: FilingRows) -> None:
    [revenue] = rows(first, "Fact", concept_id="us-gaap:Revenues", fiscal_year=2023, dimension_set_id=None)
    assert revenue["value"] == "1000000"
    assert revenue["numeric_value"] == Decimal(1000000)
    assert (revenue["decimals"], revenue["unit_id"]) == (-3, "iso4217:USD")
    assert (revenue["period_id"], revenue["fiscal_period"]) == ("2023-01-29/2024-02-03", "FY")
    assert (revenue["document"], revenue["anchor"], revenue["line"]) == ("bnb-20240203.htm", "f-revenue-2023", 35)
    assert (revenue["report_id"], revenue["entity_id"]) == (FIRST, "0009999901")


def test_displayed_dates_and_names_become_values(first: FilingRows) -> None:
    values = {row["concept_id"]: row["value"] for row in rows(first, "Fact", numeric_value=None)}
    assert values["dei:DocumentPeriodEndDate"] == "2024-02-03"
    assert values["dei:CurrentFiscalYearEndDate"] == "--02-03"
    assert values["dei:EntityIncorporationStateCountryCode"] == "VT"
    assert values["dei:EntityRegistrantName"] == "Brook & Bell Pottery, Inc."


def test_hidden_facts_are_known_to_be_hidden(first: FilingRows) -> None:
    hidden = {row["concept_id"] for row in rows(first, "Fact", is_hidden=True)}
    focus = {"dei:DocumentFiscalYearFocus", "dei:DocumentFiscalPeriodFocus"}
    assert hidden == {"dei:AmendmentFlag", "dei:EntityCentralIndexKey", *focus}


def test_a_note_goes_on_over_the_page_without_what_is_excluded(first: FilingRows) -> None:
    [block] = rows(first, "TextBlock")
    assert block["text"].splitlines() == [
        "Sales are recognized when a pot leaves the shop.",
        "Of the sales, teapots made 640 and vases 360 thousand dollars.",
    ]
    [passage] = rows(first, "Passage", fact_id=block["fact_id"])
    assert passage["value"].startswith("<p>Sales are recognized when a pot leaves the shop.</p><p>Of the sales")


def test_dimensions_narrow_facts(first: FilingRows) -> None:
    sets = {row["dimension_set_id"]: row["label"] for row in rows(first, "DimensionSet")}
    sales = rows(first, "Fact", concept_id="us-gaap:Revenues", fiscal_year=2023)
    assert {sets.get(row["dimension_set_id"], "all"): row["value"] for row in sales} == {
        "all": "1000000",
        "ProductOrServiceAxis = TeapotsMember": "640000",
        "ProductOrServiceAxis = VasesMember": "360000",
    }


def test_the_income_statement_is_presented_in_order_with_its_labels(first: FilingRows) -> None:
    [statement] = rows(first, "Structure", statement_kind="income_statement")
    lines = sorted(rows(first, "PRESENTS", structure_id=statement["structure_id"]), key=lambda row: row["place"])
    assert statement["name"] == "STATEMENTS OF INCOME"
    assert [(row["depth"], row["concept_id"], row["label"]) for row in lines] == [
        (0, "us-gaap:IncomeStatementAbstract", None),
        (1, "us-gaap:Revenues", "Revenues"),
        (1, "us-gaap:CostOfRevenue", "Cost of sales"),
        (1, "0009999901:KilnFuelExpense", "Kiln fuel"),
        (1, "us-gaap:NetIncomeLoss", "Net income of the year"),
        (1, "us-gaap:EarningsPerShareBasic", None),
    ]


def test_sums_hold_or_a_finding_says_by_how_much(first: FilingRows, second: FilingRows) -> None:
    assert [finding for finding in first.findings if finding.rule is Rule.CALCULATION] == []
    [wrong] = [finding for finding in second.findings if finding.rule is Rule.CALCULATION]
    assert (wrong.concept_id, wrong.difference) == ("us-gaap:Assets", Decimal(10000))
    assert (wrong.document, wrong.line) == ("bnb-20250201.htm", 45)
    weights = {row["part_concept_id"]: row["weight"] for row in rows(first, "CALCULATES")}
    assert weights["us-gaap:CostOfRevenue"] == -1


def test_the_filers_own_element_is_described_by_its_schema(first: FilingRows) -> None:
    [concept] = rows(first, "Concept", concept_id="0009999901:KilnFuelExpense")
    assert (concept["label"], concept["data_type"], concept["balance"]) == ("Kiln fuel", "monetary", "debit")
    assert concept["documentation"] == "Wood, gas and electricity that the kilns burnt."
    assert concept["is_custom"] is True
    [element] = rows(first, "Element", concept_id="0009999901:KilnFuelExpense")
    assert element["element_id"] == "http://www.brookandbell.example/20240203#KilnFuelExpense"


def test_a_footnote_is_to_its_fact(first: FilingRows) -> None:
    [footnote], [link] = rows(first, "Footnote"), rows(first, "HAS_FOOTNOTE")
    [fact] = rows(first, "Fact", fact_id=link["fact_id"])
    assert (footnote["text"], fact["anchor"]) == ("Net of returns.", "f-revenue-2023")


def test_tables_and_axes_hang_together(first: FilingRows) -> None:
    arcroles = {(row["arcrole"], row["to_concept_id"]) for row in rows(first, "DIMENSIONAL")}
    assert ("hypercube-dimension", "srt:ProductOrServiceAxis") in arcroles
    assert ("domain-member", "0009999901:TeapotsMember") in arcroles


def test_what_is_primary_is_brought_to_standard_lines(first: FilingRows) -> None:
    mapped = {row["concept_id"]: row["standard_line_item_id"] for row in rows(first, "MAPS_TO")}
    assert mapped["us-gaap:Revenues"] == "income_statement/revenue"
    assert mapped["us-gaap:Assets"] == "balance_sheet/assets"


def test_the_report_says_what_it_is_for(first: FilingRows) -> None:
    [report] = rows(first, "Report")
    assert (report["form"], report["fiscal_year"], report["fiscal_period"]) == ("10-K", 2023, "FY")
    assert (report["filed_on"], report["is_amendment"]) == (date(2024, 3, 20), False)


def test_the_same_bytes_give_the_same_rows(first: FilingRows) -> None:
    again = parse_filing(example(FIRST))
    assert again.findings == first.findings
    assert all(again.tables[name].equals(first.tables[name]) for name in arrow_schemas())


def test_taxonomies_that_are_not_at_hand_are_named_with_their_address(first: FilingRows) -> None:
    address = "https://xbrl.fasb.org/us-gaap/2024/elts/us-gaap-2024.xsd"
    assert first.missing_taxonomies["http://fasb.org/us-gaap/2024"] == address


def to_parse(tmp_path: Path, accession: str, **documents: Path) -> FilingToParse:
    directory = tmp_path / accession
    directory.mkdir()
    here = {path.name: path for path in (EXAMPLES / accession).iterdir()}
    return FilingToParse(example(accession).header, {**here, **documents}, directory)


def tables_with_rows(parsed: FilingRows) -> list[str]:
    return [name for name, table in parsed.tables.items() if table.num_rows]


def tables_of(filing: FilingToParse) -> Path:
    directory = filing.directory / "tables"
    with tarfile.open(filing.directory / TABLES) as archive:
        archive.extractall(directory, filter="data")
    return directory


def test_filings_are_parsed_and_related_in_the_sandbox(tmp_path: Path, sandbox: Sandbox) -> None:
    engine, scratch = SandboxedFilingEngine(sandbox, Limits()), tmp_path / "scratch"
    scratch.mkdir()
    filings = [to_parse(tmp_path, FIRST), to_parse(tmp_path, SECOND)]
    answers = result_of(engine.parse(filings, None, scratch))
    assert [type(answer) for answer in answers] == [ParsedFiling, ParsedFiling]
    unpacked = [tables_of(filing) for filing in filings]
    facts, itself = pq.read_table(unpacked[0] / "Fact.parquet"), parse_filing(example(FIRST))
    assert facts.equals(itself.tables["Fact"])
    assert answers[0].accession == FIRST
    assert {path.stem for path in unpacked[0].iterdir()} == {
        *tables_with_rows(parse_filing(example(FIRST))),
        "findings",
    }

    relations = tmp_path / "relations"
    relations.mkdir()
    related = result_of(engine.relate(unpacked, relations, scratch))
    assert related == {"AMENDS": 0, "RESTATES": 3, "Entity": 0}
    restated = pq.read_table(relations / "RESTATES.parquet").to_pylist()
    assert sorted(row["difference"] for row in restated) == [Decimal(-40000), Decimal(-40000), Decimal("-0.40")]


def test_a_filing_that_is_refused_does_not_stop_the_others(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "bad.htm").write_text("<!DOCTYPE a [<!ENTITY b 'c'>]><a xmlns='http://www.xbrl.org/2013/inlineXBRL'/>")
    bad = FilingToParse(example(FIRST).header, {"bad.htm": tmp_path / "bad.htm"}, tmp_path)
    engine = SandboxedFilingEngine(sandbox, Limits())
    refused, parsed = result_of(engine.parse([bad, to_parse(tmp_path, SECOND)], None, tmp_path / "scratch"))
    assert isinstance(refused, RefusedFiling)
    assert (refused.error.code, refused.error.message.split(":")[0]) == ("HostileXml", "bad.htm, line 1")
    assert isinstance(parsed, ParsedFiling)


def test_a_taxonomy_once_compiled_says_what_concepts_are(tmp_path: Path, sandbox: Sandbox) -> None:
    schema = tmp_path / "us-gaap-2024.xsd"
    schema.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xbrli="http://www.xbrl.org/2003/instance" '
        'targetNamespace="http://fasb.org/us-gaap/2024"><xs:element id="us-gaap_Revenues" name="Revenues" '
        'type="xbrli:monetaryItemType" substitutionGroup="xbrli:item" xbrli:periodType="duration" '
        'xbrli:balance="credit" nillable="true"/></xs:schema>'
    )
    compiled, scratch = tmp_path / "compiled", tmp_path / "scratch"
    compiled.mkdir()
    scratch.mkdir()
    engine = SandboxedFilingEngine(sandbox, Limits())
    assert result_of(engine.compile_taxonomy([schema], compiled, scratch)) == ["http://fasb.org/us-gaap/2024"]
    parsed = parse_filing(example(FIRST), compiled)
    [revenues] = rows(parsed, "Element", concept_id="us-gaap:Revenues")
    assert (revenues["data_type"], revenues["balance"]) == ("monetary", "credit")
    assert "http://fasb.org/us-gaap/2024" not in parsed.missing_taxonomies


@pytest.mark.slow
def test_arelle_reads_what_the_parser_refuses(tmp_path: Path, sandbox: Sandbox) -> None:
    name, scratch = "bnb-20240203.htm", tmp_path / "scratch"
    scratch.mkdir()
    page = (EXAMPLES / FIRST / name).read_bytes().replace(b"<p>Page 7</p>", b"<p>Page 7 & 8</p>")
    (tmp_path / name).write_bytes(page)
    filing = to_parse(tmp_path, FIRST, **{name: tmp_path / name})
    [answer] = result_of(SandboxedFilingEngine(sandbox, Limits()).parse([filing], None, scratch))
    assert isinstance(answer, ParsedFiling)
    assert (answer.read_by, answer.findings["fallback"]) == ("arelle", 1)
    ours, theirs = parse_filing(example(FIRST)).tables, tables_of(filing)
    for name in ("Fact", "Footnote", "HAS_FOOTNOTE", "TextBlock", "PRESENTS"):
        assert pq.read_table(theirs / f"{name}.parquet").equals(ours[name]), name
