"""Questions about bank accounts: balances, what was spent and came in, by category, merchant, account and month."""

import re
from collections.abc import Generator

from knowledger.domain.agents.semantics.abstain import ADVICE, FUTURE, WHY, abstain, unknown_words, which_of
from knowledger.domain.agents.semantics.banking.balances import answer_balances
from knowledger.domain.agents.semantics.banking.book import ACCOUNTS, CATEGORIES, Answering, Desk, money, suggestions
from knowledger.domain.agents.semantics.banking.burn import answer_burn
from knowledger.domain.agents.semantics.banking.described import days_of, flows_of, read_described
from knowledger.domain.agents.semantics.banking.flows import answer_flow
from knowledger.domain.agents.semantics.banking.in_and_out import (
    answer_in_and_out,
    answer_months_that,
    answer_savings_rate,
    asks_for_months,
)
from knowledger.domain.agents.semantics.banking.recurring import answer_each_time, answer_recurring, asks_for_recurring
from knowledger.domain.agents.semantics.banking.spans import wanted_months
from knowledger.domain.agents.semantics.banking.transactions import (
    answer_transactions,
    asks_for_newest,
    asks_who_most_often,
)
from knowledger.domain.agents.semantics.banking.transfers import answer_transfers
from knowledger.domain.agents.semantics.banking.words import KINDS, METRICS, PAY, WORDS
from knowledger.domain.agents.semantics.conversation import gone_on
from knowledger.domain.agents.semantics.frame import Frame, Who, named_words, read_frame
from knowledger.domain.agents.semantics.lexicon import Said, mended
from knowledger.domain.agents.semantics.plain import of_money, recent_days, same_months
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.agents.tools.nicknames import word_set
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.kernel.json import JsonObject


