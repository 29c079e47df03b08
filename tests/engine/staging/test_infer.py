"""The node type that is proposed for a file."""

import json
from pathlib import Path

import pytest

from knowledger.domain.graphs.schema import GraphSchema
from knowledger.engine.staging.infer import infer_file
from knowledger.engine.staging.infer_names import names_for, type_name
from knowledger.kernel.json import JsonObject


def infer(tmp_path: Path, file_name: str, content: str) -> JsonObject:
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    (tmp_path / "part").write_text(content)
    request: JsonObject = {"file_name": file_name, "parts": [str(tmp_path / "part")], "scratch": str(scratch)}
    answer = infer_file(request, lambda progress: None)
    GraphSchema.parse({"nodes": [answer["node"]]})
    return json.loads(json.dumps(answer))  # type: ignore[no-any-return]


def types(answer: JsonObject) -> dict[str, str]:
    node = answer["node"]
    assert isinstance(node, dict)
    assert isinstance(node["properties"], list)
    properties = [item for item in node["properties"] if isinstance(item, dict)]
    return {
        str(item["name"]): " ".join(str(item[key]) for key in ("type", "format") if key in item) for item in properties
    }


def key(answer: JsonObject) -> object:
    assert isinstance(answer["node"], dict)
    return answer["node"]["key"]


def test_a_csv_file(tmp_path: Path) -> None:
    answer = infer(
        tmp_path,
        "bank-lines.csv",
        "Line No,account_id,ddate,booked at,amount,ratio,zip,cleared,memo,empty\n"
        "1,7,20090630,2009-06-30 10:00:00Z,12.50,1e-3,01234,yes,a,\n"
        '2,7,20091231,2009-12-31 10:00:00Z,-3.00,2,99999,no,"b, c",\n',
    )
    assert types(answer) == {
        "Line_No": "int",
        "account_id": "int",
        "ddate": "date %Y%m%d",
        "booked_at": "timestamp",
        "amount": "decimal(18,2)",
        "ratio": "double",
        "zip": "string",
        "cleared": "boolean",
        "memo": "string",
        "empty": "string",
    }
    assert (answer["format"], key(answer), answer["rows"]) == ("csv", ["Line_No"], 2)
    assert isinstance(answer["node"], dict)
    assert isinstance(answer["preview"], list)
    assert answer["node"]["name"] == "BankLines"
    assert answer["preview"][0] == {
        "Line_No": 1,
        "account_id": 7,
        "ddate": "2009-06-30",
        "booked_at": "2009-06-30 10:00:00",
        "amount": "12.50",
        "ratio": 0.001,
        "zip": "01234",
        "cleared": True,
        "memo": "a",
        "empty": None,
    }


def test_a_json_file(tmp_path: Path) -> None:
    answer = infer(tmp_path, "people.jsonl", '{"id": 1, "born": "1990-02-03", "tags": ["x"]}\n{"id": 2, "more": 1.5}\n')
    assert types(answer) == {"id": "int", "born": "date", "tags": "string[]", "more": "decimal(18,1)"}
    assert (answer["format"], key(answer)) == ("ndjson", ["id"])


def test_types_hold_for_rows_beyond_the_sample(tmp_path: Path) -> None:
    lines = [f"{number},{number}" for number in range(5000)] + ["5000,4.5", "5001,n/a"]
    assert types(infer(tmp_path, "a.csv", "id,v\n" + "\n".join(lines))) == {"id": "int", "v": "string"}
    assert types(infer(tmp_path, "a.csv", "id,v\n" + "\n".join(lines[:-1]))) == {"id": "int", "v": "decimal(18,1)"}


def test_eight_digits_are_a_date_only_where_all_of_them_are(tmp_path: Path) -> None:
    assert types(infer(tmp_path, "a.csv", "date,period\n20090631,20090630\n20090630,20090101\n")) == {
        "date": "int",
        "period": "date %Y%m%d",
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("name,code\na,1\nb,2\n", ["code"]),
        ("name,other\na,x\nb,y\n", ["name"]),
        ("amount,account,line\n1.5,1,1\n2.5,1,2\n3.5,2,1\n4.5,2,2\n", ["account", "line"]),
        ("id,name\n1,a\n,b\n", ["name"]),
        ("a,b\nx,\nx,y\nz,\n", ["a", "b"]),
    ],
)
def test_the_key_is_the_smallest_that_tells_all_rows_apart(tmp_path: Path, content: str, expected: list[str]) -> None:
    assert key(infer(tmp_path, "a.csv", content)) == expected


def test_a_part_of_a_key_that_may_be_empty_has_a_default(tmp_path: Path) -> None:
    node = infer(tmp_path, "a.csv", "a,b\nx,\nx,y\nz,\n")["node"]
    assert isinstance(node, dict)
    assert node["properties"] == [{"name": "a", "type": "string"}, {"name": "b", "type": "string", "default": ""}]


def test_rows_that_are_the_same_are_mentioned(tmp_path: Path) -> None:
    node = infer(tmp_path, "a.csv", "a,b\nx,1\nx,1\ny,1\n")["node"]
    assert isinstance(node, dict)
    assert node["description"] == "1 of the 3 rows of the file have the key of another row and would replace it."


def test_columns_that_cannot_be_properties_are_mentioned(tmp_path: Path) -> None:
    node = infer(tmp_path, "a.csv", "id,name,Name\n1,a,b\n2,c,d\n")["node"]
    assert isinstance(node, dict)
    assert node["description"] == "Left out, as nested or named more than once: name, Name."


def test_digits_that_no_number_keeps_stay_text(tmp_path: Path) -> None:
    account, ratio = "9" * 44, "1e3"
    assert types(infer(tmp_path, "a.csv", f"id,v,w\n1,{account},{ratio}\n2,7,2.5\n")) == {
        "id": "int",
        "v": "string",
        "w": "double",
    }


def test_names(tmp_path: Path) -> None:
    assert type_name("num.txt") == "Num"
    assert type_name("bank-lines.2024.csv") == "BankLines2024"
    assert type_name("2009q3.tsv") == "Table2009q3"
    assert type_name("../../etc/pass wd") == "PassWd"
    assert type_name("日付.csv") == "日付"
    assert names_for(["a b", "A-B", "1st", "_x", "%", 'q"uote']) == ["a_b", "A_B_2", "c_1st", "x", "c", "q_uote"]
