"""A metric by segment, product or region."""

import re
from collections.abc import Generator
from decimal import Decimal
from itertools import combinations

from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.reports.book import FactBook, Valued
from knowledger.domain.agents.semantics.reports.desk import Answering, Desk, not_there, shown, suggestions, unread
from knowledger.domain.agents.semantics.wording import Writing, bar_chart, exact, rounded
from knowledger.domain.agents.steps import Call, Reply, Table
from knowledger.domain.agents.tools.figures import Figure, figures
from knowledger.domain.agents.tools.named import name_words, singular
from knowledger.domain.agents.tools.output import ToolOutput

_AXES = {"split_segment": "segment", "split_product": "product", "split_region": "geograph"}


def answer_split(desk: Desk) -> Answering:
    """A metric by the parts of one axis."""
    who, metric = desk.frame.who[0], desk.frame.metrics[0]
    cues, times = desk.frame.cues, desk.frame.times
    if len(desk.frame.metrics) > 1 or not metric.concepts:
        return abstain("I split one reported figure at a time.", suggestions(desk.frame, desk.setting))
    if times.last > 1 or times.is_bounded or times.is_ttm or len(times.periods) > 1:
        return abstain("I split one fiscal period at a time.", suggestions(desk.frame, desk.setting))
    parts = yield from _parts(desk, metric, who)
    if isinstance(parts, Reply):
        return parts
    wanted = [axis for cue, axis in _AXES.items() if cues.has(cue)]
    axes = [
        name
        for name in dict.fromkeys(axis for axis, _ in parts)
        if not wanted or any(item in name.lower() for item in wanted)
    ]
    if not axes:
        return abstain(f"The graph has no {metric.name} of {who.name} by that.", suggestions(desk.frame, desk.setting))
    axis = max(axes, key=lambda name: sum(found == name for found, _ in parts))
    books = {member: book for (found, member), book in parts.items() if found == axis}
    period = next((item for item in times.periods if item.year), None) or _newest_of(books, metric, times.step)
    if period is None:
        return not_there(desk, [metric], [who], [])
    values = [(member, value) for member, book in books.items() if (value := book.value(metric, period, times.span))]
    if not values:
        return not_there(desk, [metric], [who], [])
    values.sort(key=lambda pair: (-pair[1].value, pair[0]))
    values, wholes = _finest(values)
    if cues.direction == "least":
        values.reverse()
    writing = Writing("split")
    writing.say(f"{metric.name.capitalize()} of {who.name} by {axis} for {period}:")
    for member, value in values:
        writing.say(f"- **{member}**: {shown(value)} {desk.marks(writing, value)}")
        writing.values[member] = exact(value.value)
    for member, value in wholes:
        writing.say(f"{member}, {shown(value)}, is the sum of some of these.")
    writing.values |= {"value": exact(values[0][1].value), "best": values[0][0]}
    writing.values["names"] = "; ".join(member for member, _ in values)
    rows = tuple((member, exact(value.value)) for member, value in values)
    writing.tables.append(Table(f"{metric.name} by {axis}, {period}", (axis, metric.name), rows))
    writing.chart = bar_chart(
        f"{metric.name} by {axis}", "part", [("", member, value.value) for member, value in values]
    )
    return writing.reply()


_MOST_ADDED = 14


def _finest(values: list[tuple[str, Valued]]) -> tuple[list[tuple[str, Valued]], list[tuple[str, Valued]]]:
    """The parts that are not the sum of others, and those that are: products, beside phones, tablets and computers."""
    if len(values) > _MOST_ADDED:
        return values, []
    wholes = []
    for number, (member, whole) in enumerate(values):
        smaller = [value.value for _, value in values[number + 1 :] if value.value > 0]
        if any(whole.value in _sums(smaller, size) for size in range(2, len(smaller) + 1)):
            wholes.append((member, whole))
    return [pair for pair in values if pair not in wholes], wholes


def _sums(values: list[Decimal], size: int) -> set[Decimal]:
    return {sum(some, Decimal(0)) for some in combinations(values, size)}


