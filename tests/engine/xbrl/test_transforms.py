import re
from itertools import product

import pytest
from lxml import etree

from knowledger.engine.xbrl.transforms import _PLAIN, TransformFailed, _functions, transform
from tests.engine.xbrl.packages import EDGAR, needs_edgar

SEC = "http://www.sec.gov/inlineXBRL/transformation/2015-08-31"
TR3 = "http://www.xbrl.org/inlineXBRL/transformation/2015-02-26"
TR4 = "http://www.xbrl.org/inlineXBRL/transformation/2020-02-12"
CASES = {"c": "http://xbrl.org/2008/conformance", "f": "http://xbrl.org/2008/conformance/function"}


def outcome(namespace: str, name: str, text: str) -> str | None:
    try:
        return transform(namespace, name, text)
    except TransformFailed:
        return None


@needs_edgar
def test_every_case_of_the_secs_own_suite_comes_out_as_it_says() -> None:
    suite = etree.fromstring((EDGAR / "oracle" / "ixt-sec-testcases.xml").read_bytes())
    differing = []
    variations = suite.findall("c:variation", CASES)
    for variation in variations:
        call = re.fullmatch(r'ixt-sec:(\w+)\("(.*)"\)', variation.findtext("c:inputs/f:call", "", CASES), re.DOTALL)
        assert call is not None
        result = re.fullmatch(r'\$result eq "(.*)"', variation.findtext("c:outputs/f:test", "", CASES))
        if outcome(SEC, call[1], call[2]) != (result[1] if result else None):
            differing.append((call[0], result))
    assert (len(variations), differing) == (787, [])


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("durwordsen", "three-year", "P3Y"),
        ("durwordsen", "90 days", "P90D"),
        ("durwordsen", "two weeks and one day", "P15D"),
        ("durwordsen", "one year and no months", "P1Y"),
        ("durwordsen", "no years", "P0D"),
        ("duryear", "0.5", "P0Y6M"),
        ("duryear", "7.58", "P7Y6M29D"),
        ("duryear", "+5.", "P5Y"),
        ("duryear", "-0.0", "P0Y"),
        ("durmonth", "1.96", "P1M29D"),
        ("datequarterend", "third quarter of 2023", "2023-09-30"),
        ("datequarterend", "the quarter ended 4Q 2023", "2023-12-31"),
        ("datequarterend", "last quarter of fiscal 2023", "2023-12-31"),
        ("datequarterend", "2023, fifth quarter", None),
        ("numwordsen", "two quadrillion", "2000000000000000"),
        ("numwordsen", "No", "0"),
        ("numwordsen", "two hundred and seven thousand", "207000"),
        ("numwordsen", "twenty twenty", None),
        ("exchnameen", "The Nasdaq Global Select Market", "NASDAQ"),
        ("exchnameen", "NEW YORK STOCK EXCHANGE", "NYSE"),
        ("stateprovnameen", "DELAWARE", "DE"),
        ("entityfilercategoryen", "Large accelerated filer", "Large Accelerated Filer"),
        ("entityfilercategoryen", "Non\u2011Accelerated Filer", "Non-accelerated Filer"),
        ("entityfilercategoryen", "Non accelerated filer", "Non-accelerated Filer"),
        ("edgarprovcountryen", "Cayman Islands", "E9"),
        ("edgarprovcountryen", "British Columbia, Canada", "A1"),
        ("edgarprovcountryen", "Québec, Canada", "A8"),
        ("edgarprovcountryen", "People’s Republic of China", "F4"),
        ("edgarprovcountryen", "Republic of the Marshall Islands", "1T"),
        ("edgarprovcountryen", "England and Wales", "X0"),
        ("edgarprovcountryen", "Grand Duchy of Luxembourg", "N4"),
        ("countrynameen", "The Federative Republic of Brazil", "BR"),
        ("exchnameen", "The NYSE Arca", "NYSEArca"),
        ("exchnameen", "New York Stock Exchange, LLC", "NYSE"),
        ("exchnameen", "The Nasdaq Global Select Market LLC", "NASDAQ"),
        ("exchnameen", "The Exchange", None),
        ("no-such-thing", "1", None),
    ],
)
def test_what_filings_write_is_understood(name: str, text: str, value: str | None) -> None:
    assert outcome(SEC, name, text) == value


@pytest.mark.parametrize(
    ("namespace", "name", "text", "value"),
    [
        (TR4, "date-monthname-day-year-en", "September 30, 2023", "2023-09-30"),
        (TR4, "num-comma-decimal", "1.234,5", "1234.5"),
        (TR4, "num-dot-decimal", "abc", None),
        (TR3, "datemonthdayyearen", "Jan. 5, 2019", "2019-01-05"),
        ("http://www.xbrl.org/inlineXBRL/transformation/1999-01-01", "num-dot-decimal", "1", None),
    ],
)
def test_registries_are_told_apart(namespace: str, name: str, text: str, value: str | None) -> None:
    assert outcome(namespace, name, text) == value


NUMBERS = ["", "0", "7", "12", "1234", "1,234", "12,34", "1,234,567.80", " 5 ", "1 234", "1\xa0234", ".5", "5.", "-5"]
OTHERS = ["-", "–", "—", "x", "1,234.5.6", "\n9\t", "0012", "1,2345", "yes", "٣"]
DATES = ["September 30, 2023", "February 30, 2023", "May\xa01, 2024", "June 5", "February 29", "July 31st", "April 31"]
MONTHS_AND_DAYS = ["12/31", "1-28", "2/29", "2/30", "13/1", "0/1", "1/0", "December\xa031", "12 31"]
TEXTS = [*NUMBERS, *OTHERS, *DATES, *MONTHS_AND_DAYS]


def test_what_is_read_without_arelle_reads_the_same_with_it() -> None:
    differing = []
    for (namespace, name), text in product(_PLAIN, TEXTS):
        plain = _PLAIN[namespace, name](text)
        try:
            registry = str(_functions()[namespace][name](text.strip(" \t\n\r")))
        except Exception:
            registry = None
        if plain is not None and plain != registry:
            differing.append((name, text, plain, registry))
    assert differing == []
