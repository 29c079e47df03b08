"""Identifiers as registers give them: what is taken, how it is written, and the rule that a mistake breaks."""

from collections.abc import Callable

import pytest

from knowledger.domain.graphs import identifiers


@pytest.mark.parametrize(
    ("check", "written", "kept"),
    [
        (identifiers.lei, "HWUPKR0MPOU8FGXBT394", "HWUPKR0MPOU8FGXBT394"),
        (identifiers.lei, " r0muwsfpu8mpro8k5p83 ", "R0MUWSFPU8MPRO8K5P83"),
        (identifiers.cik, "320193", "0000320193"),
        (identifiers.cik, "CIK0000320193", "0000320193"),
        (identifiers.ein, "94-2404110", "942404110"),
        (identifiers.ein, "942404110", "942404110"),
        (identifiers.sic, "3571", "3571"),
        (identifiers.ticker, "brk.b", "BRK.B"),
        (identifiers.fiscal_year_end, "--1231", "12-31"),
        (identifiers.fiscal_year_end, "--09-28", "09-28"),
        (identifiers.fiscal_year_end, "0229", "02-29"),
        (identifiers.currency, "usd", "USD"),
        (identifiers.country, "us", "US"),
    ],
)
def test_what_registers_give_is_kept_in_one_way(check: Callable[[str], str], written: str, kept: str) -> None:
    assert check(written) == kept


@pytest.mark.parametrize(
    ("check", "written", "rule"),
    [
        (identifiers.lei, "HWUPKR0MPOU8FGXBT395", "wrong check digits: by ISO 17442 they would be 94"),
        (identifiers.lei, "HWUPKR0MPOU8FGXTB394", "wrong check digits"),
        (identifiers.lei, "HWUPKR0MPOU8FGXBT39", "18 letters or digits, then two check digits"),
        (identifiers.cik, "12345678901", "one to ten digits"),
        (identifiers.cik, "0", "not all zero"),
        (identifiers.ein, "94-240411", "nine digits"),
        (identifiers.ein, "07-1234567", "begins with 07"),
        (identifiers.sic, "357", "four digits"),
        (identifiers.ticker, "AAPL US", "letters and digits"),
        (identifiers.fiscal_year_end, "--0230", "a month and a day"),
        (identifiers.fiscal_year_end, "31.12.", "a month and a day"),
        (identifiers.currency, "US$", "three letters"),
        (identifiers.country, "USA", "two letters"),
    ],
)
def test_a_mistake_is_refused_with_its_rule(check: Callable[[str], str], written: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        check(written)
