"""The words of questions about double-entry books."""

import re

KINDS = ("Account", "Counterparty", "Entity")


WORDS: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE)
    for name, pattern in {
        "type": r"(?:what|which) (?:type|kind|sort)(?: of account)?|account type|type of account",
        "by_customer": r"(?:by|per|for each|each) (?:customer|client|buyer)",
        "by_vendor": r"(?:by|per|for each|each) (?:vendor|supplier)",
        "category": r"(?:by|per|each|every) (?:transaction )?(?:account|category|type|kind)s?|categor(?:y|ies)",
        "customers": r"customers?|clients?|buyers?",
        "vendors": r"vendors?|suppliers?",
        "counterparties": r"counterpart(?:y|ies)|business partners?",
        "owes_us": r"ow(?:es?|ed|ing) us|owed to us|who owes(?: us)?|has not paid us|have not paid us"
                   r"|haven't paid(?: us)?|still owes?|owes?|owing",
        "we_owe": r"(?:do )?we owe|owed to|owed by us|we still owe|our debts? to",
        "oldest": r"oldest|longest (?:open|outstanding|overdue)|earliest",
        "newest": r"newest|most recent|latest",
        "open": r"(?:isn't|is not|isnt|not|aren't|are not|hasn't|has not)(?: yet)?(?: been)?(?: fully)?"
                r" (?:paid|settled)"
                r"|open|outstanding|unpaid|unsettled|overdue",
        "invoices": r"invoices?|invoiced",
        "bills": r"bills?|billed",
        "repaid": r"repa(?:y|id|ys|ying|yments?)|pa(?:y|id|ying) (?:back|off|down)|redeem(?:ed)?|amorti[sz]ed?"
                  r"|principal(?: (?:re)?payments?| paid)?",
        "paid": r"paid|pay|pays|payments?|paying",
        "received": r"receive[ds]?|receipts?|collect(?:ed)?|collections?|c[ao]mes? in|coming in|took in|take in"
                    r"|inflows?|takings|flow(?:ed)? in",
        "bought": r"bought|buy|buying|purchases?|purchased|purchasing|acquired?|invest(?:ed)?(?: in)?|capex"
                  r"|capital expenditures?",
        "borrowed": r"borrow(?:ed|ing)?|took out|take out|drew down|drawn down|draw down",
        "earned": r"earn(?:ed|ings)?|made|make|generate[ds]?|brought in|bring in",
        "sold": r"sold|sell|selling|from sales",
        "outflow": r"outflows?|went out|go(?:es|ne)? out|going out|cash out|paid out|flow(?:ed)? out|disbursements?"
                   r"|left (?:the|our) (?:bank|account|business)",
        "transactions": r"(?:booked |posted |recorded |entered )?transactions?(?: (?:booked|posted"
                        r"|recorded|entered|made|were booked))?|journal entries|entries|bookings?"
                        r"|vouchers?|booked|posted|recorded",
        "accounts": r"accounts?|ledger accounts?|chart of accounts",
        "line_items": r"line items?|postings?",
        "journals": r"journals?",
        "reversed": r"reversed|reversals?|taken back|takes? (?:it )?back|took (?:it )?back|cancelled",
        "charged": r"(?:been |were |was )?charged?",
        "included": r"included|including|incl|inclusive of|plus",
        "debits": r"(?:debits?|credits?)(?= (?:add|sum|total|come|amount))"
                  r"|(?:total|sum of|all) (?:the )?(?:debits?|credits?)(?! and)",
        "without": r"(?:ha(?:ve|s)|did|do|does|were|was)(?:n['’]t| not)(?: yet)?(?: (?:ever|anything|any|at all))*"
                   r"|without(?: any| an?)?|never|(?:had|with|have|has) no",
        "fully": r"fully|single|individual",
        "moved": r"cash (?:flow|movements?|flows)|movements?",
        "balance": r"(?:closing |ending |account "
                   r"|cash )?(?<!trial )(?<!books )(?<!balance )balances?(?! sheet)(?! check)(?! out)|worth",
        "balance_alone": r"(?<!trial )(?<!books )(?<!balance )balances?(?! sheet)(?! check)(?! out)",
        "written_off": r"writ(?:e|ten)[- ]?offs?|wrote off",
        "us": r"(?<=from )us",
        "sent": r"send|sent|issued?|write|wrote|wrote out|get|getting",
        "went": r"(?:go|goes|went|gone)(?! (?:up|down))|into|spend(?:ing)? on|cost(?:s)? us|cost",
    }.items()
}  # fmt: skip
