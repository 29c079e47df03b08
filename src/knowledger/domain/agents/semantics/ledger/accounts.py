"""A figure of books by account."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger.book import Month
from knowledger.domain.agents.semantics.ledger.books import Books, suggestions
from knowledger.domain.agents.semantics.ledger.lexicon import SELECTIONS
from knowledger.domain.agents.semantics.ledger.spans import span
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, capital, exact, rounded
from knowledger.domain.agents.steps import Reply, Table


def answer_by_account(books: Books, metric: Metric, months: list[Month]) -> Reply:
    if metric.formula:
        return abstain("I split revenue, expenses, assets or liabilities by account.", suggestions())
    cues, side = books.frame.cues, SELECTIONS[metric.id].side
    reach = books.book.reach(metric.kind == "stock", months)
    values = [(item, books.book.of_accounts([item], side, reach)) for item in books.book.selected(metric.id)]
    kept = [(item, value) for item, value in values if value and all(bound.holds(value) for bound in cues.bounds)]
    kept.sort(key=lambda pair: (pair[1] if cues.direction == "least" else -pair[1], pair[0].code))
    if not kept:
        return abstain(f"Nothing is posted to accounts of {metric.name} for {span(months)}.", suggestions())
    ordered = kept[cues.nth - 1 :] or kept if cues.nth and cues.direction else kept
    shown = ordered[: cues.count] if cues.count else ordered
    writing = Writing("breakdown")
    marks = writing.cite(books.citation(f"line items: {metric.name} by account", period=span(months)))
    total = sum((value for _, value in kept), Decimal(0))
    writing.say(f"{capital(metric.name)} by account for {span(months)} {marks}:")
    for account, value in shown:
        writing.say(
            f"- {account.code} **{account.name}**: {amount(value, books.currency, 'flow')} "
            f"({rounded(value / total * 100)}%)"
        )
        writing.values[account.name] = exact(value)
    writing.say(f"In all: {amount(total, books.currency, 'flow')}.")
    writing.values |= {"value": exact(shown[0][1]), "best": shown[0][0].name, "total": exact(total)}
    writing.values["names"] = "; ".join(item.name for item, _ in shown)
    rows = tuple((item.code, item.name, exact(value)) for item, value in shown)
    writing.tables.append(Table(f"{metric.name} by account, {span(months)}", ("code", "account", "amount"), rows))
    writing.chart = bar_chart(metric.name, "account", [("", item.name, value) for item, value in shown])
    return writing.reply()
