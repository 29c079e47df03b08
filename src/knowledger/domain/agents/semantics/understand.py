"""From a question to a line of thought: the families of graphs know their own questions, any graph the general ones."""

from dataclasses import replace

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.questions import think_banking
from knowledger.domain.agents.semantics.generic.described import OF_SCHEMA
from knowledger.domain.agents.semantics.generic.questions import think_generic
from knowledger.domain.agents.semantics.ledger.questions import think_ledger
from knowledger.domain.agents.semantics.lexicon import spelt_out
from knowledger.domain.agents.semantics.plain import put_shortly
from knowledger.domain.agents.semantics.reports.questions import think_reports
from knowledger.domain.agents.steps import Reply, Setting, Thought
from knowledger.domain.agents.tools.kinds import is_banking, is_data_sets, is_ledger, is_reporting

_EMPTY = "Nothing is in this graph yet: load its tables, then build it with `knowledger materialize`."
_OF_NODES = ("sum", "average", "top")
"""Adding up properties of nodes says little about books and accounts, and looks as if it did."""


def think(question: str, setting: Setting) -> Thought:
    """The reply, with what was looked up for it, in order, as its plan."""
    earlier = tuple(put_shortly(spelt_out(item)) for item in setting.earlier)
    thought, looked_up = _think(put_shortly(spelt_out(question)), replace(setting, earlier=earlier)), []
    try:
        step = next(thought)
        while True:
            looked_up.append(step.why)
            step = thought.send((yield step))
    except StopIteration as finished:
        reply: Reply = finished.value
        return replace(
            reply, plan=(*dict.fromkeys(looked_up), *((f"answer: {reply.intent}",) if reply.understood else ()))
        )


def _think(question: str, setting: Setting) -> Thought:
    """Each family answers or abstains; where it sees no question of its kind, the general one is asked."""
    schema = setting.schema
    if setting.generation_id is None:
        return (yield from _of_an_empty_graph(question, setting))
    if is_reporting(schema) or is_data_sets(schema):
        return (yield from think_reports(question, setting))
    if (is_ledger(schema) or is_banking(schema)) and OF_SCHEMA.search(question):
        return (yield from think_generic(question, setting))
    if is_ledger(schema):
        found = yield from think_ledger(question, setting)
        if found is not None:
            return found
    if is_banking(schema):
        found = yield from think_banking(question, setting)
        if found is not None:
            return found
    reply = yield from think_generic(question, setting)
    if reply.intent in _OF_NODES and (is_ledger(schema) or is_banking(schema)):
        return abstain("I do not see which figure of the books or accounts that is.", reply.suggestions)
    return reply


def _of_an_empty_graph(question: str, setting: Setting) -> Thought:
    """Its types can be told; figures would all be zero or missing, which says nothing."""
    reply = yield from think_generic(question, setting)
    return reply if reply.intent == "schema" else abstain(_EMPTY, ("What is in this graph?",))
