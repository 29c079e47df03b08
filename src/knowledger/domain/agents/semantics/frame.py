"""A question about reported figures, taken apart: who, what, when, and what to do with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from knowledger.domain.agents.semantics.cues import CUES, Cues, asks_for_advice, read_bounds, read_cues, read_early
from knowledger.domain.agents.semantics.generic.vocabulary import is_where
from knowledger.domain.agents.semantics.lexicon import Metric, Said, is_metric_name, take_metrics
from knowledger.domain.agents.semantics.periods import Times
from knowledger.domain.agents.semantics.question import Question
from knowledger.domain.agents.semantics.times import read_times
from knowledger.kernel.json import JsonObject, JsonValue

_ONE_BY_NAME = ("Category",)
"""Several of one name mean the same to whoever asks."""


@dataclass(frozen=True)
class Who:
    id: str
    name: str
    type: str
    start: int
    end: int


_NO_TYPOS = ("supplies", "supply")
_CUE_WORDS = frozenset(_NO_TYPOS) | frozenset(
    word for pattern in CUES.values() for word in re.findall(r"[a-z]{5,}", pattern.pattern)
)
_IN_PERCENT = re.compile(
    r"\b(?:by how (?:many|much) |in |as a )?(?:percent(?:age)?(?: terms| points)?|per cent|pct)\b(?! (?:of|change))",
    re.IGNORECASE,
)


@dataclass
class Frame:
    """`ambiguous` holds the names that one mention may stand for; `unknown` the words that nobody understood."""

    question: Question
    who: list[Who]
    said: list[Said]
    times: Times
    cues: Cues
    ambiguous: list[str] = field(default_factory=list)
    words: frozenset[str] = frozenset()
    says_percent: bool = False
    carried: tuple[str, ...] = ()
    """What nobody understood of the question that this one goes on from."""

    @property
    def metrics(self) -> list[Metric]:
        return list(dict.fromkeys(item.metric for item in self.said))

    def understand(self, word: str) -> None:
        """Somebody knows what a word means after all."""
        self.question.claimed.update(place for place, said in enumerate(self.question.words) if said == word)
        self.carried = tuple(item for item in self.carried if item != word)

    @property
    def unknown(self) -> list[str]:
        return [*self.question.left, *self.carried]


def named_words(mentions: JsonValue) -> frozenset[str]:
    """The words of names and of what is to be done, which are spelt as they are."""
    rows = mentions if isinstance(mentions, list) else []
    return _CUE_WORDS | frozenset(
        word for row in rows if isinstance(row, dict) for word in str(row["name"]).lower().split()
    )


def read_frame(
    text: str,
    mentions: JsonValue,
    kinds: Sequence[str],
    known: Sequence[Metric] | None = None,
    words: Mapping[str, re.Pattern[str]] = MappingProxyType({}),
) -> Frame:
    """`mentions` are the rows of find_entity for the same text; `kinds` the node types that count as somebody.

    `words` are the further words of a kind of graph, by what they mean.
    """
    question = Question(text)
    bounds = read_bounds(question)
    for_advice = asks_for_advice(question)
    who, ambiguous = _who(question, mentions, kinds, known)
    early = read_early(question) | ({"advice"} if for_advice else set())
    said = take_metrics(question, known)
    times = read_times(question)
    found = frozenset(name for name, pattern in words.items() if question.take(pattern))
    in_percent = [question.inside(*match.span()) for match in question.take(_IN_PERCENT)]
    cues = read_cues(question, bounds, early)
    if not cues.has("growth", "share", "cagr", "compare", "higher") and not any(
        item.metric.kind == "percent" for item in said
    ):
        for place in in_percent:
            question.release(*place)
    return Frame(question, who, said, times, cues, ambiguous, found, bool(in_percent))


def _who(
    question: Question, mentions: JsonValue, kinds: Sequence[str], known: Sequence[Metric] | None
) -> tuple[list[Who], list[str]]:
    rows = [row for row in mentions if isinstance(row, dict)] if isinstance(mentions, list) else []
    found: list[Who] = []
    ambiguous: list[str] = []
    for place in dict.fromkeys((int(str(row["start"])), int(str(row["end"]))) for row in rows):
        at = [row for row in rows if (row["start"], row["end"]) == place and row["type"] in kinds]
        if not at or not question.free(*place) or is_where(question.words, *place, str(at[0]["name"])):
            continue
        text = str(at[0]["text"])
        if is_metric_name(text, known) or _is_cue(text) or question.words[place[0] - 1 : place[0]] == ["per"]:
            continue
        best = [row for row in at if row["score"] == at[0]["score"]]
        names = {str(row["name"]) for row in best}
        alike = len(names) == 1 and best[0]["type"] in _ONE_BY_NAME
        if len({str(row["id"]) for row in best}) > 1 and not alike:
            ambiguous += names
        question.claim(*place)
        found += [_one(row, *place) for row in (best if alike else best[:1])]
    return list({item.id: item for item in found}.values()), ambiguous


def _one(row: JsonObject, start: int, end: int) -> Who:
    return Who(str(row["id"]), str(row["name"]), str(row["type"]), start, end)


def _is_cue(text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in CUES.values())
