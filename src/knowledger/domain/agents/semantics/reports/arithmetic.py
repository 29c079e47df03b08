"""Figures put together by a question: A plus B, A less B, A as a share of B, A per B."""

import re
from itertools import pairwise

from knowledger.domain.agents.semantics.cues import is_turned
from knowledger.domain.agents.semantics.frame import Frame
from knowledger.domain.agents.semantics.lexicon import Metric, MetricKind, Said, metrics

_SMALL = r"(?:\s|,|\b(?:the|its|their|of|all|total|company|company's|it|is|was|were|for|in|on|by)\b)*"
_SHARE = r"(?:%|\bpct\b|\bper ?cent(?:age)?\b|\bshare\b|\bproportion\b|\bfraction\b|\bportion\b|\bpart\b)"
_PLUS = re.compile(r"\b(?:plus|and|added to|together with|combined with|as well as)\b|[+&]", re.IGNORECASE)
_ADDED = re.compile(r"\b(?:plus|added|together|combined|sum of|sum up|add up|in sum|in total)\b|\+", re.IGNORECASE)
_MINUS = re.compile(r"\b(?:minus|less(?! than)|net of|after deducting|subtract(?:ing|ed)?)\b|\s[-−–]\s", re.IGNORECASE)
_APART = re.compile(r"\b(?:difference|gap|spread) between\b", re.IGNORECASE)
_SHARE_OF = re.compile(rf"{_SHARE}\s*(?:of|to|in|relative to)?{_SMALL}$", re.IGNORECASE)
_OVER = re.compile(
    r"\s*(?:(?:to|over|divided by|relative to|in relation to|in proportion to|against|per)\b|[/÷:])", re.IGNORECASE
)
_WENT = re.compile(
    r"\b(?:went|goes|go|going|gone|spen[dt]s?|devoted|dedicated|used|paid|consumed|eaten|absorbed|allocated|returned)\b",
    re.IGNORECASE,
)
_HELD = re.compile(r"\b(?:compare|comparison|change|move|from)\b", re.IGNORECASE)
_RATIO = re.compile(r"\b(?:ratio|multiple)\b", re.IGNORECASE)
_TIMES = re.compile(
    r"\b(?:how many times|times (?:as|the|larger|bigger|higher|greater|more)|multiple of)\b", re.IGNORECASE
)
_PER_SHARE = re.compile(r"\s+(?:per|a) (?:diluted )?share\b", re.IGNORECASE)
_SIGNS = {" + ": "plus", " - ": "less", " / ": "to"}
_IN_PERCENT = re.compile(_SHARE, re.IGNORECASE)
_JOINING = re.compile(
    r"\b(?:plus|minus|less|net of|added to|added|add|together with|together|combined(?: with)?|divided by|relative to"
    r"|in relation to|went|goes|going|gone|go|eaten up|consumed|absorbed|subtract(?:ing|ed)?|sum up"
    r"|times|as many|as large|as big|larger|bigger|cover(?:s|ed)?|multiple|express(?:ed)?|ratio"
    r"|after deducting|portion|devoted|dedicated|converted|turned into|turns into|as well as|left|remaining)\b",
    re.IGNORECASE,
)


def put_together(frame: Frame) -> None:
    """Two or more figures that the question joins become one, with the formula that joins them."""
    said = [item for item in frame.said if item.end]
    if len(said) < 2 or len({item.metric for item in said}) < 2:
        return
    made = (_shares(frame, said) or _chain(frame, said)) if len(said) > 2 else _pair(frame, said[0], said[1])
    if summed := _sum(frame, said):
        made = [summed]
    if made:
        frame.question.take(_JOINING)
        frame.said = [Said(said[0].start, said[-1].end, metric) for metric in made]


def _chain(frame: Frame, said: list[Said]) -> list[Metric]:
    """ "A plus B, minus C, over D": signs between all of them, and what is behind "over" the divisor of all before."""
    signs = [_sign(_between(frame, one, other)) for one, other in pairwise(said)]
    if not all(signs) or signs.count("/") > 1 or set(signs) == {","}:
        return []
    formula, name = said[0].metric.id, said[0].metric.name
    for sign, item in zip(signs, said[1:], strict=True):
        plain = "+" if sign == "," else sign
        formula = f"({formula}) / ({item.metric.id}" if plain == "/" else f"{formula} {plain} {item.metric.id}"
        name = f"({name}) / ({item.metric.name}" if plain == "/" else f"{name} {plain} {item.metric.name}"
    if "/" in signs:
        formula, name = f"{formula})", f"{name})"
    kind: MetricKind = (
        "money" if "/" not in signs else "percent" if _IN_PERCENT.search(frame.question.text) else "ratio"
    )
    parts = tuple(dict.fromkeys(item.metric for item in said))
    return [Metric("_".join(item.id for item in parts), (name,), kind, formula=formula, parts=parts)]


