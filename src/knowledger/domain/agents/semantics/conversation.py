"""Questions that go on from the one before: "and in May?", "what about Microsoft?", "break that down by month"."""

import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import TypeAlias

from knowledger.domain.agents.semantics.frame import Frame
from knowledger.domain.agents.semantics.periods import Period, Times
from knowledger.domain.agents.steps import Call, Reply
from knowledger.domain.agents.tools.output import ToolOutput

Reading: TypeAlias = Callable[[str], Generator[Call, ToolOutput, Frame | Reply | None]]

_FURTHEST = 4
_GOES_ON = re.compile(
    r"\s*(?:and|but|or|also|now|then|ok(?:ay)?|same|what about|how about|break|split|only|just|by|per)\b",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"(?!\W*(?:do|does|did|is|are|was|were|show|list|give|tell|who|which|how|what|where|when)\b)(?:\W*\w+){1,4}\W*$",
    re.IGNORECASE,
)
_POINTING = re.compile(r"\b(?:the same|same|instead|again|too|as well|them|those)\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"\b(?:the )?(?:(year|quarter|month) (?:before|earlier|prior|previous)(?: that)?"
    r"|(?:previous|prior|preceding) (year|quarter|month))\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\b(?:the )?(year|quarter|month) (?:after|later)(?: that)?\b", re.IGNORECASE)
_AS_A_YEAR_BEFORE = re.compile(
    r"\bsame (?:month|quarter|period|time) (?:last year|the year before|a year earlier)\b", re.IGNORECASE
)


def gone_on(
    frame: Frame, earlier: Sequence[str], read: Reading, *, of_somebody: bool = False
) -> Generator[Call, ToolOutput, Frame]:
    """What a question leaves out is what the one before said, which may itself go on from one before it.

    `of_somebody`: a figure alone is no question, it must be told whose.
    """
    if not earlier or not _lacks(frame, of_somebody=of_somebody):
        return frame
    before = yield from read(earlier[-1])
    if not isinstance(before, Frame):
        return frame
    return _completed(frame, (yield from gone_on(before, earlier[-_FURTHEST:-1], read, of_somebody=of_somebody)))


def _lacks(frame: Frame, *, of_somebody: bool) -> bool:
    """Whether a question does not stand by itself."""
    if _GOES_ON.match(frame.question.text) or (of_somebody and not frame.who):
        return True
    return not frame.said and (of_somebody or bool(_SHORT.match(frame.question.text)))


def _completed(frame: Frame, before: Frame) -> Frame:
    times = _moved(frame, before.times) or _joined(frame.times, before.times)
    frame.question.take(_POINTING)
    new_account = not frame.said and not before.who and any(item.type != "Entity" for item in frame.who)
    said = frame.said or ([] if new_account else before.said)
    who = frame.who or [item for item in before.who if not frame.said or item.type in ("Entity", "Filing")]
    words = frame.words if frame.said or frame.words else before.words
    cues = frame.cues.words | (before.cues.words if not frame.said else frozenset())
    carried = () if frame.question.left or frame.said else tuple(before.unknown)
    return replace(
        frame, said=said, who=who, times=times, words=words, cues=replace(frame.cues, words=cues), carried=carried
    )


def _joined(times: Times, before: Times) -> Times:
    """Its own times, or those before; "by month" is how to tell the times before."""
    if times.says_nothing or replace(times, is_all=False).says_nothing:
        return replace(before, step=times.step or before.step, is_all=times.is_all or before.is_all)
    return times


def _moved(frame: Frame, before: Times) -> Times | None:
    """The period before or after the one that was asked about."""
    text = frame.question.text
    back, on = _BEFORE.search(text), _AFTER.search(text)
    found = _AS_A_YEAR_BEFORE.search(text) or back or on
    if found is None or len(before.periods) != 1:
        return None
    step = next((word.lower() for word in found.groups() if word), "year")
    period = _stepped(before.periods[0], step, on=found is on)
    if period.year != before.periods[0].year and not before.periods[0].year:
        return None
    frame.question.claim(*frame.question.inside(*found.span()))
    return replace(before, periods=(period,))


def _stepped(period: Period, step: str, *, on: bool) -> Period:
    if step == "year":
        return replace(period, year=period.year + (1 if on else -1))
    return period.after() if on else period.previous()
