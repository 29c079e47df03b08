"""Real filings against what others read in them: the SEC's instances, its API, its data sets, its counts."""

import csv
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from knowledger.engine.xbrl.package import ContextsMissing, NoXbrl, open_package
from knowledger.engine.xbrl.parse import FilingRows, parse_filing, read_facts
from knowledger.engine.xbrl.reading import ReadFact
from knowledger.engine.xbrl.tables import arrow_schemas
from knowledger.engine.xbrl.text import plain_text
from tests.engine.xbrl.packages import ARCHIVES, EDGAR, REAL, needs_edgar, only, real

pytestmark = [needs_edgar, pytest.mark.slow]
FSDS = EDGAR.parent / "fsds" / "2010q1"
APPLE, NVIDIA, NETFLIX = ARCHIVES / "320193", ARCHIVES / "1045810", ARCHIVES / "1065280"
BOTH = [
    path
    for path in REAL
    if list(path.glob("*_htm.xml")) and any(b"inlineXBRL" in one.read_bytes() for one in path.glob("*.htm"))
]
WITHOUT_FACTS = {"000119312518236766": NoXbrl, "unknown-clx-20220630": ContextsMissing}
READABLE = [path for path in REAL if path.name not in WITHOUT_FACTS]


def named(path: Path) -> str:
    return path.name


def compared(fact: ReadFact) -> tuple[object, ...]:
    """Passages by the words a reader sees: the SEC drops a line break here and there."""
    context = fact.context
    value: object = fact.number
    if fact.markup is not None:
        value = " ".join(plain_text(fact.markup).split())
    elif fact.number is None:
        value = None if fact.text is None else " ".join(fact.text.split())
    dimensions = tuple(dimension.key for dimension in context.dimensions)
    unit = fact.unit.unit_id if fact.unit else None
    name = (fact.namespace, fact.name)
    return (*name, context.entity, context.period.period_id, dimensions, unit, value, fact.decimals)


@pytest.mark.parametrize("directory", BOTH, ids=named)
def test_an_inline_document_states_what_the_sec_extracted_from_it(directory: Path) -> None:
    package = real(directory)
    ours = Counter(map(compared, read_facts(only(package, ".htm")).facts))
    secs = Counter(map(compared, read_facts(only(package, "_htm.xml")).facts))
    assert ours == secs
    assert ours.total() > 0


def counts() -> list[dict[str, str]]:
    path = EDGAR / "oracle" / "sec-counts.csv"
    return list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []


@pytest.mark.parametrize("row", counts(), ids=lambda row: row["accession"])
def test_the_sec_counts_the_same(row: dict[str, str]) -> None:
    [directory] = [path for path in REAL if path.name in (row["accession"], row["accession"].replace("-", ""))]
    reading = read_facts(real(directory))
    for expected, ours in (
        (row["sec_xml_facts"], len(reading.facts)),
        (row["sec_xml_contexts"] or row["fs_ContextCount"], reading.contexts),
        (row["sec_xml_units"] or row["fs_UnitCount"], reading.units),
        (row["sec_xml_nil"], sum(fact.is_nil for fact in reading.facts)),
        (row["fs_ElementCount"], len({(fact.namespace, fact.name) for fact in reading.facts})),
    ):
        assert expected in ("", str(ours))


Aspects = tuple[str, str, str | None, str]
# What the SEC's API tells differently, by the rule it follows; each is seen in the filings named.
ONE_DAY_IS_AN_INSTANT = "a duration of one day has no start in the API"  # Apple's tax rate of 2018-01-01
UNIT_WITHOUT_PREFIX = "a filer's own unit has no prefix in the API"  # NVIDIA's segments
PER_SHARE_IN_DOLLARS = "the API calls the per-share prices of Apple's 10-K for 2010 USD"


def companyfacts(directory: Path) -> dict[Aspects, set[Decimal]]:
    path = EDGAR / "api" / "xbrl" / "companyfacts" / f"CIK{directory.parent.name.zfill(10)}.json"
    accession = real(directory).header.accession
    found: dict[Aspects, set[Decimal]] = {}
    for taxonomy in ("us-gaap", "dei"):
        for concept, body in json.loads(path.read_text(), parse_float=Decimal)["facts"][taxonomy].items():
            for unit, values in body["units"].items():
                for value in values:
                    if value["accn"] == accession:
                        aspects = (f"{taxonomy}:{concept}", unit, value.get("start"), value["end"])
                        found.setdefault(aspects, set()).add(Decimal(value["val"]))
    return found


def our_facts(parsed: FilingRows, known: dict[Aspects, set[Decimal]]) -> dict[Aspects, Decimal]:
    periods = {row["period_id"]: row for row in parsed.tables["Period"].to_pylist()}
    found = {}
    for fact in parsed.tables["Fact"].to_pylist():
        standard = fact["concept_id"].startswith(("us-gaap:", "dei:"))
        if standard and fact["numeric_value"] is not None and not fact["dimension_set_id"]:
            period = periods[fact["period_id"]]
            start, end = (day and day.isoformat() for day in (period["start_date"], period["end_date"]))
            unit = "/".join(part.partition(":")[2] for part in fact["unit_id"].split("/"))  # UNIT_WITHOUT_PREFIX
            start = None if start == end else start  # ONE_DAY_IS_AN_INSTANT
            aspects = (fact["concept_id"], unit, start, end)
            if aspects not in known and parsed.tables["Report"]["report_id"][0].as_py() == "0001193125-10-238044":
                aspects = (fact["concept_id"], unit.removesuffix("/shares"), start, end)  # PER_SHARE_IN_DOLLARS
            found[aspects] = fact["numeric_value"]
    return found