def think_banking(text: str, setting: Setting) -> Answering:
    """None where the question is not one about money in accounts."""
    frame = yield from _read(recent_days(text, setting.today))
    if isinstance(frame, Reply):
        return frame
    frame = yield from gone_on(frame, setting.earlier, _read)
    frame.times = frame.times.with_days_up_to(setting.today)
    words = frame.words
    described = yield from read_described(frame)
    if (
        not frame.metrics
        and not frame.cues.has("burn", "runway")
        and not words & {"transactions", "bought", "moved", "bills", "times", "customers", "of_newest", "recurring"}
        and not (frame.cues.direction and words & {"by_category", "by_merchant"})
        and not frame.who
        and not described
    ):
        return None
    if cannot := _not_understood(frame, described):
        return cannot if frame.metrics or frame.who or described else None
    answers: list[list[JsonObject]] = []
    days = days_of(frame.question.text, frame.times)
    flows, parameters = flows_of(described, days)
    for query, why in ((flows, "what came and went"), (ACCOUNTS, "accounts"), (CATEGORIES, "categories")):
        given = parameters if query is flows else {}
        output = yield Call("run_cypher", {"query": query, "parameters": given, "max_rows": 5000}, why)
        if output.failed or output.truncated:
            return abstain("There is more in these accounts than I can read at once, so no figure would be sure.")
        rows = output.value["rows"]
        answers.append([row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [])
    desk = Desk(setting, frame, words, answers[0], answers[1], _below(answers[2]), _earned(answers[2]), described)
    desk.has_days = days != (None, None)
    _leave_out(desk)
    return (yield from _chosen(desk))


def _leave_out(desk: Desk) -> None:
    """ "everything except rent": what is named behind such a word is not what is asked about."""
    if found := WORDS["except"].search(desk.frame.question.text):
        _, end = desk.frame.question.inside(*found.span())
        desk.without = tuple(item for item in desk.frame.who if end <= item.start <= end + 1)
        left_out = desk.frame.question.words[end : end + 2]
        if not desk.without and any(singular(word) in desk.described for word in left_out):
            desk.flows = [{**row, "described": not row["described"]} for row in desk.flows]
            desk.described, desk.undescribed = (), desk.described
        desk.frame.who = [item for item in desk.frame.who if item not in desk.without]


def _not_understood(frame: Frame, described: tuple[str, ...]) -> Reply | None:
    """Of burn and runway the words around them change nothing."""
    weightless = _OF_BURN if frame.cues.has("burn", "runway") else frozenset()
    unknown = [word for word in frame.unknown if word not in weightless]
    return unknown_words(unknown, suggestions()) if unknown else None


_OF_BURN = word_set(
    """
    if keep keeps keeping losing lose rate pace continue continues going net current gives give shrinking shrink
    shrinks dropping falling decreasing down
    """
)


def _read(text: str) -> Generator[Call, ToolOutput, Frame | Reply]:
    text = of_money(same_months(text))
    found = yield Call("find_entity", {"text": text}, "categories, merchants and accounts that the question names")
    if found.failed:
        return abstain(f"The graph could not be read: {found.value.get('message')}")
    text = mended(text, named_words(found.value["rows"]))
    frame = read_frame(text, found.value["rows"], KINDS, METRICS, WORDS)
    if frame.cues.has("advice") or frame.times.is_future or frame.cues.has("why"):
        return abstain(ADVICE if frame.cues.has("advice") else FUTURE if frame.times.is_future else WHY, suggestions())
    if frame.ambiguous:
        return which_of(frame.ambiguous, suggestions())
    return frame


def _earned(categories: list[JsonObject]) -> frozenset[str]:
    return frozenset(str(row["id"]) for row in categories if row["direction"] == "income")


def _below(categories: list[JsonObject]) -> dict[str, set[str]]:
    """Each category with all that are part of it."""
    found = {str(row["id"]): {str(row["id"])} for row in categories}
    for _ in categories:
        for row in categories:
            if row["parent"] is not None and str(row["parent"]) in found:
                found[str(row["parent"])] |= found[str(row["id"])]
    return found


_PAYMENT = re.compile(r"\b(?:payments?|deposits?|withdrawals?|payche(?:ck|que)s?|expense)\b", re.IGNORECASE)
_IS_MY = re.compile(
    r"\bhow (?:much|high|big) (?:is|are) (?:my|our|the)\b|\bwhat(?:'s|’s|s| is| are) (?:my|our)\b"
    r"|\bwhat(?:'s|’s|s| is| are) the\b.*\b(?:(?:per|a|each|every) month|monthly)",
    re.IGNORECASE,
)
_WHERE_TO = re.compile(
    r"\bwhere\b.*\bmoney (?:go(?:es)?|went|gone)\b|\bwhere\b.*\b(?:spen[dt]|money)\b.*\b(?:go|most)\b", re.IGNORECASE
)
_TO_WHOM = re.compile(r"\s*(?:who|whom)\b.*\b(?:pa(?:y|id)|spen[dt]|money)\b", re.IGNORECASE)
_EACH_ONE = re.compile(
    r"\b(?:(?:per|each|every) (?:single )?|(?:average|mean|typical) (?:\w+ ){0,2})"
    r"(?:payments?|transactions?|visits?|purchases?|bills?|invoices?|charges?|time)\b",
    re.IGNORECASE,
)


def _chosen(desk: Desk) -> Answering:
    frame = desk.frame
    if frame.cues.has("burn", "runway"):
        return answer_burn(desk)
    if asks_for_recurring(desk):
        return (yield from answer_recurring(desk))
    if asks_for_months(desk):
        return answer_months_that(desk)
    if desk.says("moved"):
        return answer_transfers(desk)
    if "savings_rate" in {item.id for item in frame.metrics}:
        return answer_savings_rate(desk)
    to_whom = _TO_WHOM.match(frame.question.text) and frame.cues.direction
    if (to_whom or _WHERE_TO.search(frame.question.text)) and not desk.named("Merchant"):
        desk.words |= {"by_merchant"}
    _told_by_savings(desk)
    ids = {item.id for item in frame.metrics}
    if len(ids) > 1 and any(said.end - said.start == 1 and _word(desk, said) == "money" for said in frame.said):
        ids -= {"balance"}
    if {"income", "spend"} <= ids and all(_word(desk, said) in (*PAY, "payment") for said in _said(desk, "spend")):
        ids -= {"spend"}
    of_income = frame.cues.has("share") and ids == {"income"} and _names_something(desk) and not _earns(desk)
    if {"income", "spend"} <= ids or of_income:
        return answer_in_and_out(desk)
    if _of_single(desk) and not ids - {"spend", "income"} and len(ids) < 2:
        return (yield from answer_transactions(desk))
    if frame.cues.has("count"):
        return abstain("I count transactions; of the rest I can tell the amount.", suggestions())
    if ids & {"balance", "available", "owed", "limit"}:
        if len(ids) > 1:
            return abstain("One figure at a time, please.", suggestions())
        return answer_balances(desk, ids.pop())
    by_nature = bool(frame.cues.direction) and desk.says("by_category", "by_merchant")
    if not ids and not (
        desk.named("Merchant") or desk.named("Category") or desk.says("customers") or desk.described or by_nature
    ):
        of_account = desk.says("account") or "account" in frame.question.words or not frame.cues.words - {"how_much"}
        return answer_balances(desk, "balance") if desk.named("BankAccount") and of_account else None
    which = "income" if "income" in ids or (not ids and _earns(desk)) else "net" if "net" in ids else "spend"
    if frame.cues.has("when") and len(ids) < 2 and _names_something(desk):
        return (yield from answer_transactions(desk))
    if len(ids) > 1 or frame.cues.has("split_segment", "split_product", "split_region", "when"):
        return abstain("One figure at a time, please, by category, merchant, account or month.", suggestions())
    if _IS_MY.search(frame.question.text) and _says_no_time(frame) and _names_something(desk):
        told = yield from answer_each_time(desk, which)
        if told is not None:
            return told
    return answer_flow(desk, which)


def _of_single(desk: Desk) -> bool:
    """Whether single transactions are asked about: counted, listed, the largest, the average one."""
    cues, text = desk.frame.cues, desk.frame.question.text
    if asks_who_most_often(desk):
        return True
    if cues.has("average"):
        return bool(_EACH_ONE.search(text))
    if asks_for_newest(desk) and (_names_something(desk) or desk.says("transactions", "of_newest")):
        return True
    if cues.has("rank_most") and cues.has("rank_least") and _names_something(desk):
        return not desk.frame.times.is_all
    of_one = bool(desk.named("Merchant")) and bool(cues.bounds or desk.says("times"))
    by_name = desk.says("by_category", "by_merchant", "by_account", "customers") and not of_one
    if desk.says("single") and cues.direction and _names_something(desk):
        return True
    if by_name or cues.has("share", "growth", "compare", "split", "trend"):
        return False
    if desk.says("transactions") and not desk.frame.metrics:
        return True
    times = desk.frame.times
    if cues.direction and len(wanted_months(desk) or ()) == 1 and not times.is_all:
        return True
    if times.step and cues.direction:
        return False
    one = desk.says("transactions", "bought", "bills", "times", "single") or bool(_PAYMENT.search(text))
    return one and (cues.has("count", "list") or desk.says("times") or bool(cues.direction or cues.bounds))


def _says_no_time(frame: Frame) -> bool:
    times = frame.times
    return not (times.periods or times.is_bounded or times.last or times.is_latest or times.is_previous or times.is_ytd)


def _names_something(desk: Desk) -> bool:
    return bool(desk.named("Merchant") or desk.named("Category") or desk.described)


def _earns(desk: Desk) -> bool:
    """Whether what is named is income."""
    named = desk.named("Category")
    return desk.earned.issuperset(named) if named else desk.says("customers") or _comes_in(desk)


def _comes_in(desk: Desk) -> bool:
    """Whether all that is described by such words is money that came in."""
    rows = [row for row in desk.flows if desk.keeps(row)] if desk.described or desk.named("Merchant") else []
    return bool(rows) and not any(money(row["went"]) for row in rows)


def _word(desk: Desk, said: Said) -> str:
    return desk.frame.question.words[said.start]


def _said(desk: Desk, metric: str) -> list[Said]:
    return [said for said in desk.frame.said if said.metric.id == metric]


def _told_by_savings(desk: Desk) -> None:
    """Beside another figure "my savings" are an account, not what was saved."""
    frame = desk.frame
    by_word = [said for said in frame.said if said.metric.id == "net" and _word(desk, said) == "savings"]
    accounts = [row for row in desk.accounts if row["subkind"] == "savings"]
    if by_word and accounts and (len(frame.metrics) > 1 or desk.named("Category")):
        frame.said = [said for said in frame.said if said not in by_word]
        frame.who += [Who(str(row["id"]), str(row["name"]), "BankAccount", 0, 0) for row in accounts]
