"""Questions about companies' reported figures, and which answer each gets."""

import re

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.generic.questions import think_generic
from knowledger.domain.agents.semantics.periods import Times
from knowledger.domain.agents.semantics.reports.across import answer_across
from knowledger.domain.agents.semantics.reports.asked import asks_which_periods, currency_asked, heard
from knowledger.domain.agents.semantics.reports.book import FactBook
from knowledger.domain.agents.semantics.reports.company import (
    answer_company_count,
    answer_filers,
    asks_how_many_companies,
    filed_form,
)
from knowledger.domain.agents.semantics.reports.comparison import answer_comparison
from knowledger.domain.agents.semantics.reports.desk import (
    Answering,
    Desk,
    not_there,
    suggestions,
    unread,
    years_of,
)
from knowledger.domain.agents.semantics.reports.growth import answer_each, cagr, growth
from knowledger.domain.agents.semantics.reports.parts.named import named_parts
from knowledger.domain.agents.semantics.reports.parts.share import answer_part_share
from knowledger.domain.agents.semantics.reports.parts.split import answer_split
from knowledger.domain.agents.semantics.reports.provenance import answer_source, asks_for_the_source
from knowledger.domain.agents.semantics.reports.reading import at_the_desk
from knowledger.domain.agents.semantics.reports.restatements import answer_restatements, asks_of_restatements
from knowledger.domain.agents.semantics.reports.statements import STATEMENTS
from knowledger.domain.agents.semantics.reports.strangers import not_known
from knowledger.domain.agents.semantics.reports.unfigured import without_metric
from knowledger.domain.agents.semantics.reports.values import answer_changes, answer_values
from knowledger.domain.agents.steps import Reply, Setting, Thought
from knowledger.domain.agents.tools.figures import figures


def think_reports(text: str, setting: Setting) -> Thought:
    desk = yield from at_the_desk(text, setting)
    if isinstance(desk, Desk) and not desk.frame.metrics and not desk.frame.who and not setting.earlier:
        frame = desk.frame
        if asks_how_many_companies(desk):
            return (yield from answer_company_count(desk))
        if form := filed_form(desk):
            return (yield from answer_filers(desk, form))
        if not frame.cues.has(*STATEMENTS):
            return (yield from think_generic(text, setting))
    return desk if isinstance(desk, Reply) else (yield from _choose(desk))


def _choose(desk: Desk) -> Answering:
    """One intent for a question. The order is from the most particular to the plain value."""
    cues, metrics, who = desk.frame.cues, desk.frame.metrics, desk.frame.who
    special = yield from without_metric(desk)
    if special is not None:
        return special
    if unknown := desk.frame.unknown:
        return (yield from _of_parts(desk, unknown)) if metrics else not_known(desk, unknown)
    if not metrics:
        return abstain("I do not see which figure is asked for.", suggestions(desk.frame, desk.setting))
    if not who:
        if cues.direction or cues.bounds or cues.has("count", "average", "median", "sum", "list"):
            return (yield from answer_across(desk))
        return abstain("Which company is meant?", suggestions(desk.frame, desk.setting))
    if cues.has("split_segment", "split_product", "split_region", "split") and len(who) == 1:
        return (yield from answer_split(desk))
    return (yield from _of_companies(desk))


def _of_parts(desk: Desk, unknown: list[str]) -> Answering:
    """The words left over may name parts of a whole, of the company that is named or of the only one that has them."""
    frame = desk.frame
    if frame.cues.has("count", "when", "split") or frame.times.is_ttm:
        return not_known(desk, unknown)
    found = yield from named_parts(desk, unknown)
    if isinstance(found, Reply):
        return found
    whole = [Who(part.entity, part.entity, "Entity", 0, 0) for _, part in found]
    frame.who = [who for who, _ in found]
    if not frame.cues.has("share") or len(found) > 1:
        return _with_books(desk, {who.id: part.book for who, part in found})
    facts = yield from desk.find(frame.metrics, whole, [])
    if problem := unread(facts):
        return problem
    books = desk.books(figures(facts.value.get("rows")))
    (who, part), everything = found[0], books.get(whole[0].id)
    return answer_part_share(desk, who, part.book, everything) if everything else not_there(desk, frame.metrics, [], [])


