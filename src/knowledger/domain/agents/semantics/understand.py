"""From a question to a line of thought."""

from knowledger.domain.agents.semantics.abstain import not_understood
from knowledger.domain.agents.steps import Setting, Thought


def think(question: str, setting: Setting) -> Thought:
    yield from ()
    return not_understood(question, setting)
