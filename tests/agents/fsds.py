"""A quarter of the SEC's data sets as a graph, and as text to ask for what is right."""

import zipfile
from pathlib import Path

import duckdb

from knowledger.cli.examples import FSDS
from knowledger.domain.graphs.schema import GraphSchema
from tests.agents.graphs import SealedGraph, seal

SHARED = Path(__file__).parents[2] / "../shared/fsds/2009q3.zip"
_FILES = {"Filing": "sub.txt", "Tag": "tag.txt", "Fact": "num.txt", "PRESENTS": "pre.txt"}


def unpacked(directory: Path) -> Path:
    with zipfile.ZipFile(SHARED) as archive:
        archive.extractall(directory)
    return directory


def graph(directory: Path, raw: Path) -> SealedGraph:
    return seal(directory, GraphSchema.parse(FSDS.schema), {table: raw / name for table, name in _FILES.items()})


def table(raw: Path) -> duckdb.DuckDBPyConnection:
    """Every file as a view of text, and v(filer, tag, last day, quarters): what a filing says of the whole company."""
    connection = duckdb.connect()
    for name in _FILES.values():
        source = (
            f"read_csv('{raw / name}', delim = '\t', quote = '', header = true, all_varchar = true, nullstr = 'NULL')"
        )
        connection.execute(f"CREATE TABLE {name.removesuffix('.txt')} AS SELECT * FROM {source}")
    has = {column[0] for column in connection.execute("DESCRIBE num").fetchall()}
    for column in {"coreg", "segments"} - has:
        connection.execute(f"ALTER TABLE num ADD COLUMN {column} VARCHAR DEFAULT ''")
    connection.execute("UPDATE num SET coreg = coalesce(coreg, ''), segments = coalesce(segments, '')")
    connection.execute(
        "CREATE MACRO v(filer, wanted, day, quarters) AS (SELECT CAST(value AS DECIMAL(28,4)) FROM "
        "num JOIN sub USING (adsh) "
        "WHERE name = filer AND tag = wanted AND ddate = day AND qtrs = CAST(quarters AS VARCHAR) AND coreg = '' "
        "AND segments = '' ORDER BY filed DESC LIMIT 1)"
    )
    return connection
