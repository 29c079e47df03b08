from datetime import date

import pytest

from knowledger.domain.filings.fiscal import FiscalCalendar, FiscalPeriod, calendar_of

SEPTEMBER = FiscalCalendar(9, 28)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "end", "year", "period"),
    [
        ("2021-09-26", "2022-09-24", 2022, "FY"),
        ("2020-09-27", "2021-09-25", 2021, "FY"),
        ("2022-09-25", "2023-09-30", 2023, "FY"),  # 53 weeks
        ("2021-09-26", "2021-12-25", 2022, "Q1"),
        ("2021-12-26", "2022-03-26", 2022, "Q2"),
        ("2022-03-27", "2022-06-25", 2022, "Q3"),
        ("2022-06-26", "2022-09-24", 2022, "Q4"),
        ("2021-09-26", "2022-03-26", 2022, "H1"),
        ("2021-09-26", "2022-06-25", 2022, "9M"),
        ("2022-05-01", "2022-05-31", 2022, ""),
        ("2019-09-29", "2022-09-24", 2022, ""),
    ],
)
def test_a_duration_has_the_fiscal_period_that_it_spans(start: str, end: str, year: int, period: str) -> None:
    assert SEPTEMBER.duration(day(start), day(end)) == FiscalPeriod(year, period)


def test_quarters_of_twelve_and_sixteen_weeks_are_quarters() -> None:
    calendar = FiscalCalendar(9, 1)
    quarters = [
        ("2024-09-02", "2024-11-24"),
        ("2024-11-25", "2025-02-16"),
        ("2025-02-17", "2025-05-11"),
        ("2025-05-12", "2025-08-31"),
    ]
    periods = [calendar.duration(day(start), day(end)) for start, end in quarters]
    assert periods == [FiscalPeriod(2025, f"Q{number}") for number in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("text", "year", "period"),
    [("2022-09-24", 2022, "FY"), ("2021-12-25", 2022, "Q1"), ("2022-06-25", 2022, "Q3"), ("2021-10-20", 2022, "Q1")],
)
def test_a_day_has_the_period_it_ends_or_falls_in(text: str, year: int, period: str) -> None:
    assert SEPTEMBER.instant(day(text)) == FiscalPeriod(year, period)


def test_a_year_that_ends_in_the_first_days_of_january_is_the_one_before() -> None:
    assert FiscalCalendar(12, 31).instant(day("2021-01-02")) == FiscalPeriod(2020, "FY")
    assert FiscalCalendar(1, 2).duration(day("2019-12-29"), day("2021-01-02")).year == 2020


def test_who_names_a_year_after_its_beginning_is_believed_for_early_year_ends_only() -> None:
    target = calendar_of("0203", annual_period=(day("2024-02-03"), 2023))
    nvidia = calendar_of("0128", annual_period=(day("2024-01-28"), 2024))
    mistaken = calendar_of("0930", annual_period=(day("2023-09-30"), 2022))
    assert target is not None
    assert nvidia is not None
    assert mistaken is not None
    assert target.instant(day("2023-01-28")).year == 2022
    assert nvidia.instant(day("2023-01-29")).year == 2023
    assert mistaken.instant(day("2023-09-30")).year == 2023


def test_periods_before_a_change_of_fiscal_year_keep_the_calendar_of_their_time() -> None:
    calendar = calendar_of("1231", changed_on=day("2023-06-30"))
    assert calendar is not None
    assert calendar.duration(day("2022-07-01"), day("2023-06-30")) == FiscalPeriod(2023, "FY")
    assert calendar.duration(day("2023-07-01"), day("2023-12-31")) == FiscalPeriod(2023, "H2")
    assert calendar.duration(day("2024-01-01"), day("2024-12-31")) == FiscalPeriod(2024, "FY")


@pytest.mark.parametrize("text", ["", "abc", "1332", "0231", "--"])
def test_a_year_end_that_is_no_day_gives_no_calendar(text: str) -> None:
    assert calendar_of(text) is None


@pytest.mark.parametrize("text", ["0924", "--09-24", "09-24"])
def test_year_ends_are_read_as_the_sec_and_as_filings_write_them(text: str) -> None:
    assert calendar_of(text) == FiscalCalendar(9, 24)