def part_of(desk: Desk, unknown: list[str]) -> Generator[Call, ToolOutput, tuple[Who, FactBook] | Reply]:
    """The words left over may name a part of the whole: iPhone, Europe, Data Center. It is asked as if by itself."""
    who, metric = desk.frame.who[0], desk.frame.metrics[0]
    not_known = unknown_words(unknown, suggestions(desk.frame, desk.setting))
    if not metric.concepts or desk.frame.cues.has("restatement"):
        return not_known
    parts = yield from _parts(desk, metric, who)
    if isinstance(parts, Reply):
        return not_known
    wanted = {singular(part) for word in unknown for part in name_words(word)} - _SKIPPED_WORDS
    asked = {singular(part) for word in (*desk.frame.question.words, *desk.frame.carried) for part in name_words(word)}
    hits = [key for key in parts if wanted and wanted <= _words_of_member(key[1]) <= asked]
    hits = [key for key in hits if _words_of_member(key[1]) == wanted] or hits
    said = [axis for axis in _AXES.values() if axis in asked]
    hits = [key for key in hits if any(axis in key[0].lower() for axis in said)] or hits
    if not hits or not _alike([parts[key] for key in hits], metric):
        return not_known
    axis, member = hits[0]
    return Who(who.id, f"{who.name}, {axis} {member}", who.type, who.start, who.end), parts[hits[0]]


def _alike(books: list[FactBook], metric: Metric) -> bool:
    """Whether several axes tell the same of a member that they share."""
    for period in {item for book in books for step in ("year", "quarter") for item in book.periods(metric, step)}:
        if len({value.value for book in books if (value := book.value(metric, period))}) > 1:
            return False
    return True


def answer_part_share(desk: Desk, part: Who, own: FactBook, whole: FactBook) -> Reply:
    who, metric, times = desk.frame.who[0], desk.frame.metrics[0], desk.frame.times
    period = next((item for item in times.periods if item.year), None) or own.newest(metric, times.step)
    one = own.value(metric, period, times.span) if period else None
    other = whole.value(metric, period, times.span) if period else None
    if one is None or other is None or not other.value or len(times.periods) > 1 or times.last > 1:
        return not_there(desk, [metric], [who], own.periods(metric, times.step))
    share = one.value / other.value * 100
    writing = Writing("share", formula=f"{part.name} / {metric.name} of {who.name}")
    writing.say(
        f"{metric.name.capitalize()} of {part.name} is **{rounded(share)}%** of all for {period}: {shown(one)} of "
        f"{shown(other)} {desk.marks(writing, one, other)}. Formula: {writing.formula}."
    )
    writing.values["value"] = exact(share)
    return writing.reply()


_SKIPPED_WORDS = {"member", "segment", "product", "and", "the", "of", "division"}


def _words_of_member(member: str) -> set[str]:
    return {singular(word) for word in name_words(readable(member))} - _SKIPPED_WORDS


def readable(name: str) -> str:
    """The name of an axis or member as people read it: GreaterChinaSegmentMember → Greater China."""
    plain = re.sub(r"^Statement(?=[A-Z])|Axis$|(?:Segments?)?(?:Member|Domain)$", "", name.rpartition(":")[2]) or name
    # The names of elements begin with a capital, which iPhone and eBay do not.
    plain = re.sub(r"^[IE](?=[A-Z][a-z])", lambda first: first[0].lower(), plain)
    return re.sub(r"(?<=[a-z])(?=[A-Z])(?!(?<=^[ie])[A-Z])", " ", plain)


def _parts(
    desk: Desk, metric: Metric, who: Who
) -> Generator[Call, ToolOutput, dict[tuple[str, str], FactBook] | Reply]:
    """A book for each axis with one member."""
    found = yield from desk.find([metric], [who], [], parts=True)
    if problem := unread(found):
        return problem
    grouped: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures(found.value.get("rows")):
        listed = [item for item in re.split(r"[;,] ?(?=[^=;,]+=)", figure.dimensions.strip("; ")) if "=" in item]
        if len(listed) == 1:
            axis, _, member = listed[0].partition("=")
            grouped.setdefault((readable(axis.strip()), readable(member.strip())), []).append(figure)
    if not grouped:
        return abstain(
            f"The graph has no {metric.name} of {who.name} by segment, product or region.",
            suggestions(desk.frame, desk.setting),
        )
    return {key: FactBook(own) for key, own in grouped.items()}


def _newest_of(books: dict[str, FactBook], metric: Metric, step: str | None) -> Period | None:
    known = [item for book in books.values() if (item := book.newest(metric, step))]
    return max(known, key=lambda item: (item.year, item.kind == "FY", item)) if known else None
