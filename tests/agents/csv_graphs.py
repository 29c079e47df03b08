"""Graphs of no known kind that lie beside their questions, and their files to ask for what is right."""

import json
from pathlib import Path

import duckdb

from knowledger.domain.graphs.schema import GraphSchema
from tests.agents.graphs import SealedGraph, seal

QUESTIONS = Path(__file__).parents[1] / "questions"


def graph(directory: Path, name: str) -> SealedGraph:
    home = QUESTIONS / name
    schema = GraphSchema.parse(json.loads((home / "schema.json").read_text(encoding="utf-8")))
    return seal(directory, schema, {path.stem: path for path in sorted(home.glob("*.csv"))})


def table(name: str) -> duckdb.DuckDBPyConnection:
    """A view of each file."""
    connection = duckdb.connect()
    for path in (QUESTIONS / name).glob("*.csv"):
        connection.execute(f"CREATE VIEW \"{path.stem}\" AS SELECT * FROM read_csv('{path}', header = true)")
    return connection
