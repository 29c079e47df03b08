"""Saying that a question is not understood, and what could be asked instead."""

from knowledger.domain.agents.steps import Reply, Setting


def not_understood(why: str, setting: Setting, suggestions: tuple[str, ...] = ()) -> Reply:
    asked = suggestions or tuple(f"How many {node.name} are there?" for node in setting.schema.nodes[:3])
    nearest = "".join(f"\n- {item}" for item in asked)
    told = f"I cannot answer this: {why}" + (f"\n\nWhat I can answer, for example:{nearest}" if asked else "")
    return Reply(told, understood=False, intent="abstain", suggestions=asked)
