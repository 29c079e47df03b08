"""The words of questions about reports that are not cues of every graph, by what they mean."""

import re

from knowledger.domain.agents.semantics.question import NUMBER
from knowledger.domain.agents.semantics.reports.counted import FACTS
from knowledger.domain.agents.semantics.reports.idle import SCALE
from knowledger.domain.agents.semantics.reports.provenance import SOURCES

_I = re.IGNORECASE
CURRENCIES = {
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
    "currency": re.compile(rf"\b(?:in |of )?(?:{'|'.join(CURRENCIES)})\b", _I),
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
    "ever": re.compile(r"\b(?:ever|at any time)\b", _I),
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
_ONLY_HEARD = ("apart", "first", "every")
"""They leave their words to the cues and times."""


def claimed_words() -> dict[str, re.Pattern[str]]:
    """What is claimed besides the cues."""
    return {name: pattern for name, pattern in (SOURCES | WORDS | {"facts": FACTS}).items() if name not in _ONLY_HEARD}
