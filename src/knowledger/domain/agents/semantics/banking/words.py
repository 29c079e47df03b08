"""The words that people use for money in accounts."""

import re

from knowledger.domain.agents.semantics.lexicon import Metric

KINDS = ("Category", "Merchant", "BankAccount", "Institution", "Entity")


PAY = ("pay", "pays", "paid", "payments")
"""Words that do not tell who pays."""
METRICS = (
    Metric("savings_rate", ("savings rate", "saving rate", "rate of savings"), "percent"),
    Metric(
        "spend",
        (
            "spending",
            "spend",
            "spent",
            "expenses",
            "expense",
            "outgoings",
            "money out",
            "expenditure",
            "expenditures",
            "costs",
            "outflows",
            "outflow",
            "total spend",
            *PAY,
            "blow",
            "blew",
            "blown",
            "shell out",
            "shelled out",
            "fork out",
            "forked out",
            "splurge",
            "money spent",
            "money went",
            "money goes",
            "money go",
            "went out",
            "goes out",
            "going out",
            "go out",
            "cost",
        ),
        "flow",
    ),
    Metric(
        "income",
        (
            "income",
            "money in",
            "earnings",
            "revenue",
            "inflows",
            "inflow",
            "deposits",
            "earned",
            "earn",
            "received",
            "receive",
            "came in",
            "come in",
            "incoming",
            "money came in",
            "money coming in",
            "money received",
            "money earned",
            "pay us",
            "paid us",
            "pays us",
            "pay me",
            "paid me",
            "pays me",
            "paid to us",
            "paid to me",
        ),
        "flow",
    ),
    Metric(
        "net",
        (
            "net cash flow",
            "cash flow",
            "net flow",
            "savings",
            "saved",
            "save",
            "net change",
            "net income",
            "net",
            "surplus",
            "deficit",
            "left over",
            "net savings",
        ),
        "flow",
    ),
    Metric(
        "balance",
        (
            "balance",
            "balances",
            "cash balance",
            "total balance",
            "current balance",
            "cash",
            "cash position",
            "money",
            "funds",
            "account balance",
            "cash on hand",
        ),
        "stock",
    ),
    Metric("available", ("available balance", "available funds", "available"), "stock"),
    Metric("limit", ("credit limit", "card limit", "overdraft limit", "spending limit", "limit"), "stock"),
    Metric("owed", ("credit card debt", "owed", "owe", "debt", "card balance", "loan balance"), "stock"),
)


WORDS = {
    name: re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE)
    for name, pattern in {
        "of_newest": r"(?:\d+|two|three|four|five|ten) (?:transactions?|payments?|purchases?|deposits?|charges?)",
        "by_category": r"(?:(?:by|per|each|every|which|what) )?categor(?:y|ies)",
        "by_merchant": r"(?:by|per|each|every|which|what) (?:merchant|shop|store|vendor|supplier)s?"
        r"|merchants?|shops?|stores?|vendors?|suppliers?",
        "by_account": r"(?:by|per|each|every|which|what|in each|for each|of each) (?:bank )?accounts?"
        r"|accounts|bank accounts?",
        "transactions": r"transactions?|debits|credits",
        "account": r"accounts?",
        "bought": r"(?:purchase|charge)s?",
        "customers": r"(?:by|per|each|every|which|what) (?:customer|client|payer)s?|customers?|clients?|payers?",
        "less": r"less|minus|net of|after|i\.?e\.?|subtract(?:ed|ing)?|everything|all that",
        "except": r"except(?: for)?|without|excluding|excl|other than|besides|apart from|not counting"
        r"|not including|ignoring|leaving out",
        "recurring": r"recurring|regular(?:ly)?|fixed costs?|standing orders?|direct debits?"
        r"|repeat(?:s|ing|ed)?|subscriptions?",
        "bills": r"bills?|invoices?|receipts?",
        "times": r"times|how often|often|frequently|visit(?:s|ed|ing)?|rides?|trips?|meals?|orders?|tickets?",
        "at": r"(?:eat|ate|eaten|dine[ds]?|shop|shops|shopped|shopping|stop|stopped|been|drop|dropped|order|ordered"
        r"|go|goes|gone|went|get|got|rode|ride)(?: (?:out|by|in))?(?= (?:at|in|to|from|on|with)\b)",
        "single": r"single|individual",
        "moved": r"mov(?:e|ed|ing)|transfer(?:red|s)?|set aside|put (?:aside|away|in|into)",
        "hand": r"(?:on|in) hand",
        "card": r"(?:on |for )?(?:my |our |the )?credit cards?|cards?|loans?",
        "bank": r"in the bank|at the bank|bank",
        "on": r"spend on|spent on|(?:go|goes|went)(?! (?:up|down))|pending|bought|buy|subscriptions?",
    }.items()
}
