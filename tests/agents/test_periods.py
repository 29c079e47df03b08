"""How people name periods."""

from datetime import date

import pytest

from knowledger.domain.agents.semantics.question import Question
from knowledger.domain.agents.semantics.times import read_times


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("FY23", ["FY2023"]),
        ("fiscal year 2022", ["FY2022"]),
        ("in 2021 and 2023", ["FY2021", "FY2023"]),
        ("from 2021 to 2023", ["FY2021", "FY2022", "FY2023"]),
        ("2021-23", ["FY2021", "FY2022", "FY2023"]),
        ("between FY2020 and FY2021", ["FY2020", "FY2021"]),
        ("Q2 2024", ["Q2 2024"]),
        ("2Q24", ["Q2 2024"]),
        ("Q1 and Q2 2024", ["Q1 2024", "Q2 2024"]),
        ("second quarter of fiscal 2023", ["Q2 2023"]),
        ("Q3 2023 versus Q3 2022", ["Q3 2022", "Q3 2023"]),
        ("first half of 2026", ["H1 2026"]),
        ("nine months 2023", ["9M 2023"]),
        ("June 30, 2009", ["2009-06-30"]),
        ("30 June 2009", ["2009-06-30"]),
        ("March 2026", ["2026-03"]),
        ("January to March 2026", ["2026-01", "2026-02", "2026-03"]),
        ("May and June 2026", ["2026-05", "2026-06"]),
    ],
)
def test_a_period_is_read(text: str, periods: list[str]) -> None:
    question = Question(text)
    assert sorted(map(str, read_times(question).periods)) == sorted(periods)


def test_what_is_counted_back_is_read() -> None:
    times = read_times(Question("over the last three fiscal years"))
    assert (times.last, times.step) == (3, "year")
    assert read_times(Question("TTM")).is_ttm
    assert read_times(Question("since 2019")).since is not None
    assert read_times(Question("as of year to date")).is_ytd


@pytest.mark.parametrize("text", ["next year", "what will it be", "the coming quarter", "forecast it"])
def test_the_future_is_known_as_such(text: str) -> None:
    assert read_times(Question(text)).is_future


def test_words_about_time_are_accounted_for() -> None:
    question = Question("as of the end of the second quarter of fiscal year 2023")
    read_times(question)
    assert question.left == []


def test_an_edge_is_read() -> None:
    times = read_times(Question("from the start of the year until the end of May 2026"))
    assert (str(times.until), times.periods) == ("2026-05", ())
    assert str(read_times(Question("since March 2026")).since) == "2026-03"
    assert str(read_times(Question("since Q2 2024")).since) == "Q2 2024"


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("in april 26", ["2026-04"]),
        ("on May 15", ["0-05-15"]),
        ("the first six months of 2026", ["H1 2026"]),
        ("first two quarters of 2024", ["H1 2024"]),
    ],
)
def test_what_is_said_in_short_is_read(text: str, periods: list[str]) -> None:
    assert [str(item) for item in read_times(Question(text)).periods] == periods


def test_the_first_two_months_are_not_the_last() -> None:
    question = Question("the first two months")
    assert read_times(question).last == 0
    assert question.left == ["two"]


def test_a_day_without_a_year_is_the_last_such_day() -> None:
    times = read_times(Question("on May 15"))
    assert str(times.with_days_up_to(date(2026, 11, 23)).periods[0]) == "2026-05-15"
    assert str(times.with_days_up_to(date(2026, 3, 1)).periods[0]) == "2025-05-15"
