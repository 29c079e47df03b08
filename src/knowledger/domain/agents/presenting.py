"""Tools that look at nothing: with them a model puts a table or a chart beside its answer."""

from dataclasses import dataclass
from typing import Any

from knowledger.domain.agents import telling
from knowledger.domain.agents.messages import Observation
from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool
from knowledger.domain.operations.progress import Statement
from knowledger.kernel.json import JsonObject, JsonValue


@dataclass(frozen=True)
class ShowTable:
    title: str
    columns: list[str]
    rows: list[list[JsonValue]]


@dataclass(frozen=True)
class ShowChart:
    title: str
    specification: JsonObject


def _show(context: ToolContext, asked: object) -> ToolOutput:
    return ToolOutput({"shown": True})


SHOW_TABLE = Tool(
    name="show_table",
    title="Show a table",
    description="Show the user a table beside the answer. Amounts as exact text, at most 50 rows.",
    input=ShowTable,
    run=_show,
)
SHOW_CHART = Tool(
    name="show_chart",
    title="Show a chart",
    description="Show the user a chart beside the answer: a Vega-Lite specification with its data in `data.values`.",
    input=ShowChart,
    run=_show,
)
PRESENTING: tuple[Tool[Any], ...] = (SHOW_TABLE, SHOW_CHART)


def presented(step: int, observation: Observation) -> Statement | None:
    """What a call of these tools shows."""
    arguments = observation.call.arguments
    if observation.output.failed or arguments is None:
        return None
    if observation.call.tool == SHOW_TABLE.name:
        return telling.table(step, {**arguments, "truncated": False})
    specification = arguments.get("specification")
    if observation.call.tool == SHOW_CHART.name and isinstance(specification, dict):
        return telling.chart(step, {"title": arguments["title"], **specification})
    return None
