"""Every event of an operation, as the functions that make them make them."""

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta

from knowledger.domain.agents import telling
from knowledger.domain.agents.messages import Observation, ToolCall
from knowledger.domain.agents.mind import Tokens
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.domain.operations import events
from knowledger.domain.operations.event_types import TERMINAL, EventType
from knowledger.domain.operations.events import Event
from knowledger.domain.operations.progress import Progress, Statement
from knowledger.domain.tables.planning import FilesNotStaged
from knowledger.kernel.json import JsonObject
from pages.markdown import code, notice, table

_HEAD = """# Events

What an operation says while it waits, works and ends, numbered 1, 2, 3 … Each has exactly one terminal event, and what
it announces is there to be read when it arrives. The numbers only grow; they may skip some where a database was killed.
[The wire](../wire.md#streams) says how to follow them.

"""
_MEANING = {
    EventType.QUEUED: "Accepted, and waiting for its turn. Always number 1.",
    EventType.STARTED: "A worker has taken it. Comes again, with a higher `attempt`, where an attempt was lost.",
    EventType.PROGRESS: "How far it is, at most twenty times a second. What is not known is left out.",
    EventType.RETRYING: "Something that passes went wrong; it is tried again after a pause.",
    EventType.COMPLETED: "Done. `result` is the kind's own, below.",
    EventType.ERROR: "It failed, and changed nothing. The fields are those of an [error](errors.md).",
    EventType.CANCELLED: "It was cancelled, and changed nothing.",
    EventType.PLAN: "How the question is going to be answered.",
    EventType.TOOL_CALL: "A tool is used. Its `tool_result` has the same `tool_call_id`.",
    EventType.TOOL_RESULT: "What the tool found. `result` is null where it is too long for an event.",
    EventType.TEXT_DELTA: "More of the text of a `step`, at `offset` (in characters). At most thirty times a second.",
    EventType.CITATION: "Where a figure stands; `[1]` in the text means the citation with the `number` 1.",
    EventType.TABLE: "A table of the answer.",
    EventType.CHART: "A chart of the answer: a Vega-Lite specification that has its data in itself.",
    EventType.USAGE: "What a call of the model took, and what it cost.",
    EventType.WARNING: "The answer is less than it might have been, and why.",
}
_PROGRESS = {
    "message": "What is being done, for people",
    "step": "The name of the part of the work that is under way",
    "percent": "Of the whole operation, 0 to 100, never going back; also as `percentage` and `progress`",
    "current_step": "The number of the step",
    "total_steps": "How many steps there are",
    "rows_done": "Rows done in this step",
    "rows_total": "Rows that this step will do, where known",
    "bytes_done": "Bytes done in this step",
    "bytes_total": "Bytes that this step will do",
    "rate": "Rows (or bytes) a second over the last five seconds",
    "eta_seconds": "Seconds left, worked out from the percentage so far",
}


def page() -> str:
    return (
        notice("src/knowledger/domain/operations/events.py")
        + _HEAD
        + "\n".join((*_summary(), *_progress(), *_examples()))
    )


def _summary() -> Iterator[str]:
    rows = ((code(type_), _MEANING[type_], "yes" if type_ in TERMINAL else "") for type_ in EventType)
    yield from table(("event", "what it says", "terminal"), rows)
    yield "After the terminal event a stream sends `stream_end`, which has no number, with the status, and is closed."
    yield ""


def _progress() -> Iterator[str]:
    yield from ("## The fields of progress", "")
    names = [field.name for field in fields(Progress)] + ["rate", "eta_seconds"]
    spelt = {"percent": "progress_percent"}
    yield from table(("field", "what it says"), ((code(spelt.get(name, name)), _PROGRESS[name]) for name in names))


def _examples() -> Iterator[str]:
    yield from ("## What each looks like", "")
    yield from ("Every event also has `operation_id`, `sequence_number`, `timestamp` and `message`.", "")
    for seq, (type_, about) in enumerate(_samples().items(), start=1):
        yield from (
            f"### {type_}",
            "",
            "```json",
            json.dumps(_said(seq, type_, about).data, indent=2, ensure_ascii=False),
            "```",
            "",
        )


def _samples() -> dict[EventType, JsonObject]:
    read = Progress("Reading num.txt", "read", 48.0, None, None, 60_000, None, 8_388_608, 17_476_266)
    refused = FilesNotStaged("Not staged: pre.txt.", files=["pre.txt"])
    result: JsonObject = {"graph_id": "kg_…", "name": "Filings"}
    samples = {
        EventType.QUEUED: events.queued("stage_file", "kg_…"),
        EventType.STARTED: events.started("stage_file", "kg_…", 1),
        EventType.PROGRESS: events.progressed(read, 412_000.0, 1.3),
        EventType.RETRYING: events.retrying(refused, 1, timedelta(seconds=0.8)),
        EventType.COMPLETED: events.completed(result, None),
        EventType.ERROR: events.failed(refused),
        EventType.CANCELLED: events.cancelled("Cancelled by the user"),
        **{said.type: said.about for said in _statements()},
    }
    assert samples.keys() == set(EventType)
    return samples


def _statements() -> Iterator[Statement]:
    call = ToolCall("call_1", "run_cypher", {"query": "MATCH (f:Fact) RETURN count(*) AS facts"}, why="Count the facts")
    yield telling.plan(1, ["Count the facts"])
    yield telling.tool_call(1, call)
    yield telling.tool_result(2, Observation(call, ToolOutput({"columns": ["facts"], "rows": [[81_200]]})))
    yield telling.text_delta(3, 0, "There are 81,200 facts [1].")
    yield telling.citation(3, 1, Citation("All facts", "kg_…", query="MATCH (f:Fact) RETURN count(*) AS facts"))
    yield telling.table(3, {"title": "Facts", "columns": ["facts"], "rows": [[81_200]], "truncated": False})
    yield telling.chart(3, {"title": "Facts", "mark": "bar", "data": {"values": [{"facts": 81_200}]}})
    yield telling.usage(3, "claude-sonnet-4-6", Tokens(2_100, 40), telling.Cost(690_000), 1_310_000)
    yield telling.warning(3, "AnswerCut", "The answer is longer than this mode allows, and ends here.")


def _said(seq: int, type_: EventType, about: JsonObject) -> Event:
    said = events.event("op_…", "org_…", seq, type_, about)
    said.data["timestamp"] = datetime(2026, 1, 31, 12, 0, seq, tzinfo=UTC).isoformat()
    return said
