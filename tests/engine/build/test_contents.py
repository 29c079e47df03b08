"""A sealed graph read as a whole: its digest, which knows no order, and its export, which can be loaded again."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from knowledger.engine.contents import pages
from knowledger.engine.contents.digest import digest_generation
from knowledger.engine.contents.export import export_generation
from knowledger.kernel.json import JsonObject
from tests.engine.build.workshop import MEMORY_BYTES, Built, Open, Workshop

SCHEMA: JsonObject = {
    "nodes": [
        {
            "name": "Account",
            "key": ["bank", "number"],
            "properties": [
                {"name": "bank", "type": "string"},
                {"name": "number", "type": "int"},
                {"name": "balance", "type": "decimal(18,2)", "column": "Balance, EUR"},
                {"name": "opened", "type": "timestamp"},
                {"name": "rate", "type": "double"},
                {"name": "holder", "type": "string"},
                {"name": "limits", "type": "decimal(9,2)[]"},
            ],
        },
        {"name": "Person", "key": ["name"], "properties": [{"name": "name", "type": "string"}]},
    ],
    "relationships": [
        {
            "name": "Paid",
            "from": "Account",
            "to": "Account",
            "properties": [{"name": "amount", "type": "decimal(9,2)"}],
        },
        {"name": "HELD_BY", "from": "Account", "to": "Person", "source": "Account", "to_columns": ["holder"]},
    ],
}  # fmt: skip
ACCOUNTS = [
    "A,1,10.50,2020-01-02T03:04:05,0.5,Ann",
    "A,2,-0.01,,,Bob",
    "B,1,,2021-12-31T23:59:59.5,1e300,Ann",
    'B,2,7.00,,-0.25,"O""Hara, C"',
]
PAYMENTS = ["A,1,A,2,5.00", "A,1,A,2,6.00", "B,2,A,1,0.10"]
PEOPLE = ["Ann", "Bob", '"O""Hara, C"']


def built(bench: Workshop, accounts: list[str], payments: list[str]) -> Built:
    header = 'bank,number,"Balance, EUR",opened,rate,holder'
    return bench.build(
        bench.stage("Account", "\n".join([header, *accounts])),
        bench.stage("Person", "\n".join(["name", *PEOPLE])),
        bench.stage("Paid", "\n".join(["from_bank,from_number,to_bank,to_number,amount", *payments])),
    )


def digests(bench: Workshop, graph: Built) -> JsonObject:
    return digest_generation({**_request(bench, graph), "counts_only": False}, lambda _: None)


def test_the_order_of_rows_changes_no_digest(open_workshop: Open) -> None:
    bench = open_workshop(SCHEMA)
    one = digests(bench, built(bench, ACCOUNTS, PAYMENTS))
    other = digests(bench, built(bench, ACCOUNTS[::-1], PAYMENTS[::-1]))
    assert one == other
    assert one["counts"] == {"Account": 4, "Person": 3, "Paid": 3, "HELD_BY": 4}


def test_the_size_of_pages_changes_no_digest(open_workshop: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = open_workshop(SCHEMA)
    graph = built(bench, ACCOUNTS, PAYMENTS)
    whole = digests(bench, graph)
    monkeypatch.setattr(pages, "_ROWS_A_PAGE", 1)
    assert digests(bench, graph) == whole


@pytest.mark.parametrize(
    ("accounts", "payments", "changed"),
    [
        (["A,1,10.51,2020-01-02T03:04:05,0.5,Ann", *ACCOUNTS[1:]], PAYMENTS, {"Account"}),
        (["A,1,10.50,2020-01-02T03:04:05.000001,0.5,Ann", *ACCOUNTS[1:]], PAYMENTS, {"Account"}),
        (["A,1,10.50,2020-01-02T03:04:05,0.5,Bob", *ACCOUNTS[1:]], PAYMENTS, {"Account", "HELD_BY"}),
        (ACCOUNTS, ["A,1,A,2,5.00", "A,1,A,2,6.01", "B,2,A,1,0.10"], {"Paid"}),
        (ACCOUNTS, ["A,2,A,1,5.00", "A,1,A,2,6.00", "B,2,A,1,0.10"], {"Paid"}),
        (ACCOUNTS, PAYMENTS[:2], {"Paid"}),
    ],
)
def test_any_change_of_a_row_changes_the_digest_of_its_type(
    open_workshop: Open, accounts: list[str], payments: list[str], changed: set[str]
) -> None:
    bench = open_workshop(SCHEMA)
    before, after = digests(bench, built(bench, ACCOUNTS, PAYMENTS)), digests(bench, built(bench, accounts, payments))
    was, became = before["digests"], after["digests"]
    assert isinstance(was, dict)
    assert isinstance(became, dict)
    assert {name for name in was if was[name] != became[name]} == changed


def test_an_export_has_a_file_for_each_type(open_workshop: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_ROWS_A_PAGE", 2)  # several parts a file
    bench = open_workshop(SCHEMA)
    graph = built(bench, ACCOUNTS, PAYMENTS)
    home = _exported(bench, graph, "csv")
    with (home / "Account.csv").open(newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["bank"], row["number"]))
    assert rows[0]["limits"] == ""
    assert [row["Balance, EUR"] for row in rows] == ["10.50", "-0.01", "", "7.00"]
    assert rows[2]["opened"] == "2021-12-31T23:59:59.500000Z"
    assert rows[3]["holder"] == 'O"Hara, C'
    home = _exported(bench, graph, "json")
    paid = [json.loads(line) for line in (home / "Paid.jsonl").read_text().splitlines()]
    assert sorted(item["amount"] for item in paid) == ["0.10", "5.00", "6.00"]
    home = _exported(bench, graph, "parquet")
    assert pq.read_table(home / "HELD_BY.parquet").num_rows == 4
    assert pq.read_schema(home / "Paid.parquet").names == ["from_bank", "from_number", "to_bank", "to_number", "amount"]


def test_an_export_that_is_loaded_again_gives_the_same_graph(open_workshop: Open) -> None:
    bench = open_workshop(SCHEMA)
    graph = built(bench, ACCOUNTS, PAYMENTS)
    home = _exported(bench, graph, "csv")
    files = [bench.stage(name, (home / f"{name}.csv").read_text()) for name in ("Account", "Person", "Paid")]
    assert digests(bench, bench.build(*files)) == digests(bench, graph)


def test_lists_are_compared_and_written_whole(open_workshop: Open) -> None:
    properties = [
        {"name": "id", "type": "int"},
        {"name": "tags", "type": "string[]"},
        {"name": "limits", "type": "decimal(9,2)[]"},
    ]
    bench = open_workshop({"nodes": [{"name": "Item", "key": ["id"], "properties": properties}]})
    header = "id,tags,limits"
    graph = bench.build(bench.stage("Item", f'{header}\n1,"[""a"",""b,c""]","[1.00,-2.50]"\n2,,\n'))
    other = bench.build(bench.stage("Item", f'{header}\n1,"[""a"",""b"",""c""]","[1.00,-2.50]"\n2,,\n'))
    assert digests(bench, graph) != digests(bench, other)
    table = pq.read_table(_exported(bench, graph, "parquet") / "Item.parquet").sort_by("id")
    assert table["limits"].to_pylist() == [[Decimal("1.00"), Decimal("-2.50")], None]
    again = bench.build(bench.stage("Item", (_exported(bench, graph, "csv") / "Item.csv").read_text()))
    assert digests(bench, again) == digests(bench, graph)


def test_an_empty_graph_has_digests_and_files_without_rows(open_workshop: Open) -> None:
    bench = open_workshop(SCHEMA)
    graph = bench.build()
    assert digests(bench, graph)["counts"] == {"Account": 0, "Person": 0, "Paid": 0, "HELD_BY": 0}
    assert pq.read_table(_exported(bench, graph, "parquet") / "Person.parquet").num_rows == 0


def _exported(bench: Workshop, graph: Built, format_: str) -> Path:
    home = bench.new_directory()
    answer = export_generation(
        {**_request(bench, graph), "directory": str(home), "format": format_}, lambda _: None
    )  # fmt: skip
    assert answer["counts"] == graph.counts
    return home


def _request(bench: Workshop, graph: Built) -> JsonObject:
    return {
        "graph_path": str(graph.path),
        "schema": bench.schema.as_json(),
        "scratch": str(bench.new_directory() / "scratch"),
        "memory_bytes": MEMORY_BYTES,
        "threads": 2,
    }
