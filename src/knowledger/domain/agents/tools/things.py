"""Names that list what belongs into them, such as those of accounts and categories, found by some of their words."""

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import cast

from knowledger.domain.agents.tools.named import Named, name_words, singular
from knowledger.domain.agents.tools.nicknames import ORDINARY_WORDS, word_set

_JOINING = word_set("a an and at for from in of on or our the to with my")
_THINGS = word_set("rent software supplies supply tax travel interest")
"""Ordinary words that tell one account from another all the same."""
_NOTHING = (ORDINARY_WORDS | word_set("credit debit other general service services total new main")) - _THINGS


class ThingIndex:
    """`called` gives what a phrase names: by all words of a name in any order, or by some of them.

    Some words name several things where they also stand in the description of others.
    """

    def __init__(self, named: Sequence[Named]) -> None:
        self._names = [(words, item) for item in named if (words := _telling(name_words(item.name)))]
        self._about = [(said, item) for item in named if (said := _telling(name_words(item.about)))]
        self.longest = max((len(name_words(item.name)) for _, item in self._names), default=0) + 1

    def called(self, phrase: tuple[str, ...]) -> list[tuple[Named, float]]:
        """Each with how sure it is: 98 where all words of the name are said, else 96."""
        wanted = _telling(phrase)
        if not wanted or wanted <= _NOTHING or phrase[0] in _JOINING or phrase[-1] in _JOINING:
            return []
        if whole := [item for words, item in self._names if words == wanted]:
            return [(item, 98) for item in whole]
        if self._is_a_list(phrase):
            return []
        wider = [(words, item) for words, item in self._names if wanted < words]
        if wider:
            named = [item for _, item in wider]
            wider += [(said, item) for said, item in self._about if wanted <= said and item not in named]
        narrowest = [(words, item) for words, item in wider if all(words <= other for other, _ in wider)]
        return [(item, 96) for _, item in narrowest or wider]

    def _is_a_list(self, phrase: tuple[str, ...]) -> bool:
        """ "Wages and social security" are two things, unless one is called so."""
        if "and" not in phrase or any(" ".join(phrase) in item.name.lower() for _, item in self._names):
            return False
        place = phrase.index("and")
        return bool(self.called(phrase[:place]) and self.called(phrase[place + 1 :]))


def other_words(word: str) -> list[str]:
    """Words of the same meaning."""
    groups = cast("list[list[str]]", _document()["words"])
    return [other for group in groups if word in group for other in group if other != word]


def _telling(phrase: tuple[str, ...]) -> frozenset[str]:
    """The words that matter, one for all of the same meaning."""
    said = " ".join(singular(word) for word in phrase if word not in _JOINING)
    for words, meant in _phrases():
        said = words.sub(meant, said)
    return frozenset(_meanings().get(word, word) for word in said.split())


@cache
def _meanings() -> dict[str, str]:
    groups = cast("list[list[str]]", _document()["words"])
    return {word: group[0] for group in groups for word in group}


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    listed = cast("dict[str, str]", _document()["phrases"])
    return tuple((re.compile(rf"\b{phrase}\b"), meant) for phrase, meant in listed.items())


@cache
def _document() -> dict[str, object]:
    text = files(__package__).joinpath("synonyms.json").read_text(encoding="utf-8")
    return cast("dict[str, object]", json.loads(text))
