"""Questions that any graph can answer through its schema, and which answer each gets."""

import re
from dataclasses import replace

from knowledger.domain.agents.semantics.abstain import ADVICE, FUTURE, WHY, abstain, unknown_words
from knowledger.domain.agents.semantics.cues import Cues, read_bounds, read_cues
from knowledger.domain.agents.semantics.generic.about import answer_about
from knowledger.domain.agents.semantics.generic.conditions import conditions_of
from knowledger.domain.agents.semantics.generic.described import describe
from knowledger.domain.agents.semantics.generic.groups import answer_aggregate, answer_groups
from knowledger.domain.agents.semantics.generic.linking import (
    link_flags,
    link_mentions,
    link_schema,
    link_superlatives,
    link_values,
)
from knowledger.domain.agents.semantics.generic.nodes import answer_count, answer_list, answer_top
from knowledger.domain.agents.semantics.generic.rows import shown_name
from knowledger.domain.agents.semantics.generic.view import NUMBERS, PEOPLE, Answering, View, suggestions
from knowledger.domain.agents.semantics.generic.ways import answer_path, answer_related, answer_related_alike
from knowledger.domain.agents.semantics.periods import Times
from knowledger.domain.agents.semantics.question import Question
from knowledger.domain.agents.semantics.times import read_times
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.graphs.property_types import Scalar

_FORM = re.compile(r"\b(10|8|20)-?([kqf])s?\b", re.IGNORECASE)


def think_generic(text: str, setting: Setting) -> Answering:
    found = yield Call("find_entity", {"text": text}, "what the question names")
    if found.failed:
        return abstain(f"The graph could not be read: {found.value.get('message')}")
    question = Question(text)
    bounds = read_bounds(question)
    view = View(setting, question, Times(), Cues(frozenset(), bounds))
    link_mentions(view, found.value.get("rows"))
    link_schema(view)
    link_superlatives(view)
    link_flags(view)
    view.times = read_times(question)
    view.cues = read_cues(question, bounds)
    if view.direction:
        kept = view.cues.words - {"rank_most", "rank_least", "rank_best", "rank_worst"}
        view.cues = replace(view.cues, words=kept | {f"rank_{view.direction}"})
    for cue, told in (("advice", ADVICE), ("why", WHY)):
        if view.cues.has(cue):
            return abstain(told, suggestions(setting.schema))
    if view.times.is_future:
        return abstain(FUTURE, suggestions(setting.schema))
    if form := _FORM.search(text):
        wanted = [item for node in view.nodes[:1] for item in node.properties if item.name == "form"]
        if not wanted:
            return abstain("I do not see whose forms are meant.", suggestions(setting.schema))
        view.filters.append((wanted[0], f"{form[1]}-{form[2]}".upper()))
    yield from link_values(view)
    return (yield from _choose(view))


def _choose(view: View) -> Answering:
    cues, schema = view.cues, view.setting.schema
    if cues.has("rank_best", "rank_worst"):
        return abstain("I rank by a property that is named, not by what is best.", suggestions(schema))
    if cues.has("schema", "define") and not view.mentions:
        return describe(view)
    if unknown := [word for word in view.question.left if word not in PEOPLE]:
        return unknown_words(unknown, suggestions(schema))
    if len(view.mentions) == 2 and cues.has("path") and not view.nodes:
        return (yield from answer_path(view))
    if (len(view.mentions) == 1 and not view.nodes) or (view.mentions and view.relationships):
        return (yield from answer_about(view))
    if not view.nodes and view.properties:
        owners = {node.name for node, _ in view.properties}
        if len(owners) == 1:
            view.nodes = [view.properties[0][0]]
    if not view.nodes:
        return abstain("I do not see what of this graph it asks for.", suggestions(schema))
    return (yield from _of_type(view))


def _of_type(view: View) -> Answering:
    node, cues = view.nodes[0], view.cues
    if len(view.nodes) > 1:
        return (yield from answer_related(view))
    if view.relationships and cues.direction and not view.properties:
        return (yield from answer_related_alike(view, node))
    where = conditions_of(view, node)
    if isinstance(where, Reply):
        return where
    condition, parameters = where
    own = [item for owner, item in view.properties if owner == node]
    numbers = [item for item in own if item.type.scalar in NUMBERS]
    others = [item for item in own if item not in numbers and item not in [each for each, _ in view.filters]]
    if (
        others
        and (cues.has("by", "per", "split", "count") or "each" in view.question.words)
        and not cues.direction
        and (cues.has("by", "per", "split") or "each" in view.question.words)
    ):
        return (yield from answer_groups(view, node, others[0], numbers, condition, parameters))
    if others and cues.direction and "most" in view.question.text.lower() and not numbers:
        return (yield from answer_groups(view, node, others[0], numbers, condition, parameters))
    countable = [item for item in node.properties if item.type.scalar in NUMBERS and item.name not in node.key]
    if cues.has("sum", "average") and not own and len(countable) == 1:
        numbers = countable
    if (numbers and cues.has("average", "sum", "median")) or (
        numbers and "total" in view.question.words and not cues.direction
    ):
        if apart := [item for item in others if item.type.scalar is Scalar.STRING and item.name != shown_name(node)]:
            return abstain(f"Is it to be told by {apart[0].name}?", suggestions(view.setting.schema))
        return (yield from answer_aggregate(view, node, numbers[0], condition, parameters))
    if cues.direction and not own and len(countable) == 1:
        numbers = countable
    if cues.direction and (numbers or [item for item in own if item.type.scalar is Scalar.DATE]):
        ordering = (numbers or [item for item in own if item.type.scalar is Scalar.DATE])[0]
        return (yield from answer_top(view, node, ordering, condition, parameters))
    if cues.has("count") and not own:
        return (yield from answer_count(view, node, condition, parameters))
    if condition or (cues.has("list") and not own):
        return (yield from answer_list(view, node, condition, parameters))
    return abstain(f"I can count, list, group, rank or sum {node.name} nodes.", suggestions(view.setting.schema))
