"""The question sets: read, asked, and held against gold that other means have found."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import yaml

from knowledger.domain.agents.analyst import answer
from knowledger.domain.agents.steps import Reply
from knowledger.domain.agents.tools.context import ToolContext

DIRECTORY = Path(__file__).parents[1] / "questions"
_NEAR = Decimal("0.000001")


@dataclass(frozen=True)
class Question:
    """`key` names the value of the reply that `gold` gives; `earlier` are the questions of the conversation before."""

    ask: str
    gold: str
    key: str = "value"
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuestionSet:
    name: str
    in_scope: tuple[Question, ...]
    out_of_scope: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """`wrong` are answers that are not gold's; `silent` are abstentions; `answered` what should not have been."""

    asked: int
    wrong: tuple[str, ...]
    silent: tuple[str, ...]
    outside: int
    answered: tuple[str, ...]

    @property
    def right(self) -> float:
        return 1 - (len(self.wrong) + len(self.silent)) / self.asked

    @property
    def answered_outside(self) -> float:
        return len(self.answered) / self.outside


def question_set(name: str) -> QuestionSet:
    document = yaml.safe_load((DIRECTORY / f"{name}.yaml").read_text(encoding="utf-8"))
    asked = tuple(Question(**item) for item in document["in_scope"])
    return QuestionSet(name, asked, tuple(document["out_of_scope"]))


def score(questions: QuestionSet, context: ToolContext, raw: duckdb.DuckDBPyConnection) -> Score:
    wrong, silent = [], []
    for question in questions.in_scope:
        reply = answer(question.ask, context, tuple(question.earlier))
        gold = str(raw.execute(question.gold).fetchall()[0][0])
        if not reply.understood:
            silent.append(f"{question.ask}: {reply.text.splitlines()[0]}")
        elif not is_gold(reply, question.key, gold):
            wrong.append(f"{question.ask}: {reply.values.get(question.key)} is not {gold}: {reply.text[:200]}")
    replies = [(text, answer(text, context)) for text in questions.out_of_scope]
    answered = tuple(f"{text}: {reply.text[:160]}" for text, reply in replies if reply.understood)
    return Score(len(questions.in_scope), tuple(wrong), tuple(silent), len(questions.out_of_scope), answered)


def is_gold(reply: Reply, key: str, gold: str) -> bool:
    if key == "names_include":
        return gold in reply.values.get("names", "").split("; ")
    told = reply.values.get(key)
    if told is None:
        return False
    try:
        one, other = Decimal(told), Decimal(gold)
    except InvalidOperation:
        return told == gold
    if not (one.is_finite() and other.is_finite()):
        return False
    return abs(one - other) <= _NEAR * max(abs(other), Decimal(1))


def told(scores: Sequence[tuple[str, Score]]) -> str:
    lines = []
    for name, one in scores:
        lines.append(
            f"{name}: {one.right:.1%} of {one.asked} right, {len(one.answered)} of {one.outside} outside answered"
        )
        lines += [f"  wrong  {item}" for item in one.wrong]
        lines += [f"  silent {item}" for item in one.silent]
        lines += [f"  answered {item}" for item in one.answered]
    return "\n".join(lines)
