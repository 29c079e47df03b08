"""The offline analyst on a graph of company reports: from a question to its answer, without a model."""

import time
from collections.abc import Iterator
from statistics import median

from benchmarks.figure import Bench, Line
from benchmarks.units import count, delays
from knowledger.domain.agents.analyst import answer
from knowledger.domain.agents.tools.context import ToolContext
from tests.agents import company_facts
from tests.agents.graphs import opened
from tests.agents.questions import question_set

MOST_S = 0.150


def measure(bench: Bench) -> Iterator[Line]:
    if not company_facts.SHARED.exists():
        return
    questions = [item.ask for item in question_set("company_facts").in_scope]
    directory = bench.directory / "facts"
    directory.mkdir()
    with opened(company_facts.graph(directory)) as context:
        answer(questions[0], context)
        took = [_seconds(question, context) for question in questions[: bench.size(len(questions), 15)]]
        [facts] = context.reading.cypher("MATCH (f:Fact) RETURN count(*) AS n", {}, max_rows=1).rows
    middle = median(took)
    what = f"a question to the offline analyst, over {count(int(str(facts['n'])))} facts, in process: p50"
    yield Line(what, delays(took), wanted=f"≤ {1e3 * MOST_S:g} ms", reached=middle <= MOST_S)


def _seconds(question: str, context: ToolContext) -> float:
    began = time.perf_counter()
    answer(question, context)
    return time.perf_counter() - began
