"""The analyst against the question sets: right in scope, silent outside of it. Both numbers stand in docs/ask.md."""

from pathlib import Path

import duckdb
import pytest

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.graphs.extension import compose
from tests.agents import bank, company_facts, csv_graphs, example_bank, fsds, shipped
from tests.agents.graphs import opened, seal
from tests.agents.questions import question_set, score, told
from tests.examples.accounting import DATA, books

RIGHT = 0.85
ANSWERED_OUTSIDE = 0.02

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def hold(context: ToolContext, raw: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Sets that end in `_blind`, `_unseen`, `_fresh`, `_third` or `_fourth` are by people who knew no rules."""
    for name in names:
        found = score(question_set(name), context, raw)
        assert found.right >= RIGHT, told([(name, found)])
        assert found.answered_outside <= ANSWERED_OUTSIDE, told([(name, found)])


def test_the_books_of_a_small_firm(tmp_path: Path) -> None:
    sealed = seal(tmp_path, compose(["ledger"]), {path.stem: path for path in sorted(DATA.glob("*.csv"))})
    with opened(sealed) as context, books() as raw:
        hold(
            context,
            raw,
            "accounting",
            "accounting_blind",
            "accounting_unseen",
            "accounting_fresh",
            "accounting_third",
            "accounting_fourth",
            "accounting_conversations",
        )


def test_a_bank_feed(tmp_path: Path) -> None:
    with opened(bank.graph(tmp_path)) as context, bank.table(tmp_path) as raw:
        hold(context, raw, "banking")


def test_what_the_example_bank_feeds(tmp_path: Path) -> None:
    told_by_bank = example_bank.Told()
    with opened(example_bank.graph(tmp_path, told_by_bank)) as context, example_bank.table(told_by_bank) as raw:
        names = ("example_bank_blind", "example_bank_unseen", "household_fresh", "household_third")
        hold(context, raw, *names, "example_bank_conversations")


def test_a_workshop_at_the_example_bank(tmp_path: Path) -> None:
    told_by_bank = example_bank.Told(example_bank.WORKSHOP)
    with opened(example_bank.graph(tmp_path, told_by_bank)) as context, example_bank.table(told_by_bank) as raw:
        hold(context, raw, "workshop_unseen", "workshop_fresh")


def test_a_graph_of_no_known_kind(tmp_path: Path) -> None:
    sealed = shipped.graph(tmp_path)
    with opened(sealed) as context, shipped.table(sealed) as raw:
        hold(context, raw, "generic", "generic_blind")


@pytest.mark.parametrize(
    ("name", "sets"),
    [
        ("supply", ["supply_unseen", "supply_conversations"]),
        ("airline", ["airline_fresh", "airline_third"]),
        ("hospital", ["hospital_fresh", "hospital_third"]),
        ("festival", ["festival_fourth"]),
        ("library", ["library"]),
        ("housing", ["housing"]),
    ],
    ids=["supply", "airline", "hospital", "festival", "library", "housing"],
)
def test_other_graphs_of_no_known_kind(name: str, sets: list[str], tmp_path: Path) -> None:
    with opened(csv_graphs.graph(tmp_path, name)) as context, csv_graphs.table(name) as raw:
        hold(context, raw, *sets)


@pytest.mark.skipif(not fsds.SHARED.exists(), reason="the SEC's data sets (../shared/fsds) are not on this machine")
def test_a_quarter_of_the_data_sets(tmp_path: Path) -> None:
    raw_files = fsds.unpacked(tmp_path / "raw")
    with opened(fsds.graph(tmp_path, raw_files)) as context, fsds.table(raw_files) as raw:
        hold(context, raw, "fsds", "fsds_blind", "fsds_fresh", "fsds_third", "fsds_fourth")


@pytest.mark.skipif(not company_facts.SHARED.exists(), reason="company facts (../shared/edgar) are not on this machine")
def test_company_facts(tmp_path: Path) -> None:
    with opened(company_facts.graph(tmp_path)) as context, company_facts.table() as raw:
        names = ("company_facts", "company_facts_blind", "company_facts_fresh", "company_facts_third")
        hold(context, raw, *names, "company_facts_fourth")
