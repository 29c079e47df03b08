"""What the commands say in sentences, and what they read in times."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
import typer
from rich.console import Console

from knowledger.cli.amounts import with_amounts, with_fewer_places
from knowledger.cli.emphasis import Emphasis
from knowledger.cli.keys import expiry
from knowledger.cli.main import app
from knowledger.cli.problems import FileProblem, UsageProblem
from knowledger.cli.sec import summary
from knowledger.cli.terminal import Cell, Terminal
from knowledger.cli.words import command, counted
from knowledger.client.saving import saving
from knowledger.client.sec import FilingsLoaded

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(("count", "said"), [(0, "0 rows"), (1, "1 row"), (1200, "1,200 rows")])
def test_a_noun_agrees_with_its_count(count: int, said: str) -> None:
    assert counted(count, "row") == said


def test_columns_of_exact_amounts_are_figures_and_names_codes_and_years_are_not() -> None:
    rows: list[list[Cell]] = [
        ["4000", "0000320193", "2023", "383285000000", "12.50"],
        ["6100", "0001045810", "2024", None, "-3"],
    ]
    assert with_amounts(rows) == [
        ["4000", "0000320193", "2023", Decimal(383285000000), Decimal("12.50")],
        ["6100", "0001045810", "2024", None, Decimal(-3)],
    ]
    assert with_amounts([]) == []


def test_decimals_of_a_graph_keep_the_places_that_their_column_needs() -> None:
    rows: list[list[Cell]] = [
        ["1000000.000000000000", "0.640000000000", "1.50", "Vases", "0.000000000000"],
        ["-5.000000000000", None, "12.250000", "2.0000000", "1"],
    ]
    assert [[str(cell) for cell in row] for row in with_fewer_places(rows)] == [
        ["1000000", "0.64", "1.50", "Vases", "0.000000000000"],
        ["-5", "None", "12.250000", "2.0000000", "1"],
    ]
    assert with_fewer_places([]) == []


def test_a_load_counts_the_companies_that_filed() -> None:
    loaded = FilingsLoaded("sec", companies=("0000320193",), filings=4, read=3, refused=1)
    assert summary(loaded) == (
        "3 filings of 1 company in the graph sec, 1 refused (knowledger sec filings --status refused)"
    )


def test_a_shown_command_can_be_typed() -> None:
    assert command("file", "show", "my file.csv") == "knowledger file show 'my file.csv'"
    named = Terminal(graph="My books")
    assert named.command("materialize") == "knowledger materialize --graph 'My books'"


def test_a_place_that_takes_no_file_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"answer\.csv") as told, saving(tmp_path / "missing" / "answer.csv"):
        pass
    assert FileProblem(told.value).message.endswith(
        "/missing/answer.csv cannot be read or written: No such file or directory."
    )
    with pytest.raises(IsADirectoryError), saving(tmp_path) as file:
        file.write(b"rows")
    assert list(tmp_path.iterdir()) == list(tmp_path.parent.glob(f".{tmp_path.name}.*")) == []


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


@pytest.mark.parametrize("cut", range(1, 9))
def test_bold_words_are_bold_wherever_they_are_cut(cut: int) -> None:
    text, emphasis = "a **b** 2*3", Emphasis()
    shown = emphasis.shown(text[:cut]) + emphasis.shown(text[cut:]) + emphasis.rest()
    assert shown == "a \x1b[1mb\x1b[22m 2*3"


def test_without_rows_people_see_the_next_step_and_pipes_the_header(capsys: pytest.CaptureFixture[str]) -> None:
    seen, said = StringIO(), StringIO()
    for is_terminal in (True, False):
        out = Console(file=seen, force_terminal=is_terminal)
        Terminal(out=out, err=Console(file=said)).table(("graph", "name"), [], empty="Create one.")
    assert (seen.getvalue(), said.getvalue()) == ("", "Create one.\n")
    assert capsys.readouterr().out == "graph\tname\n"


def test_every_option_says_what_it_is_for_and_every_answer_comes_as_json() -> None:
    commands = dict(_commands(typer.main.get_command(app)))
    silent = {
        f"{name} {option.opts[0]}"
        for name, command in commands.items()
        for option in command.params
        if option.param_type_name == "option" and not getattr(option, "help", None)
    }
    for_people = {name for name, command in commands.items() if "as_json" not in {item.name for item in command.params}}
    assert silent == set()
    assert for_people == {"up", "api", "worker", "host", "demo", "mcp", "billing ledger"}


def _commands(group: object, *path: str) -> Iterator[tuple[str, typer.core.TyperCommand]]:
    if isinstance(group, typer.core.TyperGroup):
        for name, inside in group.commands.items():
            yield from _commands(inside, *path, name)
    elif isinstance(group, typer.core.TyperCommand):
        yield " ".join(path), group
