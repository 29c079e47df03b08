"""From a connection's state to the files of rows that its graph is given, one for each table."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from knowledger.domain.banking.bookkeeping import (
    LEDGER_TABLES,
    chart_rows,
    entry_row,
    journal_rows,
    ledger_account_rows,
    line_rows,
)
from knowledger.domain.banking.changes import accounts_after
from knowledger.domain.banking.rows import (
    BANKING_TABLES,
    ConnectionFacts,
    Mentioned,
    account_rows,
    category_rows,
    connection_rows,
    institution_rows,
    merchant_rows,
    transaction_row,
)
from knowledger.domain.banking.values import BankAccount, BankTransaction
from knowledger.domain.connections.state import lines_to, read_state, write_line, write_lines


@dataclass(frozen=True)
class RowsFile:
    """The rows of one table. Zero of them are a file as well."""

    table: str
    path: Path
    rows: int


@dataclass(frozen=True)
class Written:
    files: tuple[RowsFile, ...]
    accounts: tuple[BankAccount, ...]


def tables_fed(keeps_books: bool) -> tuple[str, ...]:
    return BANKING_TABLES + (LEDGER_TABLES if keeps_books else ())


def file_name(connection_id: str, table: str) -> str:
    """What the graph's list of files calls it: the same for every sync, so that each takes its place."""
    return f"{connection_id}.{table}.jsonl.zst"


@dataclass
class State:
    """A state that was written, and what its transactions have in common."""

    path: Path
    transactions: int = 0
    pending: set[str] = field(default_factory=set)
    accounts_used: set[str] = field(default_factory=set)
    mentioned: Mentioned = field(default_factory=Mentioned)

    def note(self, transaction: BankTransaction) -> None:
        self.transactions += 1
        self.accounts_used.add(transaction.account_id)
        self.mentioned.note(transaction)
        if transaction.is_pending:
            self.pending.add(transaction.transaction_id)


def write_state(path: Path, transactions: Iterable[BankTransaction]) -> State:
    written = State(path)
    with lines_to(path) as lines:
        for transaction in transactions:
            written.note(transaction)
            write_line(lines, transaction.as_json())
    return written


def write_tables(
    directory: Path,
    state: State,
    stored: Iterable[BankAccount],
    shown: Iterable[BankAccount],
    facts: ConnectionFacts,
    *,
    keeps_books: bool,
) -> Written:
    """One pass over the state: what its rows need to know of each other was noted when it was written."""
    accounts, mentioned = accounts_after(stored, shown, state.accounts_used), state.mentioned
    small = {
        "Institution": institution_rows(facts),
        "Connection": connection_rows(facts),
        "BankAccount": account_rows(accounts, facts),
        "Category": category_rows(mentioned),
        "Merchant": merchant_rows(mentioned),
    }
    if keeps_books:
        small |= {
            "ChartOfAccounts": chart_rows(facts),
            "Account": ledger_account_rows(accounts, mentioned, facts),
            "Journal": journal_rows(facts),
        }
    places = {table: directory / file_name(facts.connection_id, table) for table in tables_fed(keeps_books)}
    counts = {table: write_lines(places[table], rows) for table, rows in small.items()}
    counts |= _write_transactions(places, state, facts, keeps_books=keeps_books)
    return Written(tuple(RowsFile(table, path, counts[table]) for table, path in places.items()), accounts)


def _write_transactions(
    places: dict[str, Path], state: State, facts: ConnectionFacts, *, keeps_books: bool
) -> dict[str, int]:
    """What is pending is no entry of the books yet."""
    names = ("BankTransaction", "Transaction", "LineItem") if keeps_books else ("BankTransaction",)
    counts = dict.fromkeys(names, 0)
    with ExitStack() as open_now:
        lines = {name: open_now.enter_context(lines_to(places[name])) for name in names}
        for transaction in read_state(state.path):
            write_line(lines["BankTransaction"], transaction_row(transaction, state.pending))
            counts["BankTransaction"] += 1
            if not keeps_books or transaction.is_pending:
                continue
            write_line(lines["Transaction"], entry_row(transaction, facts))
            counts["Transaction"] += 1
            for row in line_rows(transaction, facts):
                write_line(lines["LineItem"], row)
                counts["LineItem"] += 1
    return counts
