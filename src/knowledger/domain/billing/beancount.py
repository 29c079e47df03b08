"""The ledger as a Beancount file, for another program to check: every transfer, and every balance as we store it."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.kernel.money import MINOR_DIGITS
from knowledger.models.billing import Invoice, InvoiceLine
from knowledger.models.credits import CreditAccount, CreditTransfer

_ROOTS = {
    "granted": "Equity:Credits:{owner}:Granted",
    "grant": "Assets:Credits:{owner}:{name}",
    "held": "Assets:Credits:{owner}:Held",
    "used": "Expenses:Credits:{owner}:Used",
    "expired": "Expenses:Credits:{owner}:Expired",
}


def as_beancount(session: Session, organization_ids: Iterable[str]) -> Iterator[str]:
    """Credits as a commodity of their own, invoices in their currency. Balances are asserted after the last day."""
    for organization_id in organization_ids:
        yield from _credits(session, organization_id)
        yield from _invoices(session, organization_id)


def _credits(session: Session, organization_id: str) -> Iterator[str]:
    query = select(CreditAccount).where(CreditAccount.organization_id == organization_id)
    accounts = {found.id: found for found in session.scalars(query.order_by(CreditAccount.id))}
    names = {account_id: _name(found) for account_id, found in accounts.items()}
    moved = select(CreditTransfer).where(CreditTransfer.organization_id == organization_id)
    transfers = session.scalars(moved.order_by(CreditTransfer.position)).all()
    if not transfers:
        return
    first, last = min(found.at for found in transfers), max(found.at for found in transfers)
    for name in names.values():
        yield f"{first.date()} open {name} CREDIT\n"
    for transfer in transfers:
        amount = _credits_text(transfer.amount)
        yield (
            f'\n{transfer.at.date()} * "{transfer.kind}" "{transfer.transfer_id}"\n'
            f"  {names[transfer.source]}  -{amount} CREDIT\n  {names[transfer.target]}  {amount} CREDIT\n"
        )
    day_after = last.date() + timedelta(days=1)
    for account_id, found in accounts.items():
        yield f"{day_after} balance {names[account_id]}  {_credits_text(found.balance)} CREDIT\n"


def _invoices(session: Session, organization_id: str) -> Iterator[str]:
    query = select(Invoice).where(Invoice.organization_id == organization_id).order_by(Invoice.number)
    invoices = session.scalars(query).all()
    if not invoices:
        return
    owed, earned = f"Assets:Receivable:{_part(organization_id)}", f"Income:Sales:{_part(organization_id)}"
    first, last = min(i.finalized_at for i in invoices).date(), max(i.finalized_at for i in invoices).date()
    yield f"\n{first} open {owed}\n{first} open {earned}\n"
    for invoice in invoices:
        yield f'\n{invoice.finalized_at.date()} * "{invoice.kind}" "{invoice.number}"\n'
        yield f"  {owed}  {_major(invoice.total, invoice.currency)} {invoice.currency}\n"
        lines = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id).order_by(InvoiceLine.id)
        for line in session.scalars(lines):
            yield f"  {earned}  {_major(-line.amount, line.currency)} {line.currency}\n"
    for currency in sorted({invoice.currency for invoice in invoices}):
        total = sum(invoice.total for invoice in invoices if invoice.currency == currency)
        yield f"{last + timedelta(days=1)} balance {owed}  {_major(total, currency)} {currency}\n"


def _name(account: CreditAccount) -> str:
    return _ROOTS[account.kind].format(owner=_part(account.organization_id), name=_part(account.id))


def _part(identifier: str) -> str:
    """A part of an account's name: letters, digits and dashes, a capital first."""
    return identifier.replace("_", "-").replace(":", "-").upper()


def _credits_text(micro: int) -> str:
    return f"{Decimal(micro).scaleb(-6):f}"


def _major(minor: int, currency: str) -> str:
    return f"{Decimal(minor).scaleb(-MINOR_DIGITS.get(currency, 2)):f}"
