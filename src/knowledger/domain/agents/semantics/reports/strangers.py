"""Words that mean nothing to the graph: among them companies that it does not hold."""

from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.reports.desk import Desk, suggestions
from knowledger.domain.agents.steps import Reply
from knowledger.domain.agents.tools.named import name_words
from knowledger.domain.agents.tools.nicknames import ALSO_CALLED, ticker_of

_SEC = "sec"
_LONGEST_TICKER = 5


def stuck(desk: Desk) -> Reply | None:
    """Words that nobody understood."""
    unknown = desk.frame.unknown
    return not_known(desk, unknown) if unknown else None


def not_known(desk: Desk, words: list[str]) -> Reply:
    """Says of a word that is a company's name that the graph has no such company, and how it gets there."""
    nearest = suggestions(desk.frame, desk.setting)
    strangers = {name: ticker for name in _stretches(desk, words) if (ticker := _ticker(name)) is not None}
    if desk.frame.who:
        strangers = {name: ticker for name, ticker in strangers.items() if ticker.lower() in ALSO_CALLED}
    if not strangers:
        return unknown_words(words, nearest)
    listed = " and ".join(strangers)
    told = f"{listed} {'is' if len(strangers) == 1 else 'are'} not in this graph."
    if desk.setting.graph_id == _SEC:
        wanted = " ".join(ticker or "TICKER" for ticker in strangers.values())
        told += f" `knowledger sec load {wanted}` fetches the filings."
    return abstain(told, nearest)


def _stretches(desk: Desk, words: list[str]) -> list[str]:
    """The unknown words as they are written, those that follow on one another as one name."""
    question, found, last = desk.frame.question, list[str](), -2
    for number, word in enumerate(question.words):
        if word not in words or number in question.claimed:
            continue
        written = question.text[slice(*question.places[number])].removesuffix("'s").removesuffix("’s")
        if number == last + 1 and found:
            found[-1] += f" {written}"
        else:
            found.append(written)
        last = number
    return found


def _ticker(name: str) -> str | None:
    """The ticker of a company that people know, or of what is written like one; None where it is no company's name."""
    plain = name.lower()
    known = plain if plain in ALSO_CALLED else ticker_of(name_words(name))
    if known:
        return known.upper()
    if name.isupper() and name.isalpha() and 1 < len(name) <= _LONGEST_TICKER:
        return name
    return "" if name.istitle() and len(name_words(name)) > 1 else None
