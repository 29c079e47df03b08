"""What must hold of the ledger at any moment. Asked every quarter of an hour; an answer other than none is an alarm."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from knowledger.kernel.json import JsonObject
from knowledger.models.billing import LedgerFinding

_CHECKS = {
    "An organization's accounts do not add up to zero": """
        SELECT organization_id AS subject, sum(balance) AS found FROM credit_accounts
        GROUP BY organization_id HAVING sum(balance) <> 0
    """,
    "A stored balance is not what its transfers come to": """
        SELECT a.id AS subject, a.balance - coalesce(t.balance, 0) AS found FROM credit_accounts a LEFT JOIN (
            SELECT account, sum(change) AS balance FROM (
                SELECT target AS account, amount AS change FROM credit_transfers
                UNION ALL SELECT source, -amount FROM credit_transfers
            ) AS sides GROUP BY account
        ) AS t ON t.account = a.id WHERE a.balance <> coalesce(t.balance, 0)
    """,
    "What is held is not what pending reservations have left": """
        SELECT a.id AS subject, a.balance - coalesce(r.held, 0) AS found FROM credit_accounts a LEFT JOIN (
            SELECT organization_id, sum(amount - posted) AS held FROM credit_reservations
            WHERE status = 'pending' GROUP BY organization_id
        ) AS r USING (organization_id) WHERE a.kind = 'held' AND a.balance <> coalesce(r.held, 0)
    """,
    "The lines of an invoice do not add up to its total": """
        SELECT i.id AS subject, i.total - coalesce(sum(l.amount), 0) AS found FROM invoices i
        LEFT JOIN invoice_lines l ON l.invoice_id = i.id GROUP BY i.id HAVING i.total <> coalesce(sum(l.amount), 0)
    """,
    "The numbers of a series have gaps": """
        SELECT s.series AS subject, s.last - count(i.id) AS found FROM invoice_series s
        LEFT JOIN invoices i ON i.number LIKE s.series || '-%' GROUP BY s.series, s.last HAVING s.last <> count(i.id)
    """,
    "A period was given its credits twice": """
        SELECT subscription_id || ' ' || granted_at || ' ' || kind AS subject, count(*) AS found FROM credit_grants
        WHERE subscription_id IS NOT NULL AND id IN (
            SELECT target FROM credit_transfers WHERE transfer_id NOT LIKE 'change:%'
        ) GROUP BY subscription_id, granted_at, kind HAVING count(*) > 1
    """,
}


@dataclass(frozen=True)
class Verdict:
    accounts: int
    problems: list[JsonObject]


def check_ledger(session: Session) -> Verdict:
    """Looks at everything in one snapshot of the database; the caller's transaction has not read anything yet."""
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    problems: list[JsonObject] = [
        {"problem": problem, "subject": str(row.subject), "found": str(row.found)}
        for problem, query in _CHECKS.items()
        for row in session.execute(text(query))
    ]
    return Verdict(session.execute(text("SELECT count(*) FROM credit_accounts")).scalar_one(), problems)


def record_verdict(session: Session, verdict: Verdict, at: datetime) -> None:
    session.add(LedgerFinding(at=at, accounts=verdict.accounts, problems=verdict.problems))
