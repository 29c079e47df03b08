"""Inline XBRL as its specification has it, a piece at a time."""

from decimal import Decimal

import pytest

from knowledger.domain.filings.findings import Rule
from knowledger.engine.xbrl.package import ContextsMissing
from knowledger.engine.xbrl.parse import FilingPackage, parse_filing, read_facts
from knowledger.engine.xbrl.xml import MalformedXbrl
from tests.engine.xbrl.packages import amount, context, inline

DOT = ' format="ixt:num-dot-decimal"'


@pytest.mark.parametrize(
    ("element", "value"),
    [
        (amount("1,234.50", DOT), "1234.5"),
        (amount("1234.50"), "1234.50"),
        (amount("1,234", DOT + ' scale="6"'), "1234000000"),
        (amount("12.5", DOT + ' scale="-2"'), "0.125"),
        (amount("7", DOT + ' sign="-"'), "-7"),
        (amount("—", ' format="ixt:fixed-zero"'), "0"),
        (amount("1.234,5", ' format="ixt:num-comma-decimal"'), "1234.5"),
        (amount("<b>1,2</b>34", DOT), "1234"),
        (amount("12<ix:exclude>note 3</ix:exclude>34", DOT), "1234"),
    ],
)
def test_a_number_is_what_it_stands_for_exactly(element: str, value: str) -> None:
    [fact] = read_facts(inline(element)).facts
    assert (fact.text, fact.number) == (value, Decimal(value))


def test_a_number_within_a_number_is_two_facts() -> None:
    inner = amount("5,000", DOT).replace("Assets", "Liabilities")
    facts = read_facts(inline(amount(inner, DOT))).facts
    assert {(fact.name, fact.text) for fact in facts} == {("Assets", "5000"), ("Liabilities", "5000")}


def test_nil_has_no_value() -> None:
    [fact] = read_facts(inline(amount("", ' xsi:nil="true"'))).facts
    assert fact.is_nil


def test_a_fraction_is_kept_as_one() -> None:
    parts = "<ix:numerator>1</ix:numerator>/<ix:denominator>3</ix:denominator>"
    body = f'<ix:fraction name="us-gaap:Rate" contextRef="c" unitRef="usd">{parts}</ix:fraction>'
    [fact] = read_facts(inline(body)).facts
    assert (fact.text, fact.number) == ("1/3", None)
    [half] = read_facts(inline(body.replace(">3<", ">8<"))).facts
    assert half.number == Decimal("0.125")


def test_infinite_decimals_and_precision_are_understood() -> None:
    facts = read_facts(
        inline(
            amount("5").replace('decimals="0"', 'decimals="INF"')
            + amount("123456").replace('decimals="0"', 'precision="3"')
        )
    ).facts
    assert [fact.decimals for fact in facts] == ["INF", "-3"]


def test_typed_and_explicit_dimensions_and_products_of_units_are_aspects() -> None:
    typed = '<xbrldi:typedMember dimension="own:LoanAxis"><own:number> 17 </own:number></xbrldi:typedMember>'
    explicit = '<xbrldi:explicitMember dimension="own:SiteAxis">own:KilnMember</xbrldi:explicitMember>'
    unit = (
        '<xbrli:unit id="u"><xbrli:measure>iso4217:USD</xbrli:measure><xbrli:measure>xbrli:shares</xbrli:measure>'
        "</xbrli:unit>"
    )
    body = amount("5", context_ref="d").replace('unitRef="usd"', 'unitRef="u"')
    [fact] = read_facts(inline(body, context("d", typed + explicit) + unit)).facts
    assert fact.unit is not None
    assert fact.unit.unit_id == "iso4217:USD*xbrli:shares"
    assert [dimension.key for dimension in fact.context.dimensions] == [
        "0009999901:LoanAxis~17",
        "0009999901:SiteAxis=0009999901:KilnMember",
    ]


def test_one_document_may_go_on_in_another_of_its_set() -> None:
    package = inline('<ix:nonNumeric name="us-gaap:Note" contextRef="c" continuedAt="more">One, </ix:nonNumeric>')
    other = inline(f'<ix:continuation id="more">two.</ix:continuation>{amount("9")}').documents["a.htm"].decode()
    start, end = other.index("<ix:header>"), other.index("</ix:header>") + len("</ix:header>")
    exhibit = (other[:start] + other[end:]).encode()
    reading = read_facts(FilingPackage(package.header, {**package.documents, "b.htm": exhibit}))
    assert {fact.name: (fact.text, fact.document) for fact in reading.facts} == {
        "Note": ("One, two.", "a.htm"),
        "Assets": ("9", "b.htm"),
    }


