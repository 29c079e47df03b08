"""A small sealed graph with a property of every type, and a reader of it on a socket pair."""

from collections.abc import Iterator
from pathlib import Path

import ladybug
import pytest

from tests.engine.reader.asking import GraphAsker

STATEMENTS = [
    """CREATE NODE TABLE Person(name STRING PRIMARY KEY, age INT64, weight DOUBLE, amount DECIMAL(18,4), born DATE,
       seen TIMESTAMP, active BOOLEAN, tags STRING[], days DATE[], `_key` STRING)""",
    "CREATE NODE TABLE Place(id INT64 PRIMARY KEY, title STRING)",
    "CREATE REL TABLE Knows(FROM Person TO Person, since DATE, amount DECIMAL(18,4))",
    """CREATE (:Person {name: 'ann', age: 1, weight: 1.5, amount: 12.34, born: date('2020-01-02'),
       seen: timestamp('2020-01-02 03:04:05.123456'), active: true, tags: ['x', 'y'], days: [date('2020-01-01')],
       `_key`: 'generated'})""",
    "CREATE (:Person {name: 'bob', weight: 0.0 / 0.0})",
    "CREATE (:Place {id: 7, title: 'with \"quotes\", commas\nand lines'})",
    """MATCH (a:Person {name: 'ann'}), (b:Person {name: 'bob'})
       CREATE (a)-[:Knows {since: date('2021-01-01'), amount: 1.5}]->(b)""",
    "CHECKPOINT",
]


@pytest.fixture(scope="session")
def sealed_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sealed") / "graph.lbug"
    with (
        ladybug.Database(path, max_db_size=1 << 30, buffer_pool_size=64 << 20) as database,
        ladybug.Connection(database) as connection,
    ):
        for statement in STATEMENTS:
            connection.execute(statement)
    return path


@pytest.fixture(scope="session")
def graph(sealed_graph: Path) -> Iterator[GraphAsker]:
    with GraphAsker(sealed_graph) as asker:
        yield asker