_WHO = re.compile(r"\s*(?:who|whom|whose)\b", re.IGNORECASE)


def _of_companies(desk: Desk) -> Answering:
    metrics, who = desk.frame.metrics, desk.frame.who
    if len(who) == 1 and _WHO.match(desk.frame.question.text):
        return abstain("I tell figures of companies, not people.", suggestions(desk.frame, desk.setting))
    if desk.frame.cues.has("when") and not desk.frame.cues.bounds:
        return abstain("I tell figures of periods, not the day on which something came about.")
    years = [] if asks_for_the_source(desk.frame) else _few_years(desk)
    if years:
        found = yield from desk.find(metrics, who, years)
        books = {} if unread(found) else desk.books(figures(found.value.get("rows")))
        if all(item.id in books for item in who):
            reply = _with_books(desk, books)
            if reply.understood:
                return reply
    found = yield from desk.find(metrics, who, [])
    if problem := unread(found):
        return problem
    books = desk.books(figures(found.value.get("rows")))
    empty = [item for item in who if item.id not in books]
    if empty:
        return not_there(desk, metrics, empty, [])
    if asks_for_the_source(desk.frame) and not desk.frame.cues.has("growth", "cagr", "share"):
        return answer_source(desk, books)
    if asks_of_restatements(desk.frame):
        return answer_restatements(desk, books)
    return _with_books(desk, books)


def _few_years(desk: Desk) -> list[int]:
    """The years that an answer rests on, where the question names them; what all years tell is not needed then."""
    frame = desk.frame
    times, cues = frame.times, frame.cues
    named = bool(times.periods) and all(item.year for item in times.periods) and not times.is_bounded
    over_all = (
        asks_of_restatements(frame)
        or cues.direction
        or cues.bounds
        or cues.has("cagr", "trend", "restatement", "average", "median", "sum")
    )
    return years_of(list(times.periods), desk.setting) if named and not over_all and not times.is_all else []


def _with_books(desk: Desk, books: dict[str, FactBook]) -> Reply:
    cues, metrics, who, times = desk.frame.cues, desk.frame.metrics, desk.frame.who, desk.frame.times
    currency = currency_asked(desk.frame)
    if currency and any(book.currencies - {currency} for book in books.values()):
        return abstain(f"Not all of these figures are in {currency}; I do not convert.")
    if "manyfold" in desk.frame.words and asks_which_periods(desk.frame):
        return abstain("I tell whether a figure doubled from one period to another, not between which it did.")
    if cues.has("cagr"):
        return answer_each(desk, books, cagr)
    if len(who) == 1 and len(metrics) == 1 and _grows_by_period(desk):
        return answer_changes(desk, books)
    if len(who) > 1:
        return answer_comparison(desk, books)
    if cues.bounds:
        return answer_values(desk, metrics, books)
    if (cues.has("compare") or heard(desk.frame, "apart")) and len(times.periods) == 2 and not times.is_range:
        return answer_each(desk, books, growth)
    against_last = cues.has("compare") and len(times.periods) == 1 and (times.is_latest or times.is_previous)
    if against_last or (cues.has("growth") and _grows(times)):
        return answer_each(desk, books, growth)
    return answer_values(desk, metrics, books)


def _grows_by_period(desk: Desk) -> bool:
    """Whether the growth of each of several periods is asked about: the highest, how often it fell, the average."""
    cues, times = desk.frame.cues, desk.frame.times
    if not cues.has("growth", "sequential") or any(not bound.is_percent for bound in cues.bounds):
        return False
    each = {"each", "every"} & set(desk.frame.question.words) and (times.last > 1 or times.is_range or times.is_bounded)
    looks = each or cues.direction or cues.bounds or cues.has("average", "median") or asks_which_periods(desk.frame)
    return (bool(looks) and not times.is_ttm) or (times.is_all and times.step in ("year", "quarter"))


def _grows(times: Times) -> bool:
    """Over many periods that are named a change is told as a series; else as a growth."""
    return not (times.is_all or len(times.periods) > 2 or (times.is_bounded and not times.periods))
