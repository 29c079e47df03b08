"""The SEC's data sets, whole: every row arrives, every dollar adds up, what one reads off the file is there."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import sqlalchemy

from knowledger.cli.examples import FSDS
from knowledger.client import Client, Graph
from knowledger.client.records import Materialized, Staged
from tests.stack import Stack

SHARED = Path(__file__).parents[2] / "../shared/fsds"
ROWS = {"Filing": 435, "Tag": 8_820, "Fact": 126_650, "PRESENTS": 47_958}
FILES = {"Filing": "sub.txt", "Tag": "tag.txt", "Fact": "num.txt", "PRESENTS": "pre.txt"}

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not SHARED.exists(), reason="the SEC's data sets (../shared/fsds) are not on this machine"),
]


@dataclass(frozen=True)
class Quarter:
    """A quarter's files, and the graph that they became."""

    graph: Graph
    staged: dict[str, Staged]
    built: Materialized


def loaded(client: Client, name: str, files: dict[str, Path]) -> Quarter:
    graph = client.graphs.create(name, schema=FSDS.schema).result(timeout=60)
    staging = {table: graph.tables[table].load(path) for table, path in files.items()}
    staged = {table: operation.result(timeout=120) for table, operation in staging.items()}
    return Quarter(graph, staged, graph.materialize().result(timeout=150))


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("2009q3")
    with zipfile.ZipFile(SHARED / "2009q3.zip") as archive:
        archive.extractall(directory)
    return directory


@pytest.fixture(scope="module")
def quarter(client: Client, raw: Path) -> Quarter:
    return loaded(client, "2009q3", {table: raw / name for table, name in FILES.items()})


