"""Questions about bank accounts: balances, what was spent and came in, by category, merchant, account and month."""

import re
from collections.abc import Generator

from knowledger.domain.agents.semantics.abstain import ADVICE, FUTURE, WHY, abstain, unknown_words, which_of
from knowledger.domain.agents.semantics.banking.balances import answer_balances
from knowledger.domain.agents.semantics.banking.book import ACCOUNTS, CATEGORIES, FLOWS, Answering, Desk, suggestions
from knowledger.domain.agents.semantics.banking.burn import answer_burn
from knowledger.domain.agents.semantics.banking.flows import answer_flow
from knowledger.domain.agents.semantics.banking.spans import wanted_months
from knowledger.domain.agents.semantics.banking.transactions import answer_transactions
from knowledger.domain.agents.semantics.banking.transfers import answer_transfers
from knowledger.domain.agents.semantics.banking.words import KINDS, METRICS, WORDS
from knowledger.domain.agents.semantics.conversation import gone_on
from knowledger.domain.agents.semantics.frame import Frame, Who, named_words, read_frame
from knowledger.domain.agents.semantics.lexicon import Said, mended
from knowledger.domain.agents.semantics.periods import Times
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.kernel.json import JsonObject


def think_banking(text: str, setting: Setting) -> Answering:
    """None where the question is not one about money in accounts."""
    frame = yield from _read(text)
    if isinstance(frame, Reply):
        return frame
    frame = yield from gone_on(frame, setting.earlier, _read)
    frame.times = frame.times.with_days_up_to(setting.today)
    words = frame.words
    if (
        not frame.metrics
        and not frame.cues.has("burn", "runway")
        and not words & {"transactions", "bought", "moved", "bills", "times", "customers"}
        and not frame.who
    ):
        return None
    if frame.unknown:
        return unknown_words(frame.unknown, suggestions())
    answers: list[list[JsonObject]] = []
    for query, why in ((FLOWS, "what came and went"), (ACCOUNTS, "accounts"), (CATEGORIES, "categories")):
        output = yield Call("run_cypher", {"query": query, "max_rows": 5000}, why)
        if output.failed or output.truncated:
            return abstain("There is more in these accounts than I can read at once, so no figure would be sure.")
        rows = output.value["rows"]
        answers.append([row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [])
    desk = Desk(setting, frame, words, answers[0], answers[1], _below(answers[2]), _earned(answers[2]))
    return (yield from _chosen(desk))


def _read(text: str) -> Generator[Call, ToolOutput, Frame | Reply]:
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
_IS_MY = re.compile(r"\bhow (?:much|high|big) (?:is|are) (?:my|our|the)\b", re.IGNORECASE)
_EACH_ONE = re.compile(
    r"\b(?:(?:per|each|every) (?:single )?|(?:average|mean|typical) (?:\w+ ){0,2})"
    r"(?:payments?|transactions?|visits?|purchases?|bills?|invoices?|charges?|time)\b",
    re.IGNORECASE,
)


def _chosen(desk: Desk) -> Answering:
    frame = desk.frame
    if frame.cues.has("burn", "runway"):
        return answer_burn(desk)
    if desk.says("moved"):
        return answer_transfers(desk)
    _told_by_savings(desk)
    ids = {item.id for item in frame.metrics}
    if len(ids) > 1 and any(said.end - said.start == 1 and _word(desk, said) == "money" for said in frame.said):
        ids -= {"balance"}
    if _of_single(desk) and not ids - {"spend", "income"} and len(ids) < 2:
        return (yield from answer_transactions(desk))
    if frame.cues.has("count"):
        return abstain("I count transactions; of the rest I can tell the amount.", suggestions())
    if ids & {"balance", "available", "owed", "limit"}:
        if len(ids) > 1:
            return abstain("One figure at a time, please.", suggestions())
        return answer_balances(desk, ids.pop())
    if not ids and not (desk.named("Merchant") or desk.named("Category") or desk.says("customers")):
        of_account = desk.says("account") or "account" in frame.question.words or not frame.cues.words - {"how_much"}
        return answer_balances(desk, "balance") if desk.named("BankAccount") and of_account else None
    named = desk.named("Category")
    earns = not ids and (desk.earned.issuperset(named) if named else desk.says("customers"))
    which = "income" if "income" in ids or earns else "net" if "net" in ids else "spend"
    if len(ids) > 1 or frame.cues.has("split_segment", "split_product", "split_region", "when"):
        return abstain("One figure at a time, please, by category, merchant, account or month.", suggestions())
    if _IS_MY.search(frame.question.text) and frame.times.says_nothing:
        frame.times = Times(step="month", is_all=True)
    return answer_flow(desk, which)


def _of_single(desk: Desk) -> bool:
    """Whether single transactions are asked about: counted, listed, the largest, the average one."""
    cues, text = desk.frame.cues, desk.frame.question.text
    if cues.has("average"):
        return bool(_EACH_ONE.search(text))
    by_name = desk.says("by_category", "by_merchant", "by_account", "customers")
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


def _word(desk: Desk, said: Said) -> str:
    return desk.frame.question.words[said.start]


def _told_by_savings(desk: Desk) -> None:
    """Beside another figure "my savings" are an account, not what was saved."""
    frame = desk.frame
    by_word = [said for said in frame.said if said.metric.id == "net" and _word(desk, said) == "savings"]
    accounts = [row for row in desk.accounts if row["subkind"] == "savings"]
    if by_word and accounts and (len(frame.metrics) > 1 or desk.named("Category")):
        frame.said = [said for said in frame.said if said not in by_word]
        frame.who += [Who(str(row["id"]), str(row["name"]), "BankAccount", 0, 0) for row in accounts]
