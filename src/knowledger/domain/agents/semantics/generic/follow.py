"""Questions about any graph that go on from the one before: "and in Germany?", "only the active ones", "by country"."""

import re
from dataclasses import replace

from knowledger.domain.agents.semantics.generic.view import View
from knowledger.kernel.json import JsonObject

_GOES_ON = re.compile(
    r"\s*(?:and|but|or|also|now|then|ok(?:ay)?|same|what about|how about|break|split|only|just|by|per|group|of those"
    r"|of these|of them|which of)\b",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?!\W*(?:do|does|did|is|are|was|were|show|list|give|tell|who|which|how|what|where|when|count|number|total|average"
    r"|top|largest|biggest|sum)\b)(?:\W*\w+){1,4}\W*$",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:the same|same|instead|again|too|as well|them|those|these|ones?|break|split|down|it|that|only|group)\b",
    re.IGNORECASE,
)


def begins_as_going_on(text: str) -> bool:
    return bool(_GOES_ON.match(text))


def goes_on(text: str) -> bool:
    return bool(_GOES_ON.match(text) or _SHORT.match(text) or re.search(r"\binstead\b", text, re.IGNORECASE))


def gone_on(view: View, before: View) -> None:
    """Completes what is said with what was: the new value of a property stands in for the one before."""
    view.question.take(_POINTING)
    view.question.take(_GOES_ON)
    by = any(item.is_by for item in view.types) or any(item.is_by for item in view.properties)
    new_types = [item for item in view.types if not item.is_by]
    asks_anew = bool(new_types or [item for item in view.properties if not item.is_by])
    told_by = by or (view.times.step is not None and view.times.is_all)
    said = {item.item.name for item in view.values}
    view.values += [
        item for item in before.values if item.item.name not in said and not _is_of_another(view, item.owner)
    ]
    named = {row["type"] for row in view.mentions}
    view.mentions += [_moved(row) for row in before.mentions if row["type"] not in named]
    if not new_types:
        view.types = [*(item for item in before.types if not (told_by and item.is_by)), *view.types]
    if not asks_anew:
        view.properties = [*(item for item in before.properties if not (told_by and item.is_by)), *view.properties]
    view.relationships += [item for item in before.relationships if item not in view.relationships]
    view.bounds = view.bounds or before.bounds
    if view.times.says_nothing or (view.times.step and view.times.is_all and not view.times.periods):
        step = view.times.step if view.times.is_all else before.times.step
        view.times = replace(before.times, step=step, is_all=view.times.is_all or before.times.is_all)
    ranks = {"rank_most", "rank_least", "rank", "count", "list"} if told_by else set()
    own = view.cues.words - {"by", "list", "per", "split"}
    kept = (
        before.cues.words
        if not own
        else before.cues.words - {"count", "list", "average", "sum", "rank_most", "rank_least"}
    )
    view.cues = replace(view.cues, words=view.cues.words | (kept - ranks), count=view.cues.count or before.cues.count)
    view.direction = view.direction or (None if told_by else before.direction)


def _is_of_another(view: View, owner: object) -> bool:
    """Conditions of a type that is asked about no more."""
    asked = [item.node for item in view.types if not item.is_by]
    return bool(asked) and owner not in asked


def _moved(row: JsonObject) -> JsonObject:
    """Places are those of the other question."""
    return {**row, "start": -1 - int(str(row["start"])), "end": 0}
