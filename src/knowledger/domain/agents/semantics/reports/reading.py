"""Reading a question about reported figures: its words all accounted for, or why it is not answered."""

import re
from collections.abc import Generator
from dataclasses import replace

from knowledger.domain.agents.semantics.abstain import ADVICE, FUTURE, WHY, abstain, which_of
from knowledger.domain.agents.semantics.conversation import gone_on
from knowledger.domain.agents.semantics.cues import Cues
from knowledger.domain.agents.semantics.frame import Frame, Who, named_words, read_frame
from knowledger.domain.agents.semantics.lexicon import Metric, Said, mended, metrics
from knowledger.domain.agents.semantics.periods import Times
from knowledger.domain.agents.semantics.reports.arithmetic import per_share, put_together
from knowledger.domain.agents.semantics.reports.asides import counted_as_said, without_asides
from knowledger.domain.agents.semantics.reports.company import ATTRIBUTE_WORDS
from knowledger.domain.agents.semantics.reports.desk import Desk, suggestions
from knowledger.domain.agents.semantics.reports.idle import IDLE_WORDS, take_idle_words
from knowledger.domain.agents.semantics.reports.meant import also_meant
from knowledger.domain.agents.semantics.reports.plainly import put_plainly
from knowledger.domain.agents.semantics.reports.vocabulary import claimed_words
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.output import ToolOutput

COMPANIES = ("Entity", "Filing")


_ADDED = re.compile(
    r"\b(?:plus|sum of|minus|including|far|apart|check|match|noncontrolling interests?)\b", re.IGNORECASE
)
_OF_TWO_FILINGS = re.compile(r"\b10-[kq](?:/a)? and (?:the )?.{0,14}\b10-[kq]\b", re.IGNORECASE)
_CALENDAR = re.compile(r"\bcalendar (?:year )?(?:19|20)\d\d\b|\bcy ?['’]?\d\d", re.IGNORECASE)
_LOST = re.compile(r"\b(?:lost|lose|loses|losing)\b(?= (?:the )?(?:most|least)\b)", re.IGNORECASE)
_SOLD = re.compile(
    r"\b(?:sells?|sold|selling|br(?:ing|ings|ought) in|t(?:ake|akes|ook) in|turn(?:s|ed)? over)\b", re.IGNORECASE
)
_BOUGHT_BACK = re.compile(
    r"\b(?:repurchas(?:e|es|ed|ing)|b(?:uy|uys|ought|uying) back)(?: (?:its|their) (?:own )?(?:shares|stock))?\b",
    re.IGNORECASE,
)
_EARNED = re.compile(r"\b(?:earn|earned|earning|profitable)\b", re.IGNORECASE)


def understood(text: str, setting: Setting) -> Generator[Call, ToolOutput, Frame | Reply]:
    """The frame of a question with its words all accounted for, or why it is not answered."""
    told = without_asides(put_plainly(text))
    text = told.text
    found = yield Call("find_entity", {"text": text}, "whom the question names")
    if found.failed:
        return abstain("The graph could not be read.", ())
    text = mended(text, named_words(found.value["rows"]) | ATTRIBUTE_WORDS | IDLE_WORDS)
    frame = read_frame(text, found.value["rows"], COMPANIES, words=claimed_words())
    also_meant(frame)
    reason = refusal(frame)
    if reason:
        return abstain(reason, suggestions(frame, setting))
    frame.times = _two_ends(_twelve_months_to(frame.times), frame.cues)
    edges = [edge for edge in (frame.times.since, frame.times.until) if edge]
    if any(not edge.year or edge.kind in ("month", "day") for edge in edges):
        return abstain("Name the fiscal years or quarters from which, or until when.", suggestions(frame, setting))
    if frame.ambiguous:
        return which_of(frame.ambiguous, suggestions(None, setting))
    for verbs, meant in (
        (_EARNED, "net_income"),
        (_LOST, "net_income"),
        (_SOLD, "revenue"),
        (_BOUGHT_BACK, "buybacks"),
    ):
        if not frame.cues.has("count") and frame.question.take(verbs) and not frame.said:
            frame.said = [Said(0, 0, metrics()[meant])]
    take_idle_words(frame.question)
    _put_together(frame)
    if frame.unknown:
        yield from _named_concept(frame)
        _put_together(frame)
    if frame.cues.has("balance_check"):
        frame.question.take(_ADDED)
    if not frame.cues.has("balance_check") and not counted_as_said(frame, told.asides):
        return abstain("I do not count that figure in this way.", suggestions(frame, setting))
    everybody = found.value["all"]
    if not frame.who and isinstance(everybody, list):
        alone = [item for item in everybody if isinstance(item, dict) and item["type"] in COMPANIES]
        if len(alone) == 1:
            frame.who = [Who(str(alone[0]["id"]), str(alone[0]["name"]), str(alone[0]["type"]), 0, 0)]
    return frame


