from datetime import date
from decimal import Decimal

import pytest

from knowledger.domain.filings.amendments import Filed, amendments
from knowledger.domain.filings.aspects import Dimension, Period, Unit, dimension_set_id, fact_id
from knowledger.domain.filings.duplicates import EXACT, Reported, agree, most_precise
from knowledger.domain.filings.names import concept_id, taxonomy_name
from knowledger.domain.filings.restatement import Stated, restatements
from knowledger.domain.filings.standard import standard_lines
from knowledger.domain.filings.statements import role_kind

APPLE = "0000320193"


def number(text: str, decimals: int = EXACT) -> Reported:
    return Reported(text, Decimal(text), decimals)


@pytest.mark.parametrize(
    ("namespace", "expected"),
    [
        ("http://xbrl.us/us-gaap/2009-01-31", "us-gaap:Assets"),
        ("http://fasb.org/us-gaap/2018-01-31", "us-gaap:Assets"),
        ("http://fasb.org/us-gaap/2024", "us-gaap:Assets"),
        ("http://xbrl.sec.gov/ffd/2024q2", "ffd:Assets"),
        ("https://xbrl.ifrs.org/taxonomy/2023-03-23/ifrs-full", "ifrs-full:Assets"),
        ("http://www.apple.com/20230930", "0000320193:Assets"),
        ("us-gaap", "us-gaap:Assets"),
    ],
)
def test_a_concept_is_the_same_in_every_year(namespace: str, expected: str) -> None:
    assert concept_id(namespace, "Assets", APPLE) == expected


def test_a_taxonomy_keeps_its_year() -> None:
    assert taxonomy_name("http://xbrl.us/us-gaap/2009-01-31", APPLE).taxonomy_id == "us-gaap/2009-01-31"
    assert taxonomy_name("http://www.apple.com/20230930", APPLE).taxonomy_id == "0000320193/20230930"


def test_ids_follow_from_aspects_in_whatever_order() -> None:
    one, two = Dimension("srt:A", "srt:B"), Dimension("srt:C", typed_value="x")
    assert dimension_set_id([one, two]) == dimension_set_id([two, one]) != dimension_set_id([one])
    assert Dimension("a", "b").dimension_id != Dimension("a", typed_value="b").dimension_id
    assert fact_id("a", "b", "c", "d", "e", "", "") != fact_id("a", "b", "c", "d", "", "e", "")


def test_periods_and_units_are_written_one_way() -> None:
    year = Period(date(2024, 1, 1), date(2024, 12, 31))
    assert (year.period_id, year.period_type, year.days) == ("2024-01-01/2024-12-31", "duration", 366)
    assert Period(None, date(2024, 12, 31)).period_id == "2024-12-31"
    assert Period(None, None).period_type == "forever"
    assert Unit(("iso4217:USD",), ("xbrli:shares",)).unit_id == "iso4217:USD/xbrli:shares"


@pytest.mark.parametrize(
    ("values", "consistent"),
    [
        ([number("1234567", 0), number("1000000", -6)], True),
        ([number("1234567", 0), number("2000000", -6)], False),
        ([number("1500000", 0), number("2000000", -6)], True),  # half rounds either way
        ([number("5"), number("5.0")], True),
        ([number("5"), Reported(None, None, None)], False),
        ([Reported("a  b", None, None), Reported("a b", None, None)], True),
        ([Reported("a", None, None), Reported("b", None, None)], False),
    ],
)
def test_duplicates_agree_where_one_true_value_can_lie_behind_them(values: list[Reported], consistent: bool) -> None:
    assert agree(values) is consistent


def test_the_most_precise_duplicate_is_kept() -> None:
    values = [number("1000000", -6), Reported(None, None, None), number("1234567", 0), number("1234000", -3)]
    assert most_precise(values) == 2
    assert most_precise([*values, number("1234567")]) == 4


def stated(accession: str, filed: str, value: Reported) -> Stated:
    return Stated(f"fact of {accession}", accession, filed, value)


def test_a_restatement_is_another_value_in_the_next_filing() -> None:
    first = stated("1", "2022-01-01", number("1000000", -6))
    same = stated("2", "2023-01-01", number("1234567", 0))
    other = stated("3", "2024-01-01", number("1300000", 0))
    again = stated("4", "2025-01-01", number("1300000", 0))
    assert restatements([again, first, other, same]) == [(other, same)]


def test_an_amendment_amends_the_report_before_it_for_the_same_period() -> None:
    def filed(id_: str, form: str, day: int, period: str = "2023") -> Filed:
        return Filed(id_, APPLE, form, period, date(2024, 1, day), form.endswith("/A"))

    original, first, second = filed("a", "10-K", 1), filed("b", "10-K/A", 2), filed("c", "10-K/A", 3)
    others = [filed("d", "10-K", 4, "2024"), filed("e", "10-Q/A", 5)]
    assert amendments([second, *others, first, original]) == [(first, original), (second, first)]


@pytest.mark.parametrize(
    ("definition", "structure", "statement"),
    [
        ("0000004 - Statement - CONSOLIDATED BALANCE SHEETS", "statement", "balance_sheet"),
        ("0000005 - Statement - CONSOLIDATED BALANCE SHEETS (Parenthetical)", "parenthetical", "balance_sheet"),
        ("3 - Statement - Consolidated Statements of Operations", "statement", "income_statement"),
        ("3 - Statement - STATEMENTS OF OPERATIONS AND COMPREHENSIVE LOSS", "statement", "income_statement"),
        ("4 - Statement - Consolidated Statements of Comprehensive Income", "statement", "comprehensive_income"),
        ("5 - Statement - CONSOLIDATED STATEMENTS OF CASH FLOWS", "statement", "cash_flow"),
        ("6 - Statement - CONSOLIDATED STATEMENTS OF SHAREHOLDERS’ EQUITY", "statement", "equity"),
        ("104 - Statement - Statement Of Income", "statement", "income_statement"),
        ("7 - Disclosure - Revenue (Details)", "details", ""),
        ("8 - Disclosure - Significant Accounting Policies (Policies)", "policies", ""),
        ("0000001 - Document - Cover", "cover", ""),
        ("9 - Disclosure - Revenue", "disclosure", ""),
    ],
)
def test_a_role_says_what_it_is(definition: str, structure: str, statement: str) -> None:
    kind = role_kind(definition, "")
    assert (kind.structure_kind, kind.statement_kind) == (structure, statement)


def test_standard_lines_have_a_place_a_parent_and_concepts() -> None:
    known = standard_lines()
    ids = {line.id for line in known.lines}
    assert len(ids) == len(known.lines)
    assert {line.statement_kind for line in known.lines} == {"balance_sheet", "income_statement", "cash_flow"}
    assert {line.parent_id for line in known.lines} - ids == {""}
    assert {mapped.line_id for found in known.by_concept.values() for mapped in found} == ids
    assert all(0 < mapped.confidence <= 1 for found in known.by_concept.values() for mapped in found)
    assert [mapped.line_id for mapped in known.by_concept["us-gaap:Revenues"]] == ["income_statement/revenue"]
