"""Something with a name, and the words of names."""

import re
import unicodedata
from dataclasses import dataclass

from knowledger.domain.agents.tools.nicknames import word_set

WORD = re.compile(r"[^\W_]+(?:[.'’&-][^\W_]+)*", re.UNICODE)
LEGAL = word_set(
    """
    inc incorporated corp corporation co company companies ltd limited llc lp plc sa ag gmbh nv se ab oyj spa kg
    the holding holdings group grp trust partners de new com and of cl class
    """
)


@dataclass(frozen=True)
class Named:
    """Something with a name. `codes` are what else identifies it: a ticker, a CIK, an account's number.

    `about` describes it.
    """

    type: str
    id: str
    name: str
    codes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    about: str = ""


def words(text: str) -> list[str]:
    return [fold(found) for found in WORD.findall(text)]


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    lower = "".join(mark for mark in plain if not unicodedata.combining(mark)).lower()
    return re.sub(r"'s$|'$|\.", "", lower)


def name_words(name: str) -> tuple[str, ...]:
    """A name's words, split at every sign, so that Coca-Cola and COCA COLA are one."""
    return tuple(part for word in words(name) for part in re.split(r"[-&']", word) if part)


def telling(name: tuple[str, ...]) -> tuple[str, ...]:
    """Without the legal form and other words that many names have."""
    kept = list(name)
    while len(kept) > 1 and kept[-1] in LEGAL:
        kept.pop()
    while len(kept) > 1 and kept[0] == "the":
        kept.pop(0)
    return tuple(kept)


def singular(word: str) -> str:
    """Good enough to hold one word against another: the same is made of both."""
    if word.endswith(("ies", "ys")) and len(word) > 4:
        return word.removesuffix("ies").removesuffix("ys") + "y"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word