def _put_together(frame: Frame) -> None:
    if not frame.cues.has("balance_check"):
        per_share(frame)
        put_together(frame)


def _twelve_months_to(times: Times) -> Times:
    """ "Trailing twelve months through June 30, 2009" is a year named by its last day."""
    last = times.until or (times.periods[0] if len(times.periods) == 1 else None)
    if times.is_ttm and last and last.kind in ("day", "month") and last.year:
        return replace(times, is_ttm=False, until=None, periods=(last,), span="FY")
    return times


def _two_ends(times: Times, cues: Cues) -> Times:
    """A change between two months rests on their ends, and reports have no figures of the months in between.

    A month whose day is said too is that day.
    """
    days = {(item.year, item.month) for item in times.periods if item.kind == "day"}
    if any(item.kind == "month" and (item.year, item.month) in days for item in times.periods):
        kept = [item for item in times.periods if item.kind != "month" or (item.year, item.month) not in days]
        return replace(times, periods=tuple(kept))
    if times.is_range and cues.has("growth", "compare") and all(item.kind == "month" for item in times.periods):
        return replace(times, is_range=False, periods=(times.periods[0], times.periods[-1]))
    return times


def refusal(frame: Frame) -> str:
    if frame.cues.has("advice"):
        return ADVICE
    if frame.times.is_future:
        return FUTURE
    if frame.cues.has("burn", "runway"):
        return "Reports of companies tell cash and cash flows; a burn rate or runway I only count of books and banks."
    if frame.times.step == "month":
        return "Reports are of quarters and years, not of months."
    if _OF_TWO_FILINGS.search(frame.question.text):
        return "I tell what filings say differently of one figure: ask whether it was restated."
    if _CALENDAR.search(frame.question.text):
        return "Reports are of fiscal years and quarters, which may end at other times than the calendar's."
    return WHY if frame.cues.has("why") else ""


def _named_concept(frame: Frame) -> Generator[Call, ToolOutput, None]:
    """Words that the curated list does not have may be the name or label of a concept: exactly, or not at all."""
    free = [n for n, word in enumerate(frame.question.words) if n not in frame.question.claimed]
    wanted = [number for number in free if frame.question.words[number] in frame.unknown]
    if not wanted:
        return
    start, end = wanted[0], wanted[-1] + 1
    beside = [said for said in frame.said if said.end >= start and said.start <= end]
    start, end = min([start, *(said.start for said in beside)]), max([end, *(said.end for said in beside)])
    own = {number for said in beside for number in range(said.start, said.end)}
    if len(frame.said) > len(beside) or any(number in frame.question.claimed - own for number in range(start, end)):
        return
    first, last = frame.question.places[start][0], frame.question.places[end - 1][1]
    phrase = frame.question.text[first:last]
    found = yield Call("find_concept", {"text": phrase, "limit": 5}, f"a concept called “{phrase}”")
    rows = found.value.get("rows")
    best = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    sure = [row for row in best if float(str(row["score"])) >= 95]
    if not sure or len({str(row["name"]) for row in sure}) > 1:
        return
    row = sure[0]
    flow = row["period_type"] == "duration"
    kind = "flow" if flow else "stock"
    label = str(row.get("label") or row["name"])
    metric = Metric(str(row["name"]), (label.lower(),), "flow" if kind == "flow" else "stock", "", (str(row["name"]),))
    frame.question.claim(start, end)
    frame.said = [Said(start, end, metric)]


def at_the_desk(text: str, setting: Setting) -> Generator[Call, ToolOutput, Desk | Reply]:
    """The question taken apart, what it leaves out taken from those before; or why it is not answered."""
    frame = yield from understood(text, setting)
    if isinstance(frame, Reply):
        return frame

    def read(earlier: str) -> Generator[Call, ToolOutput, Frame | None]:
        before = yield from understood(earlier, setting)
        return before if isinstance(before, Frame) else None

    return Desk(setting, (yield from gone_on(frame, setting.earlier, read, of_somebody=True)))
