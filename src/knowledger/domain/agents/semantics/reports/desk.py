"""What an answer about reported figures is worked out with, and how it is told."""

from collections.abc import Generator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from knowledger.domain.agents.semantics.abstain import EVERYTHING_CUT, abstain
from knowledger.domain.agents.semantics.formulas import concepts_of
from knowledger.domain.agents.semantics.frame import Frame, Who
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.periods import Period, Step, Times
from knowledger.domain.agents.semantics.reports.book import FactBook, Valued, by_entity
from knowledger.domain.agents.semantics.wording import Writing, amount, rounded
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.figures import Figure, cited
from knowledger.domain.agents.tools.kinds import is_data_sets
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.kernel.json import JsonObject

Asking: TypeAlias = Generator[Call, ToolOutput, ToolOutput]


@dataclass
class Desk:
    """What an answer is worked out with."""

    setting: Setting
    frame: Frame

    @property
    def basis_words(self) -> str:
        return "as first reported" if self.frame.cues.has("original") else ""

    def find(self, wanted: list[Metric], who: list[Who], years: list[int], *, parts: bool = False) -> Asking:
        arguments: JsonObject = {"concepts": [*concepts_of(wanted)], "entities": [item.id for item in who]}
        arguments |= {"fiscal_years": [*years], "by_part": parts, "max_rows": 5_000}
        named = ", ".join(item.name for item in wanted)
        whose = ", ".join(item.name for item in who) or "all companies"
        return (yield Call("find_facts", arguments, f"{named} of {whose}"))

    def books(self, found: list[Figure]) -> dict[str, FactBook]:
        return dict(by_entity(found, "original" if self.frame.cues.has("original") else "latest"))

    def citation(self, figure: Figure) -> Citation:
        concept = figure.concept.rpartition(":")[2]
        label = ", ".join(filter(None, (f"{figure.form} {figure.accession}".strip(), concept, figure.period)))
        return cited(figure, label, self.setting.graph_id, self.setting.generation_id)

    def marks(self, writing: Writing, *values: Valued) -> str:
        return writing.cite(*(self.citation(figure) for value in values for figure in value.figures))


def column(metric: Metric) -> str:
    """What heads a column of a table: the name, and the unit where the figures are in percent or days."""
    unit = {"percent": " (%)", "days": " (days)"}.get(metric.kind, "")
    return metric.name + unit


def formula_of(value: Valued) -> str:
    """What it is counted from; where its name is that already, the name alone."""
    return value.formula if value.formula == value.metric.name else f"{value.metric.name} = {value.formula}"


def shown(value: Valued) -> str:
    return amount(value.value, value.unit, value.metric.kind)


def span_words(value: Valued) -> str:
    """The dates that a value is for, as the filings have them."""
    figure = value.figures[0]
    if value.metric.kind == "stock" or figure.span == "instant":
        return f"at {figure.end}"
    if value.formula and not value.metric.formula:
        return value.formula
    return f"{figure.start} to {figure.end}" if figure.start else f"{figure.span} to {figure.end}"


def suggestions(frame: Frame | None, setting: Setting) -> list[str]:
    who = frame.who[0].name if frame and frame.who else "a company"
    return [
        f"What was the revenue of {who} in its last fiscal year?",
        f"How did the gross margin of {who} develop over the last three years?",
        f"Show the balance sheet of {who}.",
        "Which companies had the largest net income?",
    ]


def years_of(periods: list[Period], setting: Setting) -> list[int]:
    """The years to fetch facts of, those before them too; in data sets a fiscal year may end in the one before."""
    years = {item.year for item in periods}
    wider = {0, -1} | ({1} if is_data_sets(setting.schema) else set())
    return sorted({year + step for year in years for step in wider if year})


def not_there(desk: Desk, wanted: list[Metric], who: list[Who], known: list[Period]) -> Reply:
    """Names what is missing, and the stretch of periods that there are."""
    named = ", ".join(item.name for item in wanted)
    whose = " of " + ", ".join(item.name for item in who) if who else ""
    asked = [str(item) for item in desk.frame.times.periods if item.year]
    told = f"This graph has no {named}{whose} for {', '.join(asked[:4]) or 'that period'}."
    if known:
        told += f" It has it for {stretches(known)}."
    return abstain(told, suggestions(desk.frame, desk.setting))


def stretches(known: list[Period]) -> str:
    """FY2018 to FY2025; periods that follow on one another as one."""
    ends: list[list[Period]] = []
    for period in sorted(known):
        if ends and period.previous() == ends[-1][1]:
            ends[-1][1] = period
        else:
            ends.append([period, period])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in ends)


def step_of(times: Times) -> Step | None:
    """Whether years or quarters are asked about."""
    return "quarter" if any(item.kind.startswith("Q") for item in times.periods) else times.step


def unread(found: ToolOutput) -> Reply | None:
    """What to say where a tool found nothing out, or could not show all."""
    if found.failed:
        return abstain(f"The graph could not be read: {found.value.get('message')}")
    return abstain(EVERYTHING_CUT) if found.truncated else None


Answering: TypeAlias = Generator[Call, ToolOutput, Reply]


def two_places(value: Valued) -> Decimal:
    return rounded(value.value, 4) if value.metric.is_share else value.value


Perhaps: TypeAlias = Generator[Call, ToolOutput, Reply | None]
