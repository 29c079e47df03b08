"""A supply chain as a graph of no known kind, and its files to ask for what is right."""

import json
from pathlib import Path

import duckdb

from knowledger.domain.graphs.schema import GraphSchema
from tests.agents.graphs import SealedGraph, seal

DATA = Path(__file__).parents[1] / "questions" / "supply"


def graph(directory: Path) -> SealedGraph:
    schema = GraphSchema.parse(json.loads((DATA / "schema.json").read_text(encoding="utf-8")))
    return seal(directory, schema, {path.stem: path for path in sorted(DATA.glob("*.csv"))})


def table() -> duckdb.DuckDBPyConnection:
    """A view of each file."""
    connection = duckdb.connect()
    for path in DATA.glob("*.csv"):
        connection.execute(f"CREATE VIEW \"{path.stem}\" AS SELECT * FROM read_csv('{path}', header = true)")
    return connection
