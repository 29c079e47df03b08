"""What a question about figures of periods asks of them, by words that are not cues of every graph."""

import re
from dataclasses import replace
from decimal import Decimal

from knowledger.domain.agents.semantics.cues import Bound
from knowledger.domain.agents.semantics.frame import Frame
from knowledger.domain.agents.semantics.lexicon import Said, metrics
from knowledger.domain.agents.semantics.question import NUMBER, number_of
from knowledger.domain.agents.semantics.reports.counted import FACTS
from knowledger.domain.agents.semantics.reports.idle import SCALE
from knowledger.domain.agents.semantics.reports.provenance import SOURCES

_I = re.IGNORECASE
_CURRENCIES = {
    "cad": "CAD", "canadian dollars?": "CAD", "eur": "EUR", "euros?": "EUR", "gbp": "GBP", "pounds?": "GBP",
    "jpy": "JPY", "yen": "JPY", "chf": "CHF", "francs?": "CHF", "cny": "CNY", "rmb": "CNY", "yuan": "CNY",
    "inr": "INR", "rupees?": "INR", "aud": "AUD", "sek": "SEK", "nok": "NOK", "dkk": "DKK",
    "mxn": "MXN", "brl": "BRL", "krw": "KRW",
}  # fmt: skip
WORDS = {
    "scale": SCALE,
    "absolute": re.compile(
        r"\bin absolute (?:terms|numbers|dollars?|figures|amounts?)|\babsolute(?:ly)?\b|\bhow many (?:us )?dollars\b"
        r"|\bdollar (?:amount|value|change|increase|decrease|difference|growth|terms)s?\b|\bin dollar terms\b",
        _I,
    ),
    "currency": re.compile(rf"\b(?:in |of )?(?:{'|'.join(_CURRENCIES)})\b", _I),
    "dollars": re.compile(r"\b(?:in |of )?(?:us[ -]?d(?:ollars?)?|u\.s\. dollars?|dollars?)\b", _I),
    "points": re.compile(r"\b(?:in )?(?:percent(?:age)?|basis)[ -]points?\b|\bpp\b|\bbps\b", _I),
    "fastest": re.compile(r"\b(?:fastest|faster|quickest|quicker|most rapidly|more rapidly)\b", _I),
    "slowest": re.compile(r"\b(?:slowest|slower|least rapidly)\b", _I),
    "first": re.compile(r"\b(?:for the )?first(?: time)?\b|\bearliest\b|\binitially\b", _I),
    "times": re.compile(r"\b(?:how many )?times\b|\b(?:what )?multiple\b|\bfactor\b", _I),
    "profitable": re.compile(r"\b(?:un)?profitable\b|\bloss[- ]making\b", _I),
    "every": re.compile(r"\b(?:every|each) (?:single )?(?:fiscal )?(?:year|quarter)\b|\balways\b|\bconsistently\b", _I),
    "manyfold": re.compile(r"\b(?:doubl|tripl|quadrupl|halv)(?:e|ed|ing)\b", _I),
    "added": re.compile(r"\badd(?:ed|s)?\b(?! up| to)", _I),
    "ever": re.compile(r"\b(?:n?ever|at any time)\b", _I),
    "all_of_them": re.compile(
        r"\b(?:of|across|over|for|by) (?:all|every)(?: the)? (?:\w+ )?(?:companies|filers|firms)\b(?: together)?", _I
    ),
    "how_many_of_them": re.compile(
        rf"\b({NUMBER})\s+(?=(?:companies|filers|firms|segments|products|regions|countries)\b)", _I
    ),
    "often": re.compile(r"\b(?:how )?often\b|\bin how many\b", _I),
    "amended": re.compile(
        r"\b(?:10-[kq]/a|amend(?:ed|ments?|ing)|raised?|lower(?:ed)?|over the figure|later)\b(?= |$)", _I
    ),
    "parts": re.compile(
        r"\b(?:(?:two|three|four|five|six|seven|eight|several|various|main|major|individual|own|\d) +)?"
        r"(?:(?:reportable|operating|business|reporting|geographic(?:al)?|product|sales|end|main) +)*"
        r"(?:regions?|countr(?:y|ies)|geograph(?:y|ies|ic areas?|ical areas?)|areas?|product lines?"
        r"|product categor(?:y|ies)|categor(?:y|ies)|product groups?|lines? of business|business lines?"
        r"|revenue streams?|markets?"
        r"|(?:reportable|operating|business|reporting|geographic(?:al)?) +(?=segments?\b))", _I,
    ),
    "of_a_part": re.compile(r"(?<=revenue )(?:share|mix|contribution)\b|(?<=sales )(?:share|mix|contribution)\b", _I),
    "portion": re.compile(r"\b(?:portion|slice|chunk)(?= of\b)", _I),
    "apart": re.compile(r"\b(?:differences?|gap|delta|spread|how much (?:more|less|higher|lower|larger|smaller|bigger)"
                        r"|outearn\w*|outsold|exceed)\b", _I),
    "formula": re.compile(r"\b(?:formula(?:s|e)?|calculat(?:ed|ion)|computed|worked out|derived|calculate)\b", _I),
}  # fmt: skip
"""`dollars` and what only tells how are claimed; `apart` leaves its words to the cues."""

