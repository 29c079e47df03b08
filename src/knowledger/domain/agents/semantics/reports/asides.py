"""What a question adds in brackets or after "i.e.": how it counts a figure, or which days it means."""

import re
from dataclasses import dataclass, replace

from knowledger.domain.agents.semantics.formulas import operands
from knowledger.domain.agents.semantics.frame import Frame, read_frame
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.question import Question
from knowledger.domain.agents.semantics.reports.arithmetic import put_together
from knowledger.domain.agents.semantics.times import read_times

_ASIDE = re.compile(
    r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)|(?:\bi\.e\.|[:=])\s+([^?;]+)|,?\s+\b(?:using|based on)\b\s+([^?;()]+)",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(?:exclud\w+|without|only|adjusted|not|non|ex|except|including|includes?|plus|before|after|pro forma)\b",
    re.IGNORECASE,
)
_LEAVES_OUT = re.compile(r"\b(?:exclud\w+|without|adjusted|not|ex|except|pro forma|average)\b", re.IGNORECASE)
_COUNTS = re.compile(r"[-+−/÷*×]|\b(?:divided by|less|minus|over|times|to|plus|as a)\b", re.IGNORECASE)


_ONLY_SAID = {"365", "days", "annual", "closing", "ending", "end", "year-end", "only"}


@dataclass(frozen=True)
class Told:
    """The question without its asides, and those that are to be held against what it says."""

    text: str
    asides: tuple[str, ...] = ()


def without_asides(text: str) -> Told:
    """Asides that only explain are taken out; what changes the figure stays in the question."""
    asides: list[str] = []
    return Told(_ASIDE.sub(lambda match: _explained(match, asides), text), tuple(asides))


def _explained(match: re.Match[str], asides: list[str]) -> str:
    inner = match[1] or match[2] or match[3]
    rest = match.string[: match.start()] + match.string[match.end() :]
    if not match[1] and not _read(rest).said:
        return match[0]
    if (
        (match[3] and _read(inner).said)
        or _is_formula(inner)
        or (_only_times(inner) and not read_times(Question(rest)).says_nothing)
    ):
        asides.append(inner)
        return " "
    return match[0]


def _is_formula(inner: str) -> bool:
    return bool(_COUNTS.search(inner)) and bool(_read(inner).said)


def _only_times(inner: str) -> bool:
    question = Question(inner)
    return not read_times(question).says_nothing and not question.left


def _read(inner: str) -> Frame:
    return read_frame(inner, [], ())


def counted_as_said(frame: Frame, asides: tuple[str, ...]) -> bool:
    """Counts the figure as an aside says, if that is another way; False where the aside is not understood."""
    for aside in asides:
        told = _read(aside)
        if not told.said:
            continue
        put_together(told)
        made = told.metrics[0] if len(told.metrics) == 1 and told.metrics[0].parts else None
        if len(frame.said) != 1:
            return False
        own = frame.said[0].metric
        if _same(own, made, told):
            continue
        if made is None or set(told.question.left) - _ONLY_SAID or _LEAVES_OUT.search(aside):
            return False
        kind = own.kind if own.is_share else made.kind
        frame.said = [replace(frame.said[0], metric=replace(made, kind=kind))]
    return True


def _same(own: Metric, made: Metric | None, told: Frame) -> bool:
    """Whether an aside only says the formula that there is: all that it names is in that."""
    inside = made.parts if made else tuple(told.metrics)
    return (
        bool(own.formula)
        and {item.id for item in inside} <= _all_parts(own)
        and not (set(told.question.left) - _ONLY_SAID)
    )


def _all_parts(metric: Metric) -> set[str]:
    parts = operands(metric) if metric.formula else []
    return {metric.id, *(name for part in parts for name in _all_parts(part))}
