"""Questions about bank accounts: balances, what was spent and came in, by category, merchant, account and month."""

from knowledger.domain.agents.semantics.abstain import ADVICE, FUTURE, WHY, abstain, unknown_words
from knowledger.domain.agents.semantics.banking.balances import answer_balances
from knowledger.domain.agents.semantics.banking.book import ACCOUNTS, CATEGORIES, FLOWS, Answering, Desk, suggestions
from knowledger.domain.agents.semantics.banking.burn import answer_burn
from knowledger.domain.agents.semantics.banking.flows import answer_flow
from knowledger.domain.agents.semantics.banking.transactions import answer_transactions
from knowledger.domain.agents.semantics.banking.words import KINDS, METRICS, WORDS
from knowledger.domain.agents.semantics.frame import named_words, read_frame
from knowledger.domain.agents.semantics.lexicon import mended
from knowledger.domain.agents.steps import Call, Setting
from knowledger.kernel.json import JsonObject


def think_banking(text: str, setting: Setting) -> Answering:
    """None where the question is not one about money in accounts."""
    found = yield Call("find_entity", {"text": text}, "categories, merchants and accounts that the question names")
    if found.failed:
        return abstain(f"The graph could not be read: {found.value.get('message')}")
    text = mended(text, named_words(found.value["rows"]))
    frame = read_frame(text, found.value["rows"], KINDS, METRICS, WORDS)
    if frame.cues.has("advice") or frame.times.is_future or frame.cues.has("why"):
        return abstain(ADVICE if frame.cues.has("advice") else FUTURE if frame.times.is_future else WHY, suggestions())
    words = frame.words
    if (
        not frame.metrics
        and not frame.cues.has("burn", "runway")
        and not words & {"transactions", "bought"}
        and not frame.who
    ):
        return None
    if frame.unknown:
        return unknown_words(frame.unknown, suggestions())
    read: list[list[JsonObject]] = []
    for query, why in ((FLOWS, "what came and went"), (ACCOUNTS, "accounts"), (CATEGORIES, "categories")):
        output = yield Call("run_cypher", {"query": query, "max_rows": 5000}, why)
        if output.failed or output.truncated:
            return abstain("There is more in these accounts than I can read at once, so no figure would be sure.")
        rows = output.value["rows"]
        read.append([row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [])
    desk = Desk(setting, frame, words, read[0], read[1], _below(read[2]), _earned(read[2]))
    return (yield from _chosen(desk))


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


def _chosen(desk: Desk) -> Answering:
    frame = desk.frame
    ids = {item.id for item in frame.metrics}
    if frame.cues.has("burn", "runway"):
        return answer_burn(desk)
    if (
        desk.says("transactions", "bought")
        and (frame.cues.has("count", "list") or frame.cues.direction or frame.cues.bounds)
        and not ids - {"spend"}
    ):
        return (yield from answer_transactions(desk))
    if frame.cues.has("count"):
        return abstain("I count transactions; of the rest I can tell the amount.", suggestions())
    if ids & {"balance", "available", "owed"}:
        return answer_balances(desk, next(iter(ids & {"balance", "available", "owed"})))
    if not ids and not (desk.named("Merchant") or desk.named("Category")):
        return answer_balances(desk, "balance") if desk.named("BankAccount") and desk.says("account") else None
    named = desk.named("Category")
    earns = not ids and bool(named) and desk.earned.issuperset(named)
    which = "income" if "income" in ids or earns else "net" if "net" in ids else "spend"
    if len(ids) > 1:
        return abstain("One figure at a time, please.", suggestions())
    return answer_flow(desk, which)
