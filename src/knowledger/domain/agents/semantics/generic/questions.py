"""Questions that any graph can answer through its schema, and which answer each gets."""

import re
from collections.abc import Generator
from dataclasses import replace

from knowledger.domain.agents.semantics.abstain import ADVICE, FUTURE, WHY, abstain, unknown_words
from knowledger.domain.agents.semantics.cues import read_bounds, read_cues
from knowledger.domain.agents.semantics.generic.about import answer_about, answer_side_by_side
from knowledger.domain.agents.semantics.generic.beside import answer_periods, are_two_periods, compared, date_times
from knowledger.domain.agents.semantics.generic.conditions import conditions_of
from knowledger.domain.agents.semantics.generic.described import describe, is_of_schema
from knowledger.domain.agents.semantics.generic.doing import count_what_is_done
from knowledger.domain.agents.semantics.generic.durations import answer_how_long, asks_how_long
from knowledger.domain.agents.semantics.generic.follow import begins_as_going_on, goes_on, gone_on
from knowledger.domain.agents.semantics.generic.groups import answer_groups
from knowledger.domain.agents.semantics.generic.linking import (
    link_hints,
    link_mentions,
    link_schema,
    link_superlatives,
    link_wanted,
)
from knowledger.domain.agents.semantics.generic.naming import forms, main_days
from knowledger.domain.agents.semantics.generic.nodes import (
    answer_aggregate,
    answer_count,
    answer_distinct,
    answer_list,
    answer_ratio,
    answer_top,
)
from knowledger.domain.agents.semantics.generic.plan import plan_of
from knowledger.domain.agents.semantics.generic.rates import link_numbers_before, link_rates
from knowledger.domain.agents.semantics.generic.reach import answer_reached, reached_from
from knowledger.domain.agents.semantics.generic.roles import link_roles
from knowledger.domain.agents.semantics.generic.spelling import mended
from knowledger.domain.agents.semantics.generic.states import link_states, link_vacancies
from knowledger.domain.agents.semantics.generic.values import (
    ask_flags,
    link_flags,
    link_proper_values,
    link_values,
    settle_missing,
)
from knowledger.domain.agents.semantics.generic.verbs import drop_places, drop_verbs, words_of_the_graph
from knowledger.domain.agents.semantics.generic.view import (
    PEOPLE,
    Answering,
    SaidProperty,
    SaidValue,
    View,
    suggestions,
)
from knowledger.domain.agents.semantics.generic.ways import answer_between, answer_path, answer_related_alike, of_both
from knowledger.domain.agents.semantics.plain import recent_days
from knowledger.domain.agents.semantics.question import Question
from knowledger.domain.agents.semantics.time_words import MONTH
from knowledger.domain.agents.semantics.times import read_times
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.nicknames import word_set
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.graphs.schema import NodeType

_FORM = re.compile(r"\b(10|8|20)-?([kqf])s?(/a)?s?\b", re.IGNORECASE)
_JOINED = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH}|{MONTH}\s+\d{{1,2}}|(?:19|20)\d\d-\d\d-\d\d)"
_BETWEEN_DAYS = re.compile(
    rf"\b(?:between|from)\s+(?:the\s+)?(?P<first>{_DAY})(?P<year>,?\s+(?:19|20)\d\d)?\s+(?:and|to|through|until|till)\s+"
    rf"(?=(?:the\s+)?{_DAY}(?P<last>,?\s+(?:19|20)\d\d)?)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween\b", re.IGNORECASE)
_YES_OR_NO = re.compile(r"\s*(?:do|does|did|is|was|has|have|had)\b(?! there| any| we have any)", re.IGNORECASE)
_FURTHEST = 4
_UNITS = word_set(
    "minutes hours days km kilometres kilometers kg kilos euros dollars eur usd feet metres meters percent"
)
_WEIGHTLESS = word_set(
    """
    record records file such among amongst single together hold holds held exist exists different distinct registered
    listed stored pls plz kindly there's existing individual entire various others other work works contain contains
    appear currently direct directly carry carried carries handle handled handles receive received receives gets got
    transport transported transports serve served serves earn earns earned common frequent popular often
    """
)
"""Words that change nothing where rows of a graph are counted and listed."""


def think_generic(text: str, setting: Setting) -> Answering:
    view = yield from _view_of(text, setting, setting.earlier[-_FURTHEST:])
    if isinstance(view, Reply):
        return view
    if begins_as_going_on(text) and not setting.earlier and not view.types:
        return abstain("I do not see what it goes on from.", suggestions(setting.schema))
    return (yield from _choose(view))


