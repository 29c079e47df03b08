"""From a connection's state to the files of rows that its graph is given, one for each table."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
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
from knowledger.domain.connections.state import lines_to, read_state, write_line
from knowledger.kernel.json import JsonObject

ROWS_A_FILE = 10_000
"""Of a table with more rows the files before the last stay as they are when rows come behind them."""


@dataclass(frozen=True)
class RowsFile:
    """Rows of one table; `path` ends in what the graph's list of files calls it."""

    table: str
    path: Path
    rows: int


@dataclass(frozen=True)
class Written:
    files: tuple[RowsFile, ...]
    accounts: tuple[BankAccount, ...]


def tables_fed(keeps_books: bool) -> tuple[str, ...]:
    return BANKING_TABLES + (LEDGER_TABLES if keeps_books else ())


def file_name(connection_id: str, table: str, number: int = 1) -> str:
    """The same for every sync, so that each takes its place."""
    place = table if number == 1 else f"{table}.{number}"
    return f"{connection_id}.{place}.jsonl.zst"


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
    with ExitStack() as open_now:
        tables = {
            table: open_now.enter_context(closing(_Rows(directory, facts.connection_id, table)))
            for table in tables_fed(keeps_books)
        }
        for table, rows in small.items():
            for row in rows:
                tables[table].write(row)
        _write_transactions(tables, state, facts, keeps_books=keeps_books)
    return Written(tuple(file for rows in tables.values() for file in rows.files()), accounts)


class _Rows:
    """The rows of one table, on their way into as many files as they need."""

    def __init__(self, directory: Path, connection_id: str, table: str) -> None:
        self._table, self._directory, self._connection_id = table, directory, connection_id
        self._paths = list[Path]()
        self._rows = 0
        self._last = ExitStack()

    def write(self, row: JsonObject) -> None:
        if self._rows == ROWS_A_FILE * len(self._paths):
            self._begin()
        write_line(self._lines, row)
        self._rows += 1

    def files(self) -> Iterator[RowsFile]:
        for number, path in enumerate(self._paths):
            yield RowsFile(self._table, path, min(ROWS_A_FILE, self._rows - ROWS_A_FILE * number))

    def close(self) -> None:
        self._last.close()

    def _begin(self) -> None:
        self._last.close()
        self._paths.append(self._directory / file_name(self._connection_id, self._table, len(self._paths) + 1))
        self._lines = self._last.enter_context(lines_to(self._paths[-1]))


def _write_transactions(
    tables: Mapping[str, _Rows], state: State, facts: ConnectionFacts, *, keeps_books: bool
) -> None:
    """What is pending is no entry of the books yet."""
    for transaction in read_state(state.path):
        tables["BankTransaction"].write(transaction_row(transaction, state.pending))
        if not keeps_books or transaction.is_pending:
            continue
        tables["Transaction"].write(entry_row(transaction, facts))
        for row in line_rows(transaction, facts):
            tables["LineItem"].write(row)
