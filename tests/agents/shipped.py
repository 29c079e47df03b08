"""The demo's companies and payments as a graph, and its staged rows to ask for what is right."""

from pathlib import Path

import duckdb

from knowledger.cli.examples import LEDGER, shipped_files
from knowledger.domain.graphs.schema import GraphSchema
from tests.agents.graphs import SealedGraph, seal


def graph(directory: Path) -> SealedGraph:
    files = {str(intake.table): intake for intake in LEDGER.intakes(shipped_files())}
    return seal(directory, GraphSchema.parse(LEDGER.schema), {table: intake.path for table, intake in files.items()})


def table(sealed: SealedGraph) -> duckdb.DuckDBPyConnection:
    """A view for each type: the last row of each key, and of relationships those with both ends."""
    connection = duckdb.connect()
    keys = {node.name: ", ".join(node.key) for node in sealed.schema.nodes}
    for name, path in sealed.staged.items():
        rows = f"read_parquet('{path}', file_row_number = true)"
        latest = (
            f"QUALIFY row_number() OVER (PARTITION BY {keys[name]} ORDER BY file_row_number DESC) = 1"
            if name in keys
            else ""
        )
        connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM {rows} {latest}')
    return connection