@pytest.fixture(scope="module")
def text(raw: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The raw files as DuckDB reads them: all text, nothing of ours in between."""
    with duckdb.connect() as connection:
        for name in FILES.values():
            connection.execute(
                f"CREATE VIEW {name.removesuffix('.txt')} AS SELECT * FROM "
                f"read_csv('{raw / name}', delim = '\t', quote = '', escape = '', header = true, all_varchar = true)"
            )
        yield connection


def test_every_row_is_staged(quarter: Quarter) -> None:
    assert {name: staged.rows_read for name, staged in quarter.staged.items()} == ROWS
    assert {name: staged.rows_accepted for name, staged in quarter.staged.items()} == ROWS
    assert quarter.built.rows_rejected == quarter.built.rows_superseded == 0


def test_the_files_have_as_many_lines_as_there_are_rows(raw: Path) -> None:
    lines = {table: (raw / name).read_bytes().count(b"\n") - 1 for table, name in FILES.items()}
    assert lines == ROWS


def test_the_graph_counts_what_was_staged(quarter: Quarter) -> None:
    expected = {**ROWS, "REPORTED_IN": ROWS["Fact"], "OF_TAG": ROWS["Fact"]}
    assert quarter.built.counts == expected
    nodes = {name: f"MATCH (n:{name}) RETURN count(n) AS n" for name in ("Filing", "Tag", "Fact")}
    ways = {name: f"MATCH ()-[r:{name}]->() RETURN count(r) AS n" for name in ("REPORTED_IN", "OF_TAG", "PRESENTS")}
    assert {name: quarter.graph.query(query).rows[0]["n"] for name, query in {**nodes, **ways}.items()} == expected


def test_no_end_dangles_because_the_files_hold_every_filing_and_tag(text: duckdb.DuckDBPyConnection) -> None:
    for table in ("num", "pre"):
        dangling = text.sql(f"FROM {table} ANTI JOIN tag USING (tag, version)").aggregate("count(*)")
        orphaned = text.sql(f"FROM {table} ANTI JOIN sub USING (adsh)").aggregate("count(*)")
        assert (dangling.fetchall(), orphaned.fetchall()) == ([(0,)], [(0,)])


def test_the_dollars_of_every_filing_add_up(quarter: Quarter, text: duckdb.DuckDBPyConnection) -> None:
    expected = dict(
        text.sql("SELECT adsh, sum(value::DECIMAL(28, 4)) FROM num WHERE uom = 'USD' AND value <> '' GROUP BY adsh")
        .fetchall()
    )  # fmt: skip
    # The engine's own sum() takes no decimals; adding up a list of them is exact.
    rows = quarter.graph.query(
        "MATCH (v:Fact)-[:REPORTED_IN]->(f:Filing) WHERE v.uom = 'USD' AND v.value IS NOT NULL "
        "RETURN f.adsh AS adsh, list_sum(collect(v.value)) AS total"
    ).rows
    assert {row["adsh"]: Decimal(str(row["total"])) for row in rows} == expected
    assert len(expected) > 400


def test_the_staging_tables_add_up_to_the_same(quarter: Quarter, text: duckdb.DuckDBPyConnection) -> None:
    expected = text.sql(
        "SELECT adsh, sum(value::DECIMAL(28, 4)), count(value) FROM num GROUP BY adsh ORDER BY adsh"
    ).fetchall()
    found = quarter.graph.sql("SELECT adsh, sum(value) AS total, count(value) AS n FROM Fact GROUP BY adsh").to_arrow()
    assert sorted(zip(*found.to_pydict().values(), strict=True)) == expected


@pytest.mark.parametrize(
    ("filer", "tag", "day", "quarters", "value"),
    [
        # sub.txt line 189: 0001193125-09-153165 is Apple's; num.txt line 30488
        ("APPLE INC", "Assets", "2009-06-30", 0, "48140000000.0000"),
        # sub.txt line 268: 0001193125-09-165196 is Exxon Mobil's; num.txt line 65985
        ("EXXON MOBIL CORP", "NetIncomeLoss", "2009-06-30", 1, "3950000000.0000"),
        # sub.txt line 221: 0000950123-09-028975 is Intel's; num.txt line 735
        ("INTEL CORP", "Assets", "2008-12-31", 0, "50472000000.0000"),
    ],
)
def test_what_a_person_reads_off_the_file_is_there(
    quarter: Quarter, filer: str, tag: str, day: str, quarters: int, value: str
) -> None:
    answer = quarter.graph.query(
        "MATCH (t:Tag)<-[:OF_TAG]-(v:Fact)-[:REPORTED_IN]->(f:Filing) "
        "WHERE f.name = $filer AND t.tag = $tag AND v.ddate = date($day) AND v.qtrs = $quarters "
        "AND v.segments = '' AND v.coreg = '' RETURN v.value AS value, v.uom AS unit",
        {"filer": filer, "tag": tag, "day": day, "quarters": quarters},
    )
    assert answer.rows == ({"value": value, "unit": "USD"},)


@pytest.fixture(scope="module")
def parquet() -> dict[str, Path]:
    return {"Filing": SHARED / "2010q1/sub.parquet", "Fact": SHARED / "2010q1/num.parquet",
            "PRESENTS": SHARED / "2010q1/pre.parquet"}  # fmt: skip


@pytest.fixture(scope="module")
def second_quarter(client: Client, parquet: dict[str, Path]) -> Quarter:
    return loaded(client, "2010q1", parquet)


@pytest.mark.slow
def test_the_same_family_loads_from_parquet(second_quarter: Quarter, parquet: dict[str, Path]) -> None:
    rows = {table: duckdb.read_parquet(str(path)).aggregate("count(*)").fetchall() for table, path in parquet.items()}
    accepted = {table: [(staged.rows_accepted,)] for table, staged in second_quarter.staged.items()}
    assert accepted == rows
    assert second_quarter.built.counts["Filing"] == 495


@pytest.mark.slow
def test_what_points_at_the_missing_tags_is_rejected_and_told(second_quarter: Quarter) -> None:
    built = second_quarter.built
    facts, lines = second_quarter.staged["Fact"].rows_accepted, second_quarter.staged["PRESENTS"].rows_accepted
    assert built.counts == {
        "Filing": 495, "Tag": 0, "Fact": facts, "REPORTED_IN": facts, "OF_TAG": 0, "PRESENTS": 0
    }  # fmt: skip
    assert built.rejects_by_rule == {"dangling_end": facts + lines}
    for table, file, left_out in (("Fact", "num.parquet", facts), ("PRESENTS", "pre.parquet", lines)):
        told = second_quarter.graph.tables[table].rejects(limit=1)
        assert (told.total, told.rejects[0].rule, told.rejects[0].file_name) == (left_out, "dangling_end", file)


@pytest.mark.slow
def test_netflix_took_in_1670_million_dollars_in_2009(second_quarter: Quarter) -> None:
    answer = second_quarter.graph.query(
        "MATCH (v:Fact)-[:REPORTED_IN]->(f:Filing) WHERE f.name = 'NETFLIX INC' AND f.fy = 2009 "
        "AND v.tag = 'Revenues' AND v.ddate = date('2009-12-31') AND v.qtrs = 4 RETURN v.value AS value, f.form AS form"
    )
    assert answer.rows == ({"value": "1670269000.0000", "form": "10-K"},)


@pytest.mark.slow
def test_a_quarter_comes_back_from_its_backup_as_it_was(client: Client, stack: Stack, quarter: Quarter) -> None:
    made = quarter.graph.backups.create().result(timeout=150)
    verdict = quarter.graph.backups.verify(made.backup_id, deep=True).result(timeout=150)
    assert (verdict.sound, verdict.counts) == (True, quarter.built.counts)
    restored = quarter.graph.backups.restore(made.backup_id, to="2009q3 again").result(timeout=150)
    graphs = (quarter.graph, client.graphs.get(restored.graph_id))
    both = [graph.backups.create(kind="logical").result(timeout=150).backup_id for graph in graphs]
    digests = "SELECT manifest -> 'digests' FROM backups WHERE id = ANY(:both)"
    with stack.database.connect() as connection:
        one, other = connection.execute(sqlalchemy.text(digests), {"both": both}).scalars()
        assert one.keys() == quarter.built.counts.keys()
        assert one == other
