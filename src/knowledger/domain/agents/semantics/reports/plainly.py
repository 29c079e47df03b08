"""A question put in plainer words before it is read: phrases that mean the same said in one way."""

import re
from collections.abc import Callable

from knowledger.domain.agents.semantics.question import NUMBER

_I = re.IGNORECASE


def _month_first(match: re.Match[str]) -> str:
    """Filings with the SEC write the month first."""
    return f"{match[3]}-{int(match[1]):02}-{int(match[2]):02}"


def _less(match: re.Match[str]) -> str:
    """What is left of A after B, C and D: A minus B minus C minus D."""
    taken = [part for part in re.split(r",? and |, ", match[2]) if part]
    return " minus ".join([match[1], *taken])


_YEARLY = " year over year "
_SPAN = (
    r"(?:(?:fiscal |full )?(?:year|quarter|period|half|months?|time|term)s?|q[1-4]"
    r"|(?:first|second|third|fourth) (?:quarter|half)|(?:three|six|nine|twelve|3|6|9|12)[ -]months?(?: period)?)"
)
_TO = r"(?:versus|vs\.?|over|than|compared (?:to|with)|against|relative to|in comparison (?:to|with))"
_AGAINST = rf"(?:(?:{_TO}|from|on|with|to)\s+)?"
_A_YEAR_AGO = (
    r"(?:(?:a|one) year (?:earlier|before|ago|prior|previously)|the year before|last year"
    r"|(?:of|in|for) (?:the )?(?:prior|previous|preceding|last) (?:fiscal )?year)"
)
_TURNED = r"\b(?:turn(?:s|ed)?|became|become|went|go(?:es)?|was|were|is|swung to|dip(?:ped)?(?: into)?)"
_HIGH, _LOW = r"(?:top|best|highest|largest|biggest|strongest|greatest)", r"(?:worst|lowest|smallest|bottom|weakest)"
_YEARS = rf"(?P<count>{NUMBER})\s+(?P<step>(?:fiscal\s+)?(?:years|quarters))\b"
_HAD = (
    r"(?:ma[dk]e|post(?:ed|s)?|report(?:ed|s)?|had|ha(?:ve|s)|record(?:ed)?|suffer(?:ed)?|r[au]n"
    r"|book(?:ed)?|incur(?:red)?)"
)
_COVER = r"cover(?: page)?(?: of (?:its|the) (?:newest|latest|most recent|last) (?:filing|report|10-[kq]))?"
_MORE = r"(?:more than|over|above|beyond|in excess of|exceeding) "
_ORIGINAL = "as originally reported"
_OPERATIONS = r"(?:(?:business )?operations|operating activities|(?:core )?business)"
_RULES: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    (rf"\b{_HIGH}\s+{_YEARS}", r"\g<count> highest \g<step>"),
    (rf"\b{_LOW}\s+{_YEARS}", r"\g<count> lowest \g<step>"),
    (rf"{_AGAINST}(?:the\s+|its\s+)?(?:same|corresponding|comparable|equivalent)\s+{_SPAN}\s+{_A_YEAR_AGO}", _YEARLY),
    (rf"{_AGAINST}(?:the\s+|its\s+)?(?:prior[- ]year|year[- ]ago|previous[- ]year)(?:['’]s)?\s+{_SPAN}", _YEARLY),
    (rf"{_TO}\s+(?:the\s+)?(?:prior|previous|preceding) (?:fiscal )?year\b", _YEARLY),
    (rf"{_TO}\s+{_A_YEAR_AGO}|from (?:a|one) year (?:earlier|before|ago)", _YEARLY),
    (r"\b(?:us-gaap|ifrs-full|dei|srt):(?=\w)", ""),
    (r"(?<=\w)-to-(?=\w)", " to "),
    (r"\b(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])/((?:19|20)\d\d)\b", _month_first),
    (r"\bbefore (?:(?:it|they) (?:restated?|was restated|were restated)|being restated)(?: (?:it|them))?\b", _ORIGINAL),
    (r"\bbalance sheet (?:tie|reconcile|foot|add up|square)s?\b", "balance sheet balance"),
    (r"\bnci\b", "noncontrolling interests"),
    (r"\bhow much (?:cash|money) (did|does|has)\b(?=.*\b(?:return|spend|spent|pay|paid)\b)", r"how much \1"),
    (rf"\b(shares outstanding)\b(.{{0,20}}?)\b(?:per|on|from|according to) (?:the )?{_COVER}", r"cover page \1 \2"),
    (r"(?<=[a-z])_(?=[a-z])", " "),
    (r"(?<![\w'’])['’]([0-4]\d)\b", r"20\1"),
    (r"\bincl\.?(?=\s)", "including"),
    (r"\bexcl\.?(?=\s)", "excluding"),
    (r"\bi\.e\.,?|\bie,\s|\bthat is,|\bdefined as\b|\bin other words,?", " i.e. "),
    (r"\bmid[ -]?((?:19|20)\d\d)\b|\bmiddle of ((?:19|20)\d\d)\b", r"June \1\2"),
    (rf"{_TURNED} (?:negative|in(?:to)? the red|an? (?:net )?loss)\b", " below 0 "),
    (rf"{_TURNED} (?:positive|in(?:to)? the black)\b", " above 0 "),
    (
        rf"\b(?:lost|los(?:e|es|ing)|{_HAD} (?:an? )?(?:net )?loss(?:es)? (?:of |that )?) ?{_MORE}[$]?(?=\d)",
        " net income below -",
    ),
    (rf"\b{_HAD} (?:an? )?(?:net )?loss(?:es)?\b", " have net income below 0 "),
    (
        r"\b(?:earn(?:s|ed)?|made?) per (diluted |basic )?share\b(?:,? (diluted|basic)\b)?",
        r"earnings per share \1\2",
    ),
    (
        r"\b(?:had|have|has|with|show(?:s|ed)?|report(?:s|ed)?) (?:a )?negative ([a-z][a-z' -]{2,30}?)"
        r"(?= (?:at|on|in|for|as)\b| *[?.,]| *$)",
        r"have \1 below 0",
    ),
    (r"\b(?:lose|loses|lost|losing) money\b", " have net income below 0 "),
    (rf"^(\s*(?:did|has|have)\b.*)\b{_HAD} an? (?:net )?profit\b", r"\1 have net income above 0 "),
    (
        r"(?<!last )(?<!past )(?<!previous )\b(?:six|6)[- ]months?\b(?!\s+(?:period\s+)?(?:ended|ending|to\b|that))",
        "first half",
    ),
    (r"\b(?:largest|biggest|highest|greatest|heaviest) loss(?:es)? first\b", "lowest first"),
    (
        r"[,;.]?\s*\b(?:(?:earliest|oldest)(?: (?:one|year|quarter))? first|in chronological order|chronologically)\b",
        " ",
    ),
    (r"\bhow many shares\b(.*?)\b(?:outstanding|in issue)\b", r"shares outstanding \1"),
    (
        r"\bhow many (?:of (?:its|their) )?(?:own )?shares (?:did|has|have)\b(.*?)"
        r"\b(?:repurchased?|b(?:uy|ought) back|retired?)\b",
        r"shares repurchased \1",
    ),
    (
        r"\b(?:how much )?(?:cash|money) (?:did|does|has|was|is)\b(.*?)"
        r"\b(?:generate[ds]?|produced?|earn(?:ed)?|made?|b(?:ring|rought) in|throw(?:n)? off|come|came)\b(?: in)? "
        rf"(?:from|by|through|in) (?:its |their |the )?{_OPERATIONS}",
        r"operating cash flow \1",
    ),
    (
        r"\bcash (?:generated|provided|produced|earned|made|coming|received)(?: in)? (?:from|by|through|in) "
        rf"(?:its |the )?{_OPERATIONS}",
        "operating cash flow",
    ),
    (r"\b(?:largest|biggest|greatest|highest|heaviest) (?:net |quarterly |annual )?loss\b", "lowest net income"),
    (r"\baccounts? payable days\b", "days payable"),
    (r"\baccounts? receivable days\b", "days sales outstanding"),
    (r"\binventory days\b", "days inventory outstanding"),
    (r"\b(are|is|was|were) (?:financed|funded) (?:by|with|through)\b", r"\1"),
    (
        r"\bhow much of (.+?) (?:is|was|are|were) (?:left|remaining|kept) (?:over )?after (?:paying |deducting )?(.+?)"
        r"(?=[?.]? *$| in | for )",
        _less,
    ),
    (r"(?<=\bvs )gm\b|(?<=\bversus )gm\b|\bgm(?= (?:vs|versus)\b)|\bgm(?=['’]s)", "General Motors"),
]
_TICKERS = re.compile(r"\b(?:ko|ge|gs|hd|pg|vz|ba|gm)\b")
"""Two letters are read as a ticker only in capitals; these are no words."""
_COMPILED = [(re.compile(pattern, _I), plain) for pattern, plain in _RULES]


def put_plainly(text: str) -> str:
    for pattern, plain in _COMPILED:
        text = pattern.sub(plain, text)
    return _TICKERS.sub(lambda match: match[0].upper(), text)
