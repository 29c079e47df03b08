"""Words that come with questions about companies and change nothing of the answer."""

import re

from knowledger.domain.agents.semantics.question import Question


def _any_of(phrases: str, behind: str = "") -> re.Pattern[str]:
    """The longest comes first; `behind` is what may follow."""
    listed = sorted((" ".join(phrase.split()) for phrase in phrases.split(",")), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, listed))})\b{behind}", re.IGNORECASE)


_VERB_PHRASES = """
    spend, spends, spent, spending, pay, pays, paid, generate, generates, generated, generating, bring in, brings
    in, brought in, brought, hold, holds, held, own, owns, owned, owe, owes, owed, post, posts, posted, reach,
    reached, incur, incurred, book, booked, disclose, disclosed, stated, deliver, delivered, produce, produced,
    achieve, achieved, totaled, totalled, returned, used, worth, perform, performed, made up, account for, accounts
    for, accounted for, represent, represents, represented, value, attributable, carry, carries, carried, sit, sits,
    sitting, sat, stands, standing, stood, came out, came in, came to, come to, comes to, comes out at, turn over,
    turned over, turn in, turned in, rake in, raked in, pull in, pulled in, take in, took in, realized, register,
    registered, log, logged, declared, declare, allocate, allocated, attributed, derive, derives, derived,
    contribute, contributed, contributes, contribution, charge, charged, charges, run, runs, running, ran, see, saw,
    seen, ending up, end up, ended up, finish, finished, amounted, amounts, put into, puts into, set aside, set down
"""
_VERBS = _any_of(_VERB_PHRASES, r"(?: (?:on|for|in|of|to|at|into|by|from))?")
_VERBS_BEFORE = re.compile(
    r"\b(?:expensed?(?= (?:for|on))|invest(?:ed|s)?(?= (?:in|into))|closed?(?= (?:the|with|at))"
    r"|attributable to (?:the |its )?(?:(?:common )?(?:share|stock)(?:holders|owners)|parent|company))\b",
    re.IGNORECASE,
)
_ASKING_PHRASES = """
    fetch, calculate, calculating, compute, determine, look up, looking up, lookup, query, extract, output,
    identify, grab, pull, pull up, work out, figure out, search, check up, tell us, inform me, report back, display,
    return, summarize, summarise, pls, plz, thx, ty, cheers, kindly, wondering, wonder, curious, interested,
    interested in, would, like, wish, able, help, question, quick question, answer, info, information, detail,
    details, detailed, regarding, concerning, with respect to, in terms of, as regards, actually, really, roughly,
    approximately, approx, precisely, precise, exact, simply, basically, remind, again, according to its filings,
    according to the filings, according to the filing, according to its filing, according to the report, in its
    filings, in the filings, in its filing, in the filing, in its report, in the report, in the reports, in its
    annual report, in the annual report, in its 10-k, in the 10-k, in its 10-q, in the 10-q, per its 10-k, per the
    10-k, per its 10-q, per the 10-q, from the 10-k, from its 10-k, from the 10-q, from its 10-q, consolidated,
    overall, whole, entire, company-wide, company wide, group-wide, group wide, corporation, inc, corp, co, plc,
    ltd, as reported, period, periods, time, time series, level, levels, kind of, sort of, go, goes, going, went,
    there, per annum, in the data, in the data set, in the dataset, in the graph, in the knowledge graph, in the
    database, data set, dataset, database, db, record, on record, ahead, lead, leads, win, wins, winner, comes,
    come, on top, comes out on top, filer, filers, registrant, registrants, issuer, issuers, whether, get,
    different, distinct, metric, metrics, kpi, end, year-end, yearend, unique, covered, sec filing, sec filings, the
    sec, xbrl, check whether, true that, fast, correct that, is it true, looking at, look at, looking, considering,
    among, out of, given, taking, between, closing, outstanding balance, return to its shareholders, returned to its
    shareholders, return to shareholders, return to the shareholders
"""
_ASKING = _any_of(_ASKING_PHRASES)
SCALE = re.compile(
    r"\b(?:expressed )?in (?:us |\$|usd |us\$ )?(?:thousands|millions|billions|bn|mn|mm)"
    r"(?: of (?:us )?(?:dollars|usd))?\b"
    r"|\b(?:thousands|millions|billions) of (?:us )?dollars\b"
    r"|\b(?:usd|us\$) ?(?:bn|mn|mm|m|billions?|millions?)\b|(?<=[(])(?:bn|mn|billions?|millions?) ?(?:usd)?(?=[)])",
    re.IGNORECASE,
)
""" "In millions of dollars" is how to write a figure, not a change in dollars: to be taken before dollars are."""


IDLE_WORDS = frozenset(re.findall(r"[a-z]+", _VERB_PHRASES + _ASKING_PHRASES))
"""They are spelt as they are."""


def take_idle_words(question: Question) -> None:
    for pattern in (_VERBS_BEFORE, _VERBS, _ASKING):
        question.take(pattern)