def _from_and_to(match: re.Match[str]) -> str:
    """The first day is in the year of the last one, where it names none."""
    return f"since {match['first']}{match['year'] or match['last'] or ''} until "


def _view_of(text: str, setting: Setting, earlier: tuple[str, ...]) -> Generator[Call, ToolOutput, View | Reply]:
    """What a question names; what it leaves out is what the one before named."""
    before: View | Reply | None = None
    if earlier and goes_on(text):
        before = yield from _view_of(earlier[-1], setting, earlier[:-1])
    nodes = before.nodes if isinstance(before, View) else []
    view = yield from _read(text, setting, nodes)
    if isinstance(view, View) and (spelt := mended(text, view.question.left, setting.schema)) != text:
        view = yield from _read(spelt, setting, nodes)
    if isinstance(view, View) and isinstance(before, View):
        gone_on(view, before)
    return view


def _read(text: str, setting: Setting, nodes: list[NodeType]) -> Generator[Call, ToolOutput, View | Reply]:
    text = recent_days(text, setting.today)
    text = _BETWEEN_DAYS.sub(_from_and_to, _JOINED.sub(" ", text))
    found = yield Call("find_entity", {"text": text}, "what the question names")
    if found.failed:
        return abstain(f"The graph could not be read: {found.value.get('message')}")
    question = Question(text)
    view = View(setting, question)
    bounds = read_bounds(question)
    yield from link_proper_values(view, found.value.get("rows"))
    link_mentions(view, found.value.get("rows"))
    link_rates(view)
    link_schema(view, nodes)
    link_hints(view)
    link_superlatives(view)
    link_numbers_before(view)
    link_flags(view)
    view.times = read_times(question)
    view.cues = read_cues(question, bounds)
    if view.direction:
        kept = view.cues.words - {"rank_most", "rank_least", "rank_best", "rank_worst"}
        view.cues = replace(view.cues, words=kept | {f"rank_{view.direction}"}, count=view.wanted or view.cues.count)
    ranks = view.times.step or view.direction or view.cues.direction
    if view.times.is_latest and not ranks and any(item.is_day for item in view.properties):
        view.cues = replace(view.cues, words=view.cues.words | {"rank_most"})
    link_wanted(view)
    link_roles(view)
    count_what_is_done(view)
    _claim_units(view)
    for cue, told in (("advice", ADVICE), ("why", WHY)):
        if view.cues.has(cue):
            return abstain(told, suggestions(setting.schema))
    if view.times.is_future:
        return abstain(FUTURE, suggestions(setting.schema))
    if form := _FORM.search(text):
        wanted = [(node, item) for node in view.nodes[:1] for item in node.properties if item.name == "form"]
        if not wanted:
            return abstain("I do not see whose forms are meant.", suggestions(setting.schema))
        view.values.append(SaidValue(*wanted[0], f"{form[1]}-{form[2]}{form[3] or ''}".upper()))
    yield from link_values(view, nodes)
    yield from settle_missing(view)
    link_states(view)
    link_vacancies(view)
    drop_verbs(view)
    drop_places(view)
    ask_flags(view)
    if len(view.mentions) == 2:
        view.question.take(_BETWEEN)
    view.bounds = [replace(item, unit=_unit_behind(view, item.bound.end)) for item in view.bounds]
    return view


def _unit_behind(view: View, end: int) -> str:
    """ "More than two hours": the unit that a limit is told in."""
    word = "".join(view.question.words[end : end + 1])
    if {word, f"{word}s"} & _UNITS and not any(item.start == end for item in view.properties):
        view.question.claim(end, end + 1)
        return word
    return ""


def _claim_units(view: View) -> None:
    """ "delay in minutes", "the overhaul date": how a property is told, which its name tells as well."""
    ends = {item.end for item in view.properties}
    lacks = any(item.value is None for item in view.values)
    words = view.question.words
    for number, word in enumerate(words):
        is_told_in = words[number - 1 : number] == ["in"] or words[max(0, number - 1)].isdigit()
        if (
            {word, f"{word}s"} & _UNITS
            and is_told_in
            and (view.properties or view.cues.bounds or view.cues.has("share"))
        ):
            view.question.claim(number, number + 1)
        if word == "hour" and any("hourly" in forms(item.item.name) for item in view.properties):
            view.question.claim(number, number + 1)
        if word in ("date", "day", "time") and (number in ends or (lacks and number - 1 in view.question.claimed)):
            view.question.claim(number, number + 1)
        for said in [item for item in view.types if item.end == number and word in ("date", "day")]:
            for item in main_days(said.node) if len(main_days(said.node)) == 1 else ():
                view.question.claim(number, number + 1)
                view.properties.append(SaidProperty(said.node, item, number, number + 1))