@pytest.mark.parametrize("directory", [*sorted(APPLE.glob("*")), *sorted(NVIDIA.glob("*"))], ids=named)
def test_every_plain_fact_equals_the_secs_api(directory: Path) -> None:
    theirs = companyfacts(directory)
    ours = our_facts(parse_filing(real(directory)), theirs)
    assert ours.keys() == theirs.keys()
    assert [aspects for aspects, value in ours.items() if value not in theirs[aspects]] == []


@pytest.mark.skipif(not FSDS.exists(), reason="the SEC's data sets (../shared/fsds) are not here")
def test_netflix_of_2009_equals_the_secs_data_set() -> None:
    parsed = parse_filing(real(NETFLIX / "000119312510036181"))
    periods = {row["period_id"]: row for row in parsed.tables["Period"].to_pylist()}
    ours = Counter[tuple[object, ...]]()
    for fact in parsed.tables["Fact"].to_pylist():
        if fact["numeric_value"] is not None:
            period = periods[fact["period_id"]]
            tag, quarters = fact["concept_id"].partition(":")[2], round((period["days"] or 0) / 91.25)
            ours[tag, f"{period['end_date']:%Y%m%d}", quarters, round(fact["numeric_value"], 4)] += 1
    query = f"""SELECT tag, CAST(ddate AS VARCHAR), qtrs, value FROM read_parquet('{FSDS}/num.parquet')
                WHERE adsh = '0001193125-10-036181' AND value IS NOT NULL"""
    rows = duckdb.execute(query).fetchall()
    theirs = Counter[tuple[object, ...]](
        (tag, day, quarters, round(Decimal(str(value)), 4)) for tag, day, quarters, value in rows
    )
    assert theirs.total() > 300
    assert theirs - ours == Counter()


def test_traditional_and_inline_filings_of_a_company_join_on_the_same_concepts() -> None:
    early, late = (
        parse_filing(real(APPLE / name)).tables["Fact"] for name in ("000119312510238044", "000032019325000057")
    )
    shared = set(early["concept_id"].to_pylist()) & set(late["concept_id"].to_pylist())
    assert {"us-gaap:Assets", "us-gaap:NetIncomeLoss", "us-gaap:EarningsPerShareDiluted"} <= shared
    assert not set(early["element_id"].to_pylist()) & set(late["element_id"].to_pylist())


@pytest.mark.parametrize("name", WITHOUT_FACTS)
def test_a_document_without_facts_of_its_own_is_refused(name: str) -> None:
    [directory] = [path for path in REAL if path.name == name]
    with pytest.raises(WITHOUT_FACTS[name]):
        parse_filing(real(directory))


def test_an_archive_gives_what_its_documents_give() -> None:
    package = real(APPLE / "000032019325000057")
    archived, loose = only(package, ".zip"), only(package, ".htm", ".xml", ".xsd")
    assert parse_filing(archived).tables["Fact"].equals(parse_filing(loose).tables["Fact"])


@pytest.mark.parametrize("directory", READABLE, ids=named)
def test_all_of_a_filing_is_kept_and_loads_the_same_twice(directory: Path) -> None:
    first, second = parse_filing(real(directory)), parse_filing(real(directory))
    assert all(first.tables[name].equals(second.tables[name]) for name in arrow_schemas())
    facts = first.tables["Fact"]
    assert sum(row["occurrences"] for row in facts.to_pylist()) == first.facts_read
    assert len(set(facts["fact_id"].to_pylist())) == facts.num_rows
    assert {finding.rule for finding in first.findings} <= {"calculation", "missing_taxonomy"}


@pytest.mark.parametrize("directory", READABLE, ids=named)
def test_relationships_end_where_something_is(directory: Path) -> None:
    tables = parse_filing(real(directory)).tables

    def ids(table: str, column: str) -> set[str]:
        return {value for value in tables[table][column].to_pylist() if value is not None}

    concepts = ids("Concept", "concept_id")
    assert ids("Fact", "concept_id") | ids("PRESENTS", "concept_id") | ids("Label", "concept_id") <= concepts
    assert ids("CALCULATES", "total_concept_id") | ids("DIMENSIONAL", "to_concept_id") <= concepts
    assert ids("Dimension", "axis_concept_id") | ids("Dimension", "member_concept_id") <= concepts
    assert ids("Fact", "element_id") <= ids("Element", "element_id")
    assert ids("Fact", "period_id") | ids("Report", "period_id") <= ids("Period", "period_id")
    assert ids("Fact", "unit_id") <= ids("Unit", "unit_id")
    assert ids("Report", "entity_id") == ids("Entity", "entity_id")
    assert ids("Fact", "dimension_set_id") == ids("DimensionSet", "dimension_set_id")
    assert ids("Element", "taxonomy_id") | ids("Label", "taxonomy_id") <= ids("Taxonomy", "taxonomy_id")


def test_every_document_that_is_xbrl_is_recognized() -> None:
    found = Counter[str]()
    for directory in READABLE:
        documents = open_package(real(directory))
        found.update(inline=len(documents.inline), instances=len(documents.instances), refused=len(documents.refused))
    assert found == {"inline": 13, "instances": 9, "refused": 0}


@pytest.mark.parametrize("directory", READABLE, ids=named)
def test_the_computed_fiscal_period_is_the_one_that_the_filer_gives(directory: Path) -> None:
    tables = parse_filing(real(directory)).tables
    said = {row["concept_id"]: row["value"] for row in tables["Fact"].to_pylist() if not row["dimension_set_id"]}
    [report] = tables["Report"].to_pylist()
    for concept, computed in (("Year", report["fiscal_year"]), ("Period", report["fiscal_period"])):
        assert said.get(f"dei:DocumentFiscal{concept}Focus", str(computed)) == str(computed)
