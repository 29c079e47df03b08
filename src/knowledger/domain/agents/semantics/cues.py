"""What a question wants done with its figures: the words that tell an intent from another."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, TypeAlias

from knowledger.domain.agents.semantics.question import NUMBER, Question, number_of

Direction: TypeAlias = Literal["most", "least"]
_I = re.IGNORECASE


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})(?!\w)", _I)


CUES: dict[str, re.Pattern[str]] = {
    "advice": _words(
        r"(?:where|how) (?:can|could|might) (?:i|we) (?:save|cut|reduce|spend less|earn|improve|lower)"
        r"|should (?:i|we|you|one)|recommend\w*|advice|advise|worth (?:buying|it)|good (?:buy|investment|stock)"
        r"|(?:good|bad|great|reliable|risky|trustworthy) (?:customers?|clients?|vendors?|suppliers?"
        r"|partners?|payers?|compan(?:y|ies)|banks?|accounts?)"
        r"|best (?:\w+ )?(?:accounts?|banks?|cards?|loans?|rates?)"
        r"|undervalued|overvalued|price target|target price|stock price|share price"
        r"|market cap(?:italization)?|opinion|do you think|best stock|a better investment"
        r"|fair value of the stock|bullish|bearish|hold or sell|safe to|buy (?:the |its "
        r"|their )?(?:stock|shares)|buy or sell|(?:good|bad|better) time to"
        r"|(?<!we )(?<!they )(?<!it )(?<!was )(?<!been )invest in"
    ),
    "why": _words(r"why|how come|reasons?(?: for| behind)?|caused?|causes|because|explain why"
                  r"|what drove|driver|drivers|due to"),
    "cagr": _words(r"cagr|compound(?:ed)? annual(?:ly)?(?: growth)?(?: rate)?"
                   r"|annuali[sz]ed growth(?: rate)?|compound growth(?: rate)?|average annual growth(?: rate)?"),
    "growth": _words(
        r"(?:(?:go|gone|went|move[ds]?) )?(?:up or down|down or up)|rise or fall|increase or decrease"
        r"|jump(?:ed|s)?"
        r"|surge[ds]?|spike[ds]?|climb(?:ed|s)?|growth(?: rate)?"
        r"|grow|grew|grown|growing|increas(?:e|ed|es|ing)|decreas(?:e|ed|es|ing)"
        r"|declin(?:e|ed|es|ing)|chang(?:e|ed|es)|rise|rose|risen|fall|fell|fallen"
        r"|drop|dropped|yoy|y/y|y-o-y|year[\s-]over[\s-]year|year[\s-]on[\s-]year"
        r"|percent(?:age)? change|gain|gained|shrink|shrank|went (?:up|down)|go (?:up|down)|gone (?:up"
        r"|down)|improve[ds]?|moved?"
    ),
    "sequential": _words(r"qoq|q/q|quarter[\s-](?:over|on)[\s-]quarter|sequential(?:ly)?|mom|m/m"
                         r"|month[\s-](?:over|on)[\s-]month|(?:from|vs|versus|over|than|compared (?:to"
                         r"|with)) the (?:previous|prior) (?:quarter|month)"),
    "original": _words(r"as (?:originally|first|initially) (?:reported|filed|stated|published)"
                       r"|originally(?: reported)?|first reported|initially(?: reported)?"
                       r"|before (?:(?:the|any|its) )?(?:(?:later|stock|share) )*(?:restatements?|splits?)"
                       r"(?: (?:restated|adjusted|changed) (?:it|them|that))?"
                       r"|original(?:ly)? (?:value|figure|number)?"),
    "latest_basis": _words(r"as (?:latest |last |most recently )?restated|restated (?:value|figure"
                           r"|number)|latest restated|as (?:last|most recently|currently) reported"
                           r"|after (?:the )?restatements?"),
    "restatement": _words(r"restat(?:e|ed|ement|ements|es|ing)(?: later| afterwards| since)?|revised|revisions?"
                          r"|amended later|reported differently|different values"),
    "balance_check": _words(
        r"(?:do(?:es)?|did)(?: not|n't) (?:match|agree|tie)|debits? and credits?(?= do)"
        r"|balance check|balances? out|in balance|balanced|unbalanced|accounting equation|tie out"
        r"|ties out|out of balance|sum to zero"
        r"|debits? (?:and credits? )?(?:equal|match)(?: the)?(?: credits?)?|equals?|add(?:s)? up"
        r"|(?<=sheet )balances?|(?<=books )balances?|(?<=debits and credits )balances?"
        r"|(?<=ledger )balances?|(?<=transactions )balances?"
        r"|(?<=balance )balances?|(?<=entries )balances?|(?<=equation )holds?"
    ),
    "statement_income": _words(r"income statement|profit and loss(?: statement| account)?|p&l|p & l"
                               r"|pnl|statement of (?:income|operations|earnings)"
                               r"|statements of (?:income|operations|earnings)|earnings statement"),
    "statement_balance": _words(r"balance sheet|statement of financial position|financial position"),
    "statement_cash": _words(r"cash[\s-]?flow statement|statement of cash[\s-]?flows?"
                             r"|cash flows statement|statements of cash flows"),
    "trial_balance": _words(r"trial balances?"),
    "year_end": _words(
        r"fiscal[\s-]year[\s-]end(?:s|ing)?(?:\s+date)?(?!\s+(?:of\s+)?['’]?\d)|year[\s-]end date"
    ),
    "share": _words(r"as (?:a |an )?(?:percent(?:age)?|%|share|proportion|fraction)(?: of)?"
                    r"|percent(?:age)? of|% of|share of|proportion of|fraction of|relative to"
                    r"|divided by|in proportion to|what (?:percent(?:age)?|share)|ratio of|ratio between|ratio"),
    "per": _words(r"per"),
    "compare": _words(r"compar(?:e|ed|ison|ing)(?: (?:to|with|against))?|versus|vs|against"
                      r"|side by side|differ(?:ence|s)?(?: between)?|gap between|stack up|higher than"
                      r"|lower than|larger than|bigger than|smaller than|more than(?= [a-z])"
                      r"|less than(?= [a-z])|greater than(?= [a-z])|than"),
    "rank_most": _words(r"largest|biggest|highest|greatest|most|top|maximum|max|peak|longest|latest (?=\d)"),
    "rank_least": _words(r"smallest|lowest|least|bottom|minimum|min|fewest|shortest"),
    "rank_best": _words(r"best|leading|strongest|richest"),
    "rank_worst": _words(r"worst|weakest|poorest"),
    "rank": _words(r"rank(?:ed|ing)?|sort(?:ed)?|order(?:ed)? by|leaderboard"),
    "higher": _words(r"higher|bigger|larger|greater|more|better|lower|smaller|less|fewer|worse"),
    "average": _words(r"average|averaged|mean|avg|typical(?:ly)?|on average"),
    "median": _words(r"median"),
    "sum": _words(r"sum(?:med)?(?: of)?|cumulative(?:ly)?|combined|altogether|in total|in all"
                  r"|grand total|aggregate(?:d)?|added up"),
    "trend": _words(r"trend(?:s|ed|ing)?|over time|develop(?:ed|ment)?|evol(?:ve|ved|ution)|trajectory"
                    r"|progress(?:ion|ed)?|time series|chart|graph of|plot|history of"),
    "split_segment": _words(r"(?:by|per|each|every|across|for each) (?:business |operating "
                            r"|reportable |reporting )?segments?|segment (?:breakdown|split|revenue"
                            r"|sales|results?|mix)|segments|segment|divisions?|by division|business units?"),
    "split_product": _words(r"(?:by|per|each|across) (?:product(?: line| category)?s?|services?"
                            r"|product or service)|product (?:breakdown|split|mix|line)"
                            r"|products? and services? (?:breakdown|split)"),
    "split_region": _words(r"(?:by|per|each|across) (?:geograph\w*|regions?|countr(?:y|ies)|area"
                           r"|geographic (?:area|region|segment)s?)|(?:geographic(?:al)?|regional"
                           r"|country) (?:breakdown|split|mix)|geographical(?:ly)?"),
    "split": _words(r"break(?:down| down| (?:that|this|it|them) down)|broken down|split(?: up)?"
                    r"|disaggregat\w*|composition|decompos\w*|made up of|consists? of|comprised of"
                    r"|distribution(?: of)?"),
    "count": _words(r"how many|number of|count(?: of)?|counts|# of"),
    "how_much": _words(r"how much|how big|how large|how high|how low|how long|how old|what amount"),
    "define": _words(r"define|definition(?: of)?|meaning(?: of)?|mean by|stands? for|explain|describe|description of"),
    "schema": _words(
        r"schema|node types?|entity types?|relationship types?|relationships|labels|data model"
        r"|structure of (?:the|this) graph|what (?:kind of )?data|what is in (?:here|this graph"
        r"|the graph)|what's in (?:here|this graph|the graph)"
        r"|what can (?:i|you) (?:ask|answer|do)|what do you know|what information|tables|properties"
        r"|attributes|fields|columns|kinds of nodes|types of nodes|node labels|what does (?:the"
        r"|this) graph (?:contain|hold|store)"
    ),
    "filings": _words(r"filings?|filed|files?|submit(?:ted)?|10-?ks?|10-?qs?|8-?ks?|20-?fs?"
                      r"|annual reports?|quarterly reports?|accession(?: numbers?)?|submissions?"),
    "source": _words(r"where (?:does|do|did) .{0,40}come from|source(?:s|d)?(?: of| for)?|provenance"
                     r"|cite|citations?|come from|comes from|taken from|traceable|trace|evidence"),
    "when": _words(r"when|what date|which date|on what day|which day|what day|date of"),
    "list": _words(r"list|enumerate|names? of|name all|all the|show all|show me all|which|who|what are"),
    "burn": _words(r"burn(?:\s?rate)?|burning|cash burn|burned|burnt"),
    "runway": _words(r"runway|run out of (?:cash|money)"
                     r"|how (?:long|many months|many weeks)\b.*\b(?:cash|money|funds|balance|reserves?)"
                     r" (?:will |would |does |can )?last|months of cash"),
    "both": _words(r"both|respectively"),
    "by": _words(r"by|per|for each|grouped by|group by|broken down by"),
    "path": _words(r"connect(?:ed|ion|ions|s)?(?: (?:to|between|with))?|path(?: between| from)?"
                   r"|shortest path|linked to|link between|related to|relation(?:ship)? between"
                   r"|how (?:is|are) .* related|(?:steps?|hops?|degrees?(?: of separation)?) (?:from|between|apart)"),
    "operations": _words(r"operations?|materiali[sz]ations?|materiali[sz]ed|backups?|stagings?"),
}  # fmt: skip

_MAGNITUDE = {
    "k": 3,
    "thousand": 3,
    "m": 6,
    "mm": 6,
    "mn": 6,
    "mio": 6,
    "million": 6,
    "b": 9,
    "bn": 9,
    "billion": 9,
    "t": 12,
    "tn": 12,
    "trillion": 12,
}
_COUNTED = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|once|twice"
_AMOUNT = (
    rf"[$€£]?\s*(-?\d[\d,]*(?:\.\d+)?|{_COUNTED})\s*"
    r"(thousand|million|billion|trillion|mio|mm|mn|bn|tn|k|m|b"
    r"|t|%|percent|per cent)?(?:\s*(?:usd|dollars|eur|euros?|€|\$))?"
)
_YEAR_AFTER = r"(?!(?:19|20)\d\d\b(?!\s*(?:k|m|bn?|million|billion|thousand|dollars|usd|eur|%)\b))"
"""Behind a word that may tell a time a number is rather a year."""
_BOUND = re.compile(
    r"\b(?:(more than|greater than|exceed(?:s|ed|ing)?|higher than|bigger than|larger than|at least|no less than"
    rf"|upwards of|(?:over|above|beyond)(?=\s+{_YEAR_AFTER}))"
    r"|(less than|lower than|smaller than|fewer than|at most|no more than"
    rf"|(?:under|below|up to)(?=\s+{_YEAR_AFTER})))\s+"
    + _AMOUNT + r"(?!\w)(?!\s*(?:fiscal\s+)?(?:years?|yrs?|quarters?|months?|-))"
    r"|(>=|<=|>|<)\s*" + _AMOUNT + r"(?!\w)",
    _I,
)  # fmt: skip
_OR_MORE = re.compile(rf"(?<![\w.]){_AMOUNT}\s+(?:or|and)\s+(more|over|above|higher|less|fewer|under|below)\b", _I)
_BETWEEN = re.compile(rf"\bbetween\s+(?!(?:19|20)\d\d\s+and\s+(?:19|20)\d\d\b){_AMOUNT}\s+and\s+{_AMOUNT}(?!\w)", _I)
_TOP = re.compile(
    rf"\b(?:top|largest|biggest|highest|best|first|leading|greatest)\s+({NUMBER})\b(?!\s*(?:years?|quarters?|months?))"
    rf"|\b({NUMBER})\s+(?:largest|biggest|highest|best|leading|greatest|most)\b", _I
)  # fmt: skip
_BOTTOM = re.compile(
    rf"\b(?:bottom|smallest|lowest|worst|least)\s+({NUMBER})\b|\b({NUMBER})\s+(?:smallest|lowest|worst"
    rf"|least|cheapest)\b", _I
)  # fmt: skip


_NTH = re.compile(
    r"\b(second|third|fourth|fifth|2nd|3rd|4th|5th)[\s-]+(?=(?:most|least|fewest|largest|biggest|highest|greatest|smallest"
    r"|lowest|best|worst|cheapest|oldest|newest|longest|shortest|heaviest)\b)", _I
)  # fmt: skip
_PLACES = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5}


@dataclass(frozen=True)
class Bound:
    """A limit that a figure is held against. `is_percent` where the question says so; its words in the question."""

    over: bool
    inclusive: bool
    amount: Decimal
    is_percent: bool
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def holds(self, value: Decimal) -> bool:
        if value == self.amount:
            return self.inclusive
        return (value > self.amount) == self.over

    def __str__(self) -> str:
        sign = {(True, False): ">", (True, True): "≥", (False, False): "<", (False, True): "≤"}[
            self.over, self.inclusive
        ]
        return f"{sign} {self.amount:,f}{'%' if self.is_percent else ''}"


@dataclass(frozen=True)
class Cues:
    """`words` is what was found, by the names of CUES; `count` how many at the top or bottom, from `nth` on."""

    words: frozenset[str]
    bounds: tuple[Bound, ...] = ()
    count: int | None = None
    nth: int = 0

    def has(self, *names: str) -> bool:
        return any(name in self.words for name in names)

    @property
    def direction(self) -> Direction | None:
        if self.has("rank_least", "rank_worst"):
            return "least"
        return "most" if self.has("rank_most", "rank_best", "rank") else None


_EARLY = (
    "statement_income",
    "statement_balance",
    "statement_cash",
    "trial_balance",
    "year_end",
    "cagr",
    "sequential",
    "original",
    "latest_basis",
    "burn",
    "runway",
)
_IS_IT = re.compile(r"\s*(?:do|does|did|is|are|was|were)\b", _I)
_BALANCE = re.compile(r"\bbalances?\b", _I)
_MEANS = re.compile(r"\b(?:what|whats|what's) (?:does|do|is) .{1,80}?\b(mean|stand for)\b", _I)


def read_bounds(question: Question) -> tuple[Bound, ...]:
    """Claims limits such as "over 5 billion". To be read before years are: "above 2000" is none."""
    bounds = []
    for match in question.take(_BETWEEN):
        pair = (_bound(True, True, match[1], match[2]), _bound(False, True, match[3], match[4]))
        bounds += [_placed(item, question, match) for item in pair]
    for match in question.take(_OR_MORE):
        over = match[3].lower() in ("more", "over", "above", "higher")
        bounds.append(_placed(_bound(over, True, match[1], match[2]), question, match))
    for match in question.take(_BOUND):
        if match[5]:
            bound = _bound(match[5][0] == ">", "=" in match[5], match[6], match[7])
        else:
            said = (match[1] or match[2]).lower()
            inclusive = said in ("at least", "no less than", "at most", "no more than", "up to")
            bound = _bound(bool(match[1]), inclusive, match[3], match[4])
        bounds.append(_placed(bound, question, match))
    return tuple(bounds)


def _placed(bound: Bound, question: Question, match: re.Match[str]) -> Bound:
    start, end = question.inside(*match.span())
    return replace(bound, start=start, end=end)


def _bound(over: bool, inclusive: bool, number: str, magnitude: str | None) -> Bound:
    unit = (magnitude or "").lower()
    counted = number_of(number) if number.isalpha() else None
    amount = (Decimal(counted) if counted else Decimal(number.replace(",", ""))).scaleb(_MAGNITUDE.get(unit, 0))
    return Bound(over, inclusive, amount, unit in ("%", "percent", "per cent"))


def is_turned(text: str, first: int, second: int) -> bool:
    """Whether the second of two figures is held against the first: "what share of revenue is rent".

    `first` and `second` are where the figures stand. "The ratio of a to b" and "the share of a in b" are not turned.
    """
    before, between = text[:first].lower(), text[first:second].lower()
    of_it = re.search(r"(?:share|percent(?:age)?|proportion|fraction|%|how much|part) of\b[^,;]*$", before)
    return bool(of_it) and not re.search(r"\b(?:in|to|relative|against|over)\s+(?:\w+\s+)?$", between)


def asks_for_advice(question: Question) -> bool:
    """Read before names are: "a good customer" names nobody whose name has a "good" in it."""
    return bool(question.take(CUES["advice"]))


def read_early(question: Question) -> frozenset[str]:
    """The cues whose words would else be read as periods: compound *annual* growth, quarter over quarter."""
    return frozenset(name for name in _EARLY if question.take(CUES[name]))


def read_cues(question: Question, bounds: tuple[Bound, ...] = (), early: frozenset[str] = frozenset()) -> Cues:
    """All cues that the question gives; claims their words where they are free."""
    found: set[str] = set(early)
    count = None
    place = question.take_one(_NTH)
    for pattern, name in ((_TOP, "rank_most"), (_BOTTOM, "rank_least")):
        if match := question.take_one(pattern):
            count, found = number_of(match[1] or match[2]), found | {name}
    if asked := _MEANS.search(question.text):
        question.claim(*question.inside(asked.start(1), asked.end(1)))
        found.add("define")
    for name, pattern in CUES.items():
        if pattern.search(question.text) and (taken := question.take(pattern)):
            found.update([name] if taken else [])
    if _IS_IT.match(question.text) and question.take(_BALANCE):
        found.add("balance_check")
    return Cues(frozenset(found), bounds, count, _PLACES[place[1].lower()] if place else 0)