def _choose(view: View) -> Answering:
    cues, schema = view.cues, view.setting.schema
    if cues.has("rank_best", "rank_worst") and not _is_best_by(view):
        return abstain("I rank by a property that is named, not by what is best.", suggestions(schema))
    if not view.mentions and (cues.has("schema", "define") or is_of_schema(view)):
        return (yield from describe(view))
    legs = reached_from(view)
    if (lasting := asks_how_long(view)) is not None:
        return (yield from answer_how_long(view, lasting))
    known = PEOPLE | _WEIGHTLESS | words_of_the_graph(schema)
    if unknown := [word for word in view.question.left if word not in known]:
        return unknown_words(unknown, suggestions(schema))
    if legs is not None:
        return (yield from answer_reached(view, legs))
    if len(view.mentions) == 2 and (between := of_both(view)) is not None:
        return (yield from answer_between(view, between))
    asks_the_way = cues.has("path") or "between" in view.question.words
    if len(view.mentions) == 2 and asks_the_way and not view.types and not view.properties:
        return (yield from answer_path(view))
    if _is_about(view):
        return (yield from answer_about(view))
    if _counts_what_is_named(view):
        return abstain("I do not see how they are meant to be related.", suggestions(schema))
    if _is_side_by_side(view):
        return (yield from answer_side_by_side(view))
    alike = [item for item in view.relationships if item.from_node == item.to_node]
    if alike and cues.direction and not view.properties and len(view.nodes) == 1:
        return (yield from answer_related_alike(view, view.nodes[0]))
    if any(item.from_node == item.to_node for item in view.relationships) and view.mentions:
        return (yield from answer_about(view))
    return (yield from _planned(view))


def _is_best_by(view: View) -> bool:
    """ "Best paid", "worst rated": the word behind tells the number."""
    behind = {n + 1 for n, word in enumerate(view.question.words) if word in ("best", "worst")}
    return any(item.is_number and item.start in behind for item in view.properties)


def _planned(view: View) -> Answering:
    plan = plan_of(view)
    if isinstance(plan, Reply):
        return plan
    plan = compared(view, plan)
    yield from date_times(view, plan)
    if are_two_periods(view) and plan.group is None:
        return (yield from answer_periods(view, plan))
    if plan.how == "list" and _YES_OR_NO.match(view.question.text):
        return abstain("I tell which there are and how many.", suggestions(view.setting.schema))
    where = conditions_of(view, plan)
    if isinstance(where, Reply):
        return where
    if plan.group is not None:
        return (yield from answer_groups(view, plan, *where))
    answers = {
        "count": answer_count,
        "list": answer_list,
        "top": answer_top,
        "distinct": answer_distinct,
        "ratio": answer_ratio,
    }
    return (yield from answers.get(plan.how, answer_aggregate)(view, plan, *where))


def _is_about(view: View) -> bool:
    """Whether one named node is all that it is about."""
    named = {str(row["type"]) for row in view.mentions}
    own = [item for item in view.properties if getattr(item.owner, "name", "") in named]
    if not view.mentions or len({row["start"] for row in view.mentions}) > 1:
        return False
    if view.types and not all(item.node.name in named for item in view.types):
        return False
    if view.properties and not own:
        return False
    return not (view.types and view.cues.has("count") and not own and not view.relationships)


def _counts_what_is_named(view: View) -> bool:
    """ "How many airports is Lisbon connected to", "which is higher": what is named is no condition of its own kind."""
    named = {str(row["type"]) for row in view.mentions}
    if view.properties or not view.cues.has("count", "path", "higher"):
        return False
    return len(named) == 1 and named == {node.name for node in view.nodes}


def _is_side_by_side(view: View) -> bool:
    types = {str(row["type"]) for row in view.mentions}
    places = {row["start"] for row in view.mentions}
    own = {item.item.name for item in view.properties if getattr(item.owner, "name", "") in types}
    return (
        len(types) == 1
        and len(places) == len(view.mentions) > 1
        and len(own) == 1
        and not view.cues.has("average", "sum")
    )
