"""The words that people use for the types, properties and values of any graph, from `words.json`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from knowledger.domain.agents.semantics.cues import Direction
from knowledger.domain.agents.tools.named import singular


@dataclass(frozen=True)
class Vocabulary:
    """`superlatives` of a direction tell what property is meant: the cheapest by a price; `countries` by their code."""

    properties: dict[str, list[str]]
    types: dict[str, list[str]]
    superlatives: dict[Direction, dict[str, list[str]]]
    countries: dict[str, list[str]]
    states: dict[str, list[str]]
    """Of the United States, by their code."""
    irregular: dict[str, list[str]]
    abbreviations: dict[str, str]
    meanings: dict[str, list[str]]
    doing: dict[str, list[str]]
    """What is done with what a type's name calls: a loan is borrowed."""
    plurals: dict[str, str]
    relating: list[str]
    """Verbs that only say that things have to do with each other."""

    def verb_forms(self, word: str) -> list[str]:
        """A verb that is not formed by rule, in all its forms."""
        return next(([verb, *others] for verb, others in self.irregular.items() if word in (verb, *others)), [])

    def is_place(self, words: str) -> bool:
        """Whether it is a country or state, in any of its names but its code."""
        return any(words in names for names in (*self.countries.values(), *self.states.values()))

    def places_called(self, words: str) -> list[str]:
        """The other names of the country or state that the words name, its code among them."""
        places = [*self.countries.items(), *self.states.items()]
        return [name for code, names in places if words in names for name in (code.lower(), *names)]


@cache
def vocabulary() -> Vocabulary:
    text = files(__package__).joinpath("words.json").read_text(encoding="utf-8")
    document = cast("dict[str, dict[str, list[str]]]", json.loads(text))
    for name, called in [*document["properties"].items()]:
        document["properties"].setdefault(singular(name), called)
    return Vocabulary(**document)  # type: ignore[arg-type]


def is_where(words: Sequence[str], start: int, end: int, name: str) -> bool:
    """ "From Texas" is a place, not a company whose name begins so."""
    text = " ".join(words[start:end])
    before = list(words[max(0, start - 1) : start])
    return before in (["in"], ["from"]) and text != name.lower() and vocabulary().is_place(text)
