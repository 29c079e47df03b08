"""The offline analyst: a planner that thinks in steps and touches nothing.

`think(question, setting)` is a generator. It yields a `Call` whenever it needs to know something, is sent the
`ToolOutput` of that call, and returns a `Reply`. It is deterministic: the same question, setting and outputs lead to
the same next step, so a run can be taken up anywhere by handing in what is known so far:

    step = next_step(question, setting, outputs)     # outputs: of the calls made so far, in order
    while isinstance(step, Call):                    # run the tool, append its ToolOutput, ask again
        ...
    step                                             # the Reply

A model function (`FunctionModel`) reads the question and the outputs off the messages and calls `next_step`; whoever
runs it without a loop (tests, benchmarks) calls `answer(question, context)`, which runs the tools itself.

A `Reply` is told in this order: its `text` in pieces (`pieces()`), then its citations, tables and chart. In `text`,
`[1]` is the first of `citations`. `understood` is False where the analyst abstains; `suggestions` are then questions
that it can answer about this graph.
"""

from collections.abc import Sequence

from knowledger.domain.agents.semantics.understand import think
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.registry import tool_named

__all__ = ["Call", "Reply", "Setting", "answer", "next_step", "think"]


def next_step(question: str, setting: Setting, outputs: Sequence[ToolOutput]) -> Call | Reply:
    """What comes after these outputs: the next call, or the reply."""
    thought = think(question, setting)
    try:
        step = next(thought)
        for output in outputs:
            step = thought.send(output)
    except StopIteration as finished:
        reply: Reply = finished.value
        return reply
    thought.close()
    return step


def answer(question: str, context: ToolContext, earlier: tuple[str, ...] = ()) -> Reply:
    """The reply to a question, its tools called at once."""
    setting = Setting(context.graph_id, context.generation_id, context.schema, context.today, earlier)
    thought = think(question, setting)
    try:
        step = next(thought)
        while True:
            step = thought.send(tool_named(step.tool).call(context, step.arguments))
    except StopIteration as finished:
        reply: Reply = finished.value
        return reply
