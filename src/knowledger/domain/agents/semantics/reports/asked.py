"""What a question about figures of periods asks: yes or no, up or down, which periods, in which currency."""

import re
from decimal import Decimal

from knowledger.domain.agents.semantics.frame import Frame
from knowledger.domain.agents.semantics.reports.vocabulary import CURRENCIES, WORDS

_I = re.IGNORECASE
FELL = (
    r"fell|fall(?:en|s|ing)?|declin(?:ed?|es|ing)|drop(?:ped|s)?|decreas(?:ed?|es|ing)|shr[aiu]nk|lower|less|down"
    r"|worse(?:n\w*)?"
)
_ROSE = (
    r"gr[eo]w(?:n|s|ing)?|increas(?:ed?|es|ing)|ris(?:e|en|es|ing)|rose|higher|more|up|larger|bigger|improv\w*|better"
    r"|gain(?:ed)?"
)
_IS_IT = re.compile(r"\s*(?:so |and |ok )?(?:did|does|do|is|was|were|are|has|have|had)\b", _I)
_WHICH = re.compile(
    r"\b(?:which|what|how many|list|name|number of|any|how often)\s+(?:\w+\s+)?(?:years?|quarters?|times|periods)\b"
    r"|\bhow often\b|\byears? (?:in which|when|where|with)\b", _I,
)  # fmt: skip


def heard(frame: Frame, word: str) -> bool:
    return bool(WORDS[word].search(frame.question.text))


def currency_asked(frame: Frame) -> str | None:
    """The code of the currency that is named."""
    if found := WORDS["currency"].search(frame.question.text):
        return next(code for name, code in CURRENCIES.items() if re.search(rf"\b{name}$", found[0], _I))
    return "USD" if "dollars" in frame.words else None


def asks_yes_or_no(frame: Frame) -> bool:
    return bool(_IS_IT.match(frame.question.text))


def asks_which_periods(frame: Frame) -> bool:
    return bool(_WHICH.search(frame.question.text))


def way(frame: Frame) -> bool | None:
    """Up or down, as the question's words say; None where they say neither."""
    text = frame.question.text
    down, up = re.search(rf"\b(?:{FELL})\b", text, _I), re.search(rf"\b(?:{_ROSE})\b", text, _I)
    return None if bool(down) == bool(up) else bool(up)


def verdict(frame: Frame, difference: Decimal) -> str | None:
    """Yes or no, where the question asks whether a figure rose, fell, or was higher than another."""
    asked = way(frame)
    if asked is None or not asks_yes_or_no(frame):
        return None
    return "yes" if difference and (difference > 0) == asked else "no"


_FOLDS = {"doubl": Decimal(2), "tripl": Decimal(3), "quadrupl": Decimal(4), "halv": Decimal("0.5")}


def has_become_manyfold(frame: Frame, first: Decimal, last: Decimal) -> str | None:
    """Yes or no, where the question asks whether a figure doubled, tripled or halved."""
    said = WORDS["manyfold"].search(frame.question.text)
    if said is None or first <= 0 or not asks_yes_or_no(frame):
        return None
    fold = next(times for word, times in _FOLDS.items() if said[0].lower().startswith(word))
    return "yes" if (last / first <= fold if fold < 1 else last / first >= fold) else "no"
