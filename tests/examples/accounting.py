"""What the queries of `examples/accounting` must answer, told by DuckDB from the files alone."""

from datetime import date
from decimal import Decimal

import duckdb

from knowledger.cli.examples import DIRECTORY
from knowledger.client.json import JsonObject, JsonValue

ACCOUNTING = DIRECTORY / "accounting"
DATA, QUERIES = ACCOUNTING / "data", ACCOUNTING / "queries"

_POSTINGS = """
    CREATE VIEW Posting AS
    SELECT l.transaction_id, a.account_id, a.code, a.name AS account, h.name AS section, a.account_type,
           a.account_subtype, CAST(t.transaction_date AS DATE) AS day, t.transaction_kind, t.document_number,
           t.accounting_period_id, c.name AS counterparty, c.counterparty_kind,
           coalesce(CAST(l.debit AS DECIMAL(18,2)), 0) AS debit, coalesce(CAST(l.credit AS DECIMAL(18,2)), 0) AS credit
    FROM LineItem l JOIN "Transaction" t USING (transaction_id) JOIN Account a USING (account_id)
    LEFT JOIN Account h ON h.account_id = a.parent_account_id
    LEFT JOIN Counterparty c USING (counterparty_id)
"""

_OPEN = """
    SELECT counterparty, document_number, min(day) AS issued, sum(debit) AS amount, sum(debit - credit) AS owed
    FROM Posting WHERE account_subtype = '{}' GROUP BY ALL HAVING sum(debit - credit) <> 0
"""

EXPECTED = {
    "trial_balance": """
        SELECT code, account, sum(debit) AS debits, sum(credit) AS credits, sum(debit - credit) AS balance
        FROM Posting GROUP BY ALL ORDER BY code
    """,
    "trial_balance_sum": """
        SELECT count(*) AS line_items, sum(debit) AS debits, sum(credit) AS credits, sum(debit - credit) AS difference
        FROM Posting
    """,
    "unbalanced_transactions": """
        SELECT transaction_id AS transaction, '' AS description, sum(debit - credit) AS difference
        FROM Posting GROUP BY ALL HAVING difference <> 0
    """,
    "month_ends": """
        SELECT CAST(as_of AS DATE) AS as_of, CAST(total_debit AS DECIMAL(18,2)) AS debit_balances,
               CAST(total_credit AS DECIMAL(18,2)) AS credit_balances,
               (SELECT count(DISTINCT code) FROM Posting WHERE day <= CAST(as_of AS DATE)) AS accounts, 0 AS differing
        FROM TrialBalance ORDER BY as_of
    """,
    "income_statement": """
        SELECT section, code, account, sum(credit - debit) AS amount
        FROM Posting WHERE account_type IN ('revenue', 'expense') GROUP BY ALL
        UNION ALL
        SELECT 'Profit', '', 'Profit before income tax', sum(credit - debit)
        FROM Posting WHERE account_type IN ('revenue', 'expense')
        ORDER BY section = 'Profit', code
    """,
    "profit_by_month": """
        SELECT strftime(day, '%Y-%m') AS month,
               sum(credit - debit) FILTER (account_type = 'revenue') AS revenue,
               sum(debit - credit) FILTER (account_type = 'expense') AS expenses,
               sum(credit - debit) AS profit
        FROM Posting WHERE account_type IN ('revenue', 'expense') GROUP BY month ORDER BY month
    """,
    "balance_sheet": """
        SELECT section, code, account,
               CASE account_type WHEN 'asset' THEN sum(debit - credit) ELSE sum(credit - debit) END AS amount
        FROM Posting WHERE account_type IN ('asset', 'liability', 'equity')
        GROUP BY section, code, account, account_type HAVING amount <> 0
        UNION ALL
        SELECT 'Equity', '', 'Profit of the half-year', sum(credit - debit)
        FROM Posting WHERE account_type IN ('revenue', 'expense')
        ORDER BY code = '', code
    """,
    "balance_sheet_sum": """
        SELECT sum(debit - credit) FILTER (account_type = 'asset') AS assets,
               sum(credit - debit) FILTER (account_type = 'liability') AS liabilities,
               sum(credit - debit) FILTER (account_type = 'equity') AS equity,
               sum(credit - debit) FILTER (account_type IN ('revenue', 'expense')) AS profit,
               CAST(0 AS DECIMAL(18,2)) AS difference
        FROM Posting
    """,
    "cash_movements": """
        WITH Moved AS (
            SELECT strftime(day, '%Y-%m') AS month, sum(debit) AS received, sum(credit) AS paid
            FROM Posting WHERE account_subtype = 'cash' AND transaction_kind <> 'transfer' GROUP BY month
        )
        SELECT month, sum(received - paid) OVER (ORDER BY month) - received + paid AS opening, received, paid,
               sum(received - paid) OVER (ORDER BY month) AS closing
        FROM Moved ORDER BY month
    """,
    "cash_by_counterparty": """
        SELECT coalesce(counterparty_kind, 'other') AS counterparties, sum(debit) AS received, sum(credit) AS paid,
               sum(debit - credit) AS net
        FROM Posting WHERE account_subtype = 'cash' AND transaction_kind <> 'transfer' GROUP BY ALL ORDER BY ALL
    """,
    "open_receivables": f"""
        SELECT counterparty AS customer, count(*) AS invoices, sum(owed) AS owed
        FROM ({_OPEN.format("receivable")}) GROUP BY ALL ORDER BY ALL
    """,
    "open_invoices": f"""
        SELECT document_number AS invoice, counterparty AS customer, issued, amount, owed AS open,
               date_diff('day', issued, DATE '2026-06-30') AS days
        FROM ({_OPEN.format("receivable")}) ORDER BY issued, invoice
    """,
    "open_payables": f"""
        SELECT counterparty AS vendor, count(*) AS bills, -sum(owed) AS owed
        FROM ({_OPEN.format("payable")}) GROUP BY ALL ORDER BY ALL
    """,
}
"""For each query file its answer, in SQL over the files."""


def books() -> duckdb.DuckDBPyConnection:
    """Every file as a view of all text, and `Posting`: a line item with its transaction, account and counterparty."""
    connection = duckdb.connect()
    for path in DATA.glob("*.csv"):
        source = f"read_csv('{path}', header = true, all_varchar = true)"
        connection.execute(f'CREATE VIEW "{path.stem}" AS SELECT * FROM {source}')
    connection.execute(_POSTINGS)
    return connection


def rows(connection: duckdb.DuckDBPyConnection, statement: str) -> list[JsonObject]:
    """An answer as the API writes it: amounts and dates as text."""
    asked = connection.execute(statement)
    names = [str(column[0]) for column in asked.description or ()]
    return [dict(zip(names, map(_as_json, row), strict=True)) for row in asked.fetchall()]


def _as_json(value: object) -> JsonValue:
    assert isinstance(value, str | int | Decimal | date)
    return value if isinstance(value, str | int) else str(value)