def test_sets_of_another_taxonomy_keep_their_contexts_to_themselves() -> None:
    package = inline(amount("5"))
    fees = inline(amount("6")).documents["a.htm"].replace(b"own-2024.xsd", b"ffd-2024.xsd")
    fees = fees.replace(b"2024-12-31", b"2025-01-15")
    reading = read_facts(FilingPackage(package.header, {**package.documents, "fees.htm": fees}))
    assert {(fact.text, fact.context.period.period_id) for fact in reading.facts} == {
        ("5", "2024-12-31"),
        ("6", "2025-01-15"),
    }


def test_a_continuation_that_leads_back_ends_with_a_finding() -> None:
    body = (
        '<ix:nonNumeric name="us-gaap:Note" contextRef="c" continuedAt="x">a</ix:nonNumeric>'
        '<ix:continuation id="x" continuedAt="x">b</ix:continuation>'
    )
    reading = read_facts(inline(body))
    assert [fact.text for fact in reading.facts] == ["ab"]
    assert [finding.rule for finding in reading.findings] == [Rule.BROKEN_LINK]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (amount("5", context_ref="nowhere"), Rule.UNKNOWN_CONTEXT),
        (amount("5").replace('unitRef="usd"', 'unitRef="eur"'), Rule.UNKNOWN_UNIT),
        (amount("five", DOT), Rule.BAD_VALUE),
        (amount("5", ' format="ixt:no-such-format"'), Rule.BAD_VALUE),
        (amount("5", ' scale="99999999999"'), Rule.BAD_VALUE),
        (amount("1e999999999"), Rule.BAD_VALUE),
    ],
)
def test_a_fact_that_cannot_be_read_is_a_finding_with_its_line(body: str, rule: Rule) -> None:
    reading = read_facts(inline(f"{amount('1')}\n{body}"))
    assert [fact.text for fact in reading.facts] == ["1"]
    [finding] = reading.findings
    assert (finding.rule, finding.document) == (rule, "a.htm")
    assert finding.line is not None


def test_a_filing_without_one_readable_fact_is_refused() -> None:
    with pytest.raises(MalformedXbrl, match="Not one fact can be read"):
        parse_filing(inline(amount("5", context_ref="nowhere")))


def test_a_part_of_a_filing_without_any_context_is_refused() -> None:
    package = inline(amount("5"))
    part = {name: content.replace(context("c").encode(), b"") for name, content in package.documents.items()}
    with pytest.raises(ContextsMissing, match="there is no context 'c'"):
        parse_filing(FilingPackage(package.header, part))


def test_the_most_precise_of_duplicates_is_kept_and_a_contradiction_found() -> None:
    rounded = amount("1,000,000", DOT).replace('decimals="0"', 'decimals="-6"')
    parsed = parse_filing(inline(rounded + amount("1,234,567", DOT)))
    [fact] = parsed.tables["Fact"].to_pylist()
    assert (fact["value"], fact["occurrences"], fact["is_inconsistent"]) == ("1234567", 2, False)
    contradicted = parse_filing(inline(rounded + amount("2,234,567", DOT)))
    [fact] = contradicted.tables["Fact"].to_pylist()
    assert fact["is_inconsistent"] is True
    assert Rule.INCONSISTENT_DUPLICATE in {finding.rule for finding in contradicted.findings}


def test_more_digits_than_the_graph_holds_stay_in_the_text() -> None:
    parsed = parse_filing(inline(amount("0.12345678901234567")))
    [fact] = parsed.tables["Fact"].to_pylist()
    assert (fact["value"], fact["numeric_value"]) == ("0.12345678901234567", Decimal("0.123456789012"))
    assert Rule.ROUNDED in {finding.rule for finding in parsed.findings}


def test_an_element_without_an_id_is_found_by_its_way() -> None:
    [fact] = read_facts(inline(f"<p>a</p><p>{amount('5')}</p>")).facts
    assert fact.anchor == "/1/1/3/1"
