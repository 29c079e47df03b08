"""What a figure of books is: its formula, or the accounts that it is the sum of."""

from knowledger.domain.agents.semantics.ledger.books import Books, left_over
from knowledger.domain.agents.semantics.ledger.lexicon import METRICS
from knowledger.domain.agents.semantics.wording import Writing, capital
from knowledger.domain.agents.steps import Reply


def answer_definition(books: Books) -> Reply:
    if problem := left_over(books):
        return problem
    writing = Writing("definition")
    marks = writing.cite(books.citation("the chart of accounts"))
    names = {item.id: item.name for item in METRICS}
    for metric in books.frame.metrics:
        if metric.formula:
            parts = [names.get(part, part) for part in metric.formula.split()]
            told = " ".join(parts).replace(" - ", " − ")
            writing.formula = f"{metric.name} = {told}"
            writing.say(f"**{capital(metric.name)}** = {told} {marks}.")
            listed = [part for part in parts if part not in "+-*/"]
        else:
            listed = [f"{item.code} {item.name}" for item in books.book.selected(metric.id)]
            writing.say(f"**{capital(metric.name)}** is what is posted to {'; '.join(listed)} {marks}.")
        writing.values |= {"value": listed[-1] if listed else "", "names": "; ".join(listed)}
    for account in books.named:
        writing.say(f"**{account.code} {account.name}**: {account.type}, {account.subtype} {marks}.")
        writing.values |= {
            "value": account.type,
            "type": account.type,
            "subtype": account.subtype,
            "code": account.code,
        }
    return writing.reply()
