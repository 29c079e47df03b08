"""The books of `examples/accounting` on the whole stack: every statement is right to the cent."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from knowledger.client import Client, Graph
from knowledger.client.events import Citation, TextDelta
from knowledger.client.json import JsonObject
from knowledger.examples.accounting import run
from tests.examples.accounting import ACCOUNTING, EXPECTED, QUERIES, books, rows
from tests.integration.waiting import staged
from tests.stack import Stack

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def files() -> Iterator[duckdb.DuckDBPyConnection]:
    with books() as connection:
        yield connection


@pytest.fixture(scope="module")
def graph(client: Client) -> Graph:
    return run.load(client)


def asked(graph: Graph, name: str) -> list[JsonObject]:
    return list(graph.query((QUERIES / f"{name}.cypher").read_text(encoding="utf-8")).rows)


def told_by(stack: Stack, command: list[str]) -> str:
    """What a command prints that is run at the top of the project, as the stack's first user."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONUTF8": "1",
        "KNOWLEDGER_HOME": str(stack.settings.home),
        "KNOWLEDGER_URL": stack.url,
        "KNOWLEDGER_API_KEY": stack.api_key,
    }
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_statement_is_what_the_files_say(name: str, graph: Graph, files: duckdb.DuckDBPyConnection) -> None:
    assert asked(graph, name) == rows(files, EXPECTED[name])


def test_no_row_is_lost_on_the_way(graph: Graph, files: duckdb.DuckDBPyConnection) -> None:
    record = graph.record()
    assert record.generation is not None
    counts = record.generation.counts
    names = [path.stem for path in (ACCOUNTING / "data").glob("*.csv")]
    assert {name: counts[name] for name in names} == {
        name: files.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for name in names
    }
    assert counts["POSTED_TO"] == counts["HAS_LINE_ITEM"] == counts["LineItem"]
    assert counts["POSTED_IN"] == counts["ENTERED_IN"] == counts["RECORDS"] == counts["Transaction"]
    assert counts["REVERSES"] == 1


def test_a_bill_entered_twice_leads_to_what_took_it_back(graph: Graph) -> None:
    assert graph.query(
        "MATCH (later:Transaction)-[:REVERSES]->(mistake:Transaction)-[:MADE_WITH]->(c:Counterparty) "
        "RETURN later.description AS text, mistake.status AS status, c.name AS vendor"
    ).rows == ({"text": "Entered twice: taken back", "status": "reversed", "vendor": "Telenet"},)


def test_a_question_is_answered_with_its_sources(graph: Graph) -> None:
    operation = graph.ask("What was revenue in May 2026?")
    said = list(operation.events(timeout=60))
    answer = operation.result(timeout=10)
    assert "36,708.60" in answer.text
    assert "".join(event.text for event in said if isinstance(event, TextDelta)) == answer.text
    assert [event.number for event in said if isinstance(event, Citation)] == [1]
    again = graph.ask("And in June?", conversation_id=answer.conversation_id)
    assert again.result(timeout=60).conversation_id == answer.conversation_id
    (dialogue,) = graph.conversations.list()
    assert [turn.question for turn in graph.conversations.get(dialogue.conversation_id).turns] == [
        "What was revenue in May 2026?",
        "And in June?",
    ]


def test_the_command_prints_the_answer(stack: Stack, graph: Graph) -> None:
    assert "36,708.60" in told_by(stack, ["knowledger", "ask", graph.graph_id, "What was revenue in May 2026?"])


def test_a_mistake_is_found(client: Client) -> None:
    bad = client.graphs.create("Bad books", extensions=["ledger"]).result(timeout=60)
    staged(bad, "Account", "a.csv", b"account_id,code,name,account_type\n1,1010,Bank,asset\n2,4010,Sales,revenue\n")
    staged(bad, "Transaction", "t.csv", b"transaction_id,transaction_date,description\nT1,2026-01-02,A sale\n")
    lines = b"line_item_id,transaction_id,account_id,debit,credit\nL1,T1,1,10.01,\nL2,T1,2,,10.00\n"
    staged(bad, "LineItem", "l.csv", lines)
    staged(bad, "TrialBalance", "b.csv", b"trial_balance_id,as_of,total_debit,total_credit\nB,2026-01-31,10.00,10.00\n")
    staged(bad, "SHOWS_BALANCE", "s.csv", b"trial_balance_id,account_id,closing_balance\nB,1,10.00\nB,2,-10.00\n")
    bad.materialize().result(timeout=60)
    [unbalanced] = asked(bad, "unbalanced_transactions")
    assert unbalanced == {"transaction": "T1", "description": "A sale", "difference": "0.01"}
    [month_end] = asked(bad, "month_ends")
    assert (month_end["accounts"], month_end["differing"]) == (2, 1)
    [total] = asked(bad, "trial_balance_sum")
    assert total["difference"] == "0.01"


@pytest.mark.slow
def test_the_script_prints_the_statements(stack: Stack) -> None:
    printed = told_by(stack, [sys.executable, "examples/accounting/run.py"])
    assert re.search(r"Profit before income tax +1958\.81\n", printed)
    assert re.search(r"132892\.16 +70933\.35 +60000\.00 +1958\.81 +0\.00\n", printed)


@pytest.mark.slow
def test_the_commands_of_the_readme_lead_to_the_income_statement(stack: Stack) -> None:
    readme = (ACCOUNTING / "README.md").read_text(encoding="utf-8")
    commands = readme.split("```sh\n")[1].split("```")[0]
    printed = told_by(stack, ["bash", "-e", "-c", commands])
    assert re.search(r"Profit before income tax\W+1958\.81", printed)
