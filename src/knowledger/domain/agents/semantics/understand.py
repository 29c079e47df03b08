"""From a question to a line of thought: the families of graphs know their own questions, any graph the general ones."""

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.reports_intents import think_reports
from knowledger.domain.agents.steps import Setting, Thought
from knowledger.domain.agents.tools.kinds import is_data_sets, is_reporting


def think(question: str, setting: Setting) -> Thought:
    if is_reporting(setting.schema) or is_data_sets(setting.schema):
        return (yield from think_reports(question, setting))
    return abstain("This graph is of another kind.")