_PRODUCTS = re.compile(r"\bproducts?\b", _I)
_ONLY_HEARD = ("apart", "first", "every")
_FELL = (
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


def claimed_words() -> dict[str, re.Pattern[str]]:
    """What read_frame takes besides the cues."""
    return {name: pattern for name, pattern in (SOURCES | WORDS | {"facts": FACTS}).items() if name not in _ONLY_HEARD}


def currency_asked(frame: Frame) -> str | None:
    """The code of the currency that is named."""
    if found := WORDS["currency"].search(frame.question.text):
        return next(code for name, code in _CURRENCIES.items() if re.search(rf"\b{name}$", found[0], _I))
    return "USD" if "dollars" in frame.words else None


def asks_yes_or_no(frame: Frame) -> bool:
    return bool(_IS_IT.match(frame.question.text))


def asks_which_periods(frame: Frame) -> bool:
    return bool(_WHICH.search(frame.question.text))


def way(frame: Frame) -> bool | None:
    """Up or down, as the question's words say; None where they say neither."""
    text = frame.question.text
    down, up = re.search(rf"\b(?:{_FELL})\b", text, _I), re.search(rf"\b(?:{_ROSE})\b", text, _I)
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


def also_meant(frame: Frame) -> None:
    """ "Grew fastest" is the highest growth."""
    words = frame.cues.words
    if {"fastest", "slowest"} & frame.words:
        words = words | {"growth", "rank_most" if "fastest" in frame.words else "rank_least"}
    if {"of_a_part", "portion"} & frame.words:
        words = words | {"share"}
    if {"manyfold", "added"} & frame.words:
        words = words | {"growth"}
    if "all_of_them" in frame.words and "total" in frame.question.words and not frame.cues.direction:
        words = words | {"sum"}
    if "ever" in frame.words:
        frame.times = replace(frame.times, is_all=True, step=frame.times.step or "year")
    if "profitable" in frame.words and not frame.said:
        _hold_against_nothing(frame)
    if "parts" in frame.words:
        words = words | _kinds_of_parts(frame.question.text)
    looks = frame.cues.direction or words & {"growth", "split", "share", "list"}
    if looks and {"product", "products"} & set(frame.question.left) and frame.question.take(_PRODUCTS):
        words = words | {"split_product"}
    if frame.cues.direction == "most" and "growth" in words and way(frame) is False:
        words = words - {"rank_most"} | {"rank_least"}
    if not frame.said and "growth" in words and any(word.startswith("split_") for word in words):
        frame.said = [Said(0, 0, metrics()["revenue"])]
    if not frame.who and frame.cues.has("higher") and re.match(r"\W*(?:which|who|what)\b", frame.question.text, _I):
        words = words | {
            "rank_least"
            if re.search(rf"\b(?:{_FELL})\b|\bsmaller\b|\bfewer\b", frame.question.text, _I)
            else "rank_most"
        }
    frame.cues = replace(frame.cues, words=words)
    if frame.cues.direction and (many := WORDS["how_many_of_them"].search(frame.question.text)):
        frame.cues = replace(frame.cues, count=frame.cues.count or number_of(many[1]))


def _kinds_of_parts(text: str) -> set[str]:
    """By segment, region or product, as the question's own word for parts has it."""
    said = WORDS["parts"].search(text)
    word = said[0].lower() if said else ""
    if re.search(r"\bsegments?\b", text, _I):
        return {"split_segment"}
    if re.search(r"region|countr|geograph|area", word):
        return {"split_region"}
    return {"split_product"} if re.search(r"product|categor", word) else {"split"}


def _hold_against_nothing(frame: Frame) -> None:
    """Who is profitable earns more than nothing; who is asked to be compared by it is not held against that."""
    frame.said = [Said(0, 0, metrics()["net_income"])]
    looks = asks_yes_or_no(frame) or asks_which_periods(frame) or not frame.who
    if looks and not frame.cues.direction and not frame.cues.bounds and not frame.cues.has("higher", "compare"):
        over = not re.search(r"\bunprofitable|\bloss", frame.question.text, _I)
        frame.cues = replace(frame.cues, bounds=(Bound(over, False, Decimal(0), False),))
