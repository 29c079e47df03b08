"""Whether books balance."""

from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, suggestions
from knowledger.domain.agents.semantics.ledger.spans import last_day, lasting
from knowledger.domain.agents.semantics.wording import Writing, exact
from knowledger.domain.agents.steps import Call, Table
from knowledger.domain.agents.tools.nicknames import word_set

_UNBALANCED = """
    MATCH (t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)
    WITH t, list_sum(collect(l.debit)) AS debit, list_sum(collect(l.credit)) AS credit
    WHERE debit <> credit
    RETURN t.transaction_id AS transaction, t.description AS description, debit, credit ORDER BY transaction
"""


_WEIGHTLESS = word_set("whole entire ledger if not differ off everything really actually always perfectly correctly")


def answer_balance_check(books: Books) -> Answering:
    if not books.frame.cues.has("balance_check"):
        return None
    if unknown := [word for word in books.frame.unknown if word not in _WEIGHTLESS]:
        return unknown_words(unknown, suggestions())
    months = lasting(books, stock=True) or books.book.months
    found = yield Call("run_cypher", {"query": _UNBALANCED, "max_rows": 100}, "transactions that do not balance")
    rows = found.value.get("rows")
    if found.failed or not isinstance(rows, list):
        return abstain("The transactions could not be read.")
    reach = books.book.reach(True, months)
    everything = list(books.book.accounts.values())
    difference = books.book.of_accounts(everything, "debit", reach)
    writing = Writing("balance_check", formula="sum of debits − sum of credits")
    marks = writing.cite(
        books.citation("line items of all accounts", period=f"to {last_day(months)}"),
        books.citation("transactions", _UNBALANCED),
    )
    verdict = "They balance" if not rows and not difference else "They do not balance"
    writing.say(
        f"**{verdict}**: debits less credits is {exact(difference)} at {last_day(months)}; "
        f"{len(rows)} transactions do not balance {marks}."
    )
    if rows:
        listed = tuple(
            (str(row["transaction"]), str(row["description"]), str(row["debit"]), str(row["credit"]))
            for row in rows
            if isinstance(row, dict)
        )
        writing.tables.append(
            Table("Transactions that do not balance", ("transaction", "description", "debit", "credit"), listed)
        )
    writing.values |= {
        "value": exact(difference),
        "count": str(len(rows)),
        **({"value": str(len(rows))} if books.frame.cues.has("count") else {}),
        "balances": "no" if rows or difference else "yes",
    }
    return writing.reply()
