"""Whether assets equal liabilities and equity."""

from decimal import Decimal

from knowledger.domain.agents.semantics.lexicon import metrics
from knowledger.domain.agents.semantics.reports.desk import Answering, Desk, not_there, shown, unread
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.tools.figures import figures


def answer_balance_check(desk: Desk) -> Answering:
    known = metrics()
    wanted = [known[name] for name in ("assets", "liabilities", "equity", "liabilities_and_equity")]
    who = desk.frame.who[0]
    found = yield from desk.find(wanted, [who], [])
    if problem := unread(found):
        return problem
    book = desk.books(figures(found.value.get("rows"))).get(who.id)
    if book is None:
        return not_there(desk, wanted, [who], [])
    period = next(iter(desk.frame.times.periods), None) or book.newest(wanted[0])
    if period is None:
        return not_there(desk, wanted, [who], [])
    assets, both = book.value(wanted[0], period), book.value(wanted[3], period)
    parts = [book._reported(item, period) for item in wanted[1:3]]
    if assets is None or (both is None and None in parts):
        return not_there(desk, wanted, [who], book.periods(wanted[0], "year"))
    other_side = both.value if both else sum((item.value for item in parts if item), Decimal(0))
    difference = assets.value - other_side
    writing = Writing("balance_check", formula="assets − (liabilities + equity)")
    cited = [assets, *([both] if both else [item for item in parts if item])]
    verdict = "It balances" if not difference else "It does not balance"
    writing.say(
        f"**{verdict}** for {who.name} at {assets.figures[0].end}: assets {shown(assets)}, liabilities and equity "
        f"{amount(other_side, assets.unit, 'stock')}, difference "
        f"{amount(difference, assets.unit, 'stock')} {desk.marks(writing, *cited)}."
    )
    writing.values |= {
        "value": exact(difference),
        "assets": exact(assets.value),
        "balances": "yes" if not difference else "no",
    }
    return writing.reply()
