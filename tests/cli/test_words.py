"""What the commands say in sentences, and what they read in times."""

from datetime import UTC, datetime, timedelta

import pytest

from knowledger.cli.keys import expiry
from knowledger.cli.problems import UsageProblem
from knowledger.cli.words import command, counted

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(("count", "said"), [(0, "0 rows"), (1, "1 row"), (1200, "1,200 rows")])
def test_a_noun_agrees_with_its_count(count: int, said: str) -> None:
    assert counted(count, "row") == said


def test_a_shown_command_can_be_typed() -> None:
    assert command("file", "show", "my file.csv") == "knowledger file show 'my file.csv'"


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("90d", NOW + timedelta(days=90)),
        ("1 day", NOW + timedelta(days=1)),
        ("2027-01-31", datetime(2027, 1, 31, tzinfo=UTC)),
        ("2027-01-31T18:00+01:00", datetime(2027, 1, 31, 17, tzinfo=UTC)),
    ],
)
def test_an_expiry_is_a_time_or_days(text: str, until: datetime) -> None:
    assert expiry(text, NOW) == until


@pytest.mark.parametrize("text", ["tomorrow", "90", "-1d", "99999999d"])
def test_no_expiry_is_guessed(text: str) -> None:
    with pytest.raises(UsageProblem, match="is no time"):
        expiry(text, NOW)