def _sign(gap: str) -> str:
    if _MINUS.search(gap):
        return "-"
    if _OVER.match(gap.lstrip(", ")):
        return "/"
    if re.search(r"\bplus\b|\+", gap):
        return "+"
    return "," if re.fullmatch(r"\s*,?\s*(?:and|&)?\s*(?:the\s*)?", gap) else ""


def per_share(frame: Frame) -> None:
    """ "R&D per share": any figure over the diluted shares of its span, or the shares at its day."""
    known = metrics()
    for place, item in enumerate(frame.said):
        match = _PER_SHARE.match(frame.question.text, _places(frame, item)[1]) if item.end else None
        last = frame.question.inside(*match.span())[1] if match else 0
        if match and frame.question.free(last - 1, last) and item.metric.kind in ("flow", "stock", "money"):
            frame.question.claim(*frame.question.inside(*match.span()))
            shares = known["shares_outstanding" if item.metric.kind == "stock" else "shares_diluted"]
            frame.said[place] = Said(item.start, item.end, _made(" / ", "per_share", [item.metric, shares]))


def _sum(frame: Frame, said: list[Said]) -> Metric | None:
    text = frame.question.text
    gaps = [_between(frame, one, other) for one, other in pairwise(said)]
    joined = all(_PLUS.search(gap) or gap.strip() in (",", "") for gap in gaps)
    if not joined or not _ADDED.search(text) or frame.cues.has("share", "compare", "growth"):
        return None
    return _made(" + ", "money", [item.metric for item in said])


def _shares(frame: Frame, said: list[Said]) -> list[Metric]:
    """ "A and B as a percentage of C"."""
    if not _SHARE_OF.search(_between(frame, said[-2], said[-1])):
        return []
    return [_made(" / ", "percent", [item.metric, said[-1].metric]) for item in said[:-1]]


def _pair(frame: Frame, one: Said, other: Said) -> list[Metric]:
    made = _held(frame, one, other)
    return [made] if made else []


def _held(frame: Frame, one: Said, other: Said) -> Metric | None:
    text, between = frame.question.text, _between(frame, one, other)
    before, after = text[: _places(frame, one)[0]], text[_places(frame, other)[1] :]
    if _MINUS.search(between) or (_APART.search(before) and re.search(r"\band\b", between)):
        return _made(" - ", "money", [one.metric, other.metric])
    kind: MetricKind = (
        "per_share" if other.metric.id.startswith("shares_") else "percent" if _IN_PERCENT.search(text) else "ratio"
    )
    pair = [one.metric, other.metric]
    turned = is_turned(text, _places(frame, one)[0], _places(frame, other)[0])
    if turned or (_SHARE_OF.search(before) and _WENT.search(between)):
        return _made(" / ", kind, pair[::-1])
    if _SHARE_OF.search(between) or frame.cues.has("share", "per"):
        return _made(" / ", kind, pair)
    if _RATIO.search(after[:12]) or _TIMES.search(before):
        return _made(" / ", kind, pair)
    if _OVER.match(between) and not _HELD.search(before) and not frame.cues.has("compare", "growth"):
        return _made(" / ", kind, pair)
    return None


def _made(sign: str, kind: MetricKind, joined: list[Metric]) -> Metric:
    name = sign.replace("-", "−").join(item.name for item in joined)
    identity = f"_{_SIGNS[sign]}_".join(item.id for item in joined)
    formula = sign.join(item.id for item in joined)
    return Metric(identity, (name,), kind, formula=formula, parts=tuple(joined))


def _places(frame: Frame, said: Said) -> tuple[int, int]:
    places = frame.question.places
    return places[said.start][0], places[said.end - 1][1]


def _between(frame: Frame, one: Said, other: Said) -> str:
    return frame.question.text[_places(frame, one)[1] : _places(frame, other)[0]]
