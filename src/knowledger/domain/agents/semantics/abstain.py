"""Saying that a question is not understood, and what could be asked instead."""

from collections.abc import Sequence

from knowledger.domain.agents.steps import Reply


def abstain(why: str, suggestions: Sequence[str] = ()) -> Reply:
    nearest = "".join(f"\n- {item}" for item in suggestions)
    told = f"I cannot answer this. {why}" + (f"\n\nWhat I can answer, for example:{nearest}" if suggestions else "")
    return Reply(told, understood=False, intent="abstain", suggestions=tuple(suggestions))


def unknown_words(words: Sequence[str], suggestions: Sequence[str] = ()) -> Reply:
    listed = ", ".join(f"“{word}”" for word in dict.fromkeys(words))
    return abstain(f"I do not know what {listed} means for this graph.", suggestions)


def which_of(names: Sequence[str], suggestions: Sequence[str] = ()) -> Reply:
    listed = " or ".join(dict.fromkeys(names))
    return abstain(f"It could mean {listed}: please say which.", suggestions)


FUTURE = "The graph holds what has happened; I do not forecast."
ADVICE = "I tell what the graph holds; I give no advice and no opinions."
WHY = "I can tell what the figures are, not why they are so."
EVERYTHING_CUT = "There are more figures than I can read at once, so the answer could be wrong. Narrow it down."
