"""Loads the books into a new graph and prints their statements.

    python examples/accounting/run.py

The server and the API key are those of `KNOWLEDGER_URL` and `KNOWLEDGER_API_KEY`.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from knowledger.client import Client, Graph

HERE = Path(__file__).parent
STATEMENTS = [
    "trial_balance",
    "trial_balance_sum",
    "income_statement",
    "balance_sheet",
    "balance_sheet_sum",
    "cash_movements",
    "open_receivables",
]


def load(kn: Client) -> Graph:
    """A graph with the types of `ledger`, filled: each file goes to the table that it is named after."""
    graph = kn.graphs.create("Linden's books", extensions=["ledger"]).result()
    staging = [graph.tables[path.stem].load(path) for path in sorted((HERE / "data").glob("*.csv"))]
    for operation in staging:
        staged = operation.result()
        if staged.rows_rejected:
            sys.exit(f"{staged.rows_rejected} rows of {staged.table_name} do not fit: {staged.rejects_by_rule}")
    graph.materialize().result()
    return graph


def show(graph: Graph, statement: str) -> None:
    query = (HERE / "queries" / f"{statement}.cypher").read_text(encoding="utf-8")
    answer = graph.query(query).answer
    title = query.splitlines()[0].removeprefix("// ")
    sys.stdout.write(f"\n{title}\n\n{_table(answer.columns, answer.data)}\n")


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Columns as wide as their widest value; what looks like a number stands on the right."""
    lines = [columns, *([str(row[name]) for name in columns] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    return "\n".join("  ".join(_cell(text, width) for text, width in zip(line, widths, strict=True)) for line in lines)


def _cell(text: str, width: int) -> str:
    return text.rjust(width) if text.lstrip("-").replace(".", "").isdigit() else text.ljust(width)


def main() -> None:
    with Client() as kn:
        graph = load(kn)
        for statement in STATEMENTS:
            show(graph, statement)
        sys.stdout.write(f"\nThe graph is {graph.graph_id}; ask it more, or delete it: knowledger graph delete ID\n")


if __name__ == "__main__":
    main()
