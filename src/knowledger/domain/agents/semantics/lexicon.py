"""The curated words for financial metrics, from `lexicon.json`, and where a question uses them."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias, cast

from rapidfuzz import fuzz, process

from knowledger.domain.agents.semantics.question import FILLER, Question
from knowledger.domain.agents.tools.named import singular
from knowledger.kernel.json import JsonObject

MetricKind: TypeAlias = Literal["flow", "stock", "per_share", "average", "money", "percent", "ratio", "days"]
_NEAR = 84


@dataclass(frozen=True)
class Metric:
    """Reported under `concepts` (names without prefix, the first that has a value counts) or counted by `formula`.

    A `flow` belongs to a span and adds up over spans; a `stock` holds at a day; `per_share` and `average` belong to a
    span and do not add up.
    """

    id: str
    names: tuple[str, ...]
    kind: MetricKind
    statement: str = ""
    concepts: tuple[str, ...] = ()
    formula: str = ""
    parts: tuple["Metric", ...] = ()
    """What the names in the formula stand for, where they are not those of the lexicon."""

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def is_share(self) -> bool:
        return self.kind in ("percent", "ratio", "days")


@cache
def _document() -> JsonObject:
    text = files(__package__).joinpath("lexicon.json").read_text(encoding="utf-8")
    return cast(JsonObject, json.loads(text))


@cache
def _abbreviations() -> dict[str, str]:
    return cast("dict[str, str]", _document()["abbreviations"])


@cache
def metrics() -> dict[str, Metric]:
    listed = cast("list[JsonObject]", _document()["metrics"])
    found = [
        Metric(
            id=str(item["id"]),
            names=tuple(cast("list[str]", item["names"])),
            kind=cast(MetricKind, item["kind"]),
            statement=str(item.get("statement", "")),
            concepts=tuple(cast("list[str]", item.get("concepts", []))),
            formula=str(item.get("formula", "")),
        )
        for item in listed
    ]
    return {item.id: item for item in found}


@dataclass(frozen=True)
class Said:
    """A metric where the question names it."""

    start: int
    end: int
    metric: Metric


def take_metrics(question: Question, known: Iterable[Metric] | None = None) -> list[Said]:
    """The metrics that the question names, longest names first; claims their words."""
    phrases = _phrases(tuple(known) if known is not None else tuple(metrics().values()))
    longest = max(map(len, phrases), default=0)
    plain = [singular(word) for word in question.words]
    found: list[Said] = []
    for length in range(longest, 0, -1):
        for start in range(len(plain) - length + 1):
            metric = phrases.get(tuple(plain[start : start + length]))
            if metric and question.free(start, start + length):
                question.claim(start, start + length)
                found.append(Said(start, start + length, metric))
    return sorted(found, key=lambda said: said.start)


def spelt_out(text: str) -> str:
    """The text with its abbreviations written out, word for word; what is in capitals may be a name."""
    known = _abbreviations()
    return re.sub(
        r"[A-Za-z]+", lambda word: word[0] if word[0].isupper() else known.get(word[0].lower(), word[0]), text
    )


def mended(text: str, kept: frozenset[str] = frozenset()) -> str:
    """The text with misspelt words of the lexicon put right: `revnue` → `revenue`. `kept` are words that are names."""
    vocabulary = _vocabulary()

    def mend(match: re.Match[str]) -> str:
        word = match[0].lower()
        if len(word) < 5 or word in vocabulary or singular(word) in vocabulary or word in FILLER | kept:
            return match[0]
        best = process.extractOne(word, vocabulary, scorer=fuzz.ratio, score_cutoff=_NEAR)
        return best[0] if best and best[0][0] == word[0] and abs(len(best[0]) - len(word)) <= 1 else match[0]

    return re.sub(r"[A-Za-z]+", mend, text)


@cache
def _phrases(known: tuple[Metric, ...]) -> dict[tuple[str, ...], Metric]:
    found: dict[tuple[str, ...], Metric] = {}
    for metric in known:
        for name in metric.names:
            found.setdefault(_split(name), metric)
    return found


def _split(name: str) -> tuple[str, ...]:
    question = Question(name)
    return tuple(singular(word) for word in question.words)


_OTHER_WORDS = (
    "growth grow grew increase decrease change decline average quarter quarterly annual annually fiscal trend compare "
    "largest highest lowest smallest biggest segment region product breakdown statement balance restated originally "
    "reported percentage percent between company companies category merchant customer vendor supplier transaction "
    "transactions account accounts invoice invoices spending spend spent runway month monthly year "
    "years january february "
    "march april june july august september october november december trailing twelve latest three counterparty"
)


@cache
def _vocabulary() -> tuple[str, ...]:
    words = {word for metric in metrics().values() for name in metric.names for word in Question(name).words}
    return tuple(sorted({word for word in words | set(_OTHER_WORDS.split()) if len(word) >= 5}))


def is_metric_name(text: str, known: Iterable[Metric] | None = None) -> bool:
    return _split(text) in _phrases(tuple(known) if known is not None else tuple(metrics().values()))
