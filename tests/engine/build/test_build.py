"""A generation is a pure function of the staged rows."""

from decimal import Decimal

import pytest

from knowledger.kernel.json import JsonValue
from tests.engine.build.workshop import Open, Workshop


def test_a_later_file_wins_and_within_a_file_a_later_row(people: Workshop) -> None:
    first = people.stage("Person", "id,age\nann,1\nbob,1\nann,2\n")
    second = people.stage("Person", "id,age\nbob,3\n")
    built = people.build(first, second)
    assert built.graph["Person"] == [("ann", 2), ("bob", 3)]
    assert built.answer["rows_superseded"] == 2
    assert people.build(second, first).graph["Person"] == [("ann", 2), ("bob", 1)]


def test_the_same_file_twice_adds_nothing(people: Workshop) -> None:
    nodes = people.stage("Person", "id,age\nann,1\nbob,\n")
    knows = people.stage("Knows", "from_id,to_id,year,how\nann,bob,2001,school\nann,bob,,\n")
    again = people.stage("Person", "id,age\nann,1\nbob,\n")
    knows_again = people.stage("Knows", "from_id,to_id,year,how\nann,bob,2001,school\nann,bob,,\n")
    built = people.build(nodes, knows, again, knows_again)
    assert built.graph == people.build(nodes, knows).graph
    assert built.answer["rows_superseded"] == 4


def test_deleting_a_file_removes_exactly_its_rows(people: Workshop) -> None:
    first = people.stage("Person", "id,age\nann,1\nbob,1\n")
    second = people.stage("Person", "id,age\nbob,2\ncid,2\n")
    knows = people.stage("Knows", "from_id,to_id,year,how\nann,bob,1,a\n")
    assert people.build(first, second, knows).graph["Person"] == [("ann", 1), ("bob", 2), ("cid", 2)]
    assert people.build(first, knows).graph["Person"] == [("ann", 1), ("bob", 1)]


def test_relationships_that_differ_in_anything_are_parallel(people: Workshop) -> None:
    nodes = people.stage("Person", "id,age\nann,1\nbob,1\n")
    rows = ["ann,bob,1,a", "ann,bob,1,b", "ann,bob,2,a", "ann,bob,1,a", "bob,ann,1,a"]
    knows = people.stage("Knows", "\n".join(["from_id,to_id,year,how", *rows]))
    built = people.build(nodes, knows)
    assert built.graph["Knows"] == [
        ("ann", "bob", 1, "a"),
        ("ann", "bob", 1, "b"),
        ("ann", "bob", 2, "a"),
        ("bob", "ann", 1, "a"),
    ]
    assert built.answer["rows_superseded"] == 1


def test_of_relationships_with_a_key_the_latest_wins(people: Workshop) -> None:
    nodes = people.stage("Person", "id,age\nann,1\nbob,1\n")
    first = people.stage("Met", "from_id,to_id,year,how\nann,bob,1,a\nann,bob,2,b\n")
    second = people.stage("Met", "from_id,to_id,year,how\nann,bob,1,c\n")
    assert people.build(nodes, first, second).graph["Met"] == [("ann", "bob", 1, "c"), ("ann", "bob", 2, "b")]


def test_a_dangling_end_is_a_rejected_row_with_the_missing_key(people: Workshop) -> None:
    nodes = people.stage("Person", "id,age\nann,1\nbob,1\n")
    knows = people.stage("Knows", "from_id,to_id,year,how\nann,bob,1,a\nann,zoe,2,b\nyan,bob,3,c\nyan,zoe,4,d\n", "f1")
    built = people.build(nodes, knows)
    assert built.graph["Knows"] == [("ann", "bob", 1, "a")]
    places = [(item["file_id"], item["table"], item["row"], item["column"], item["value"]) for item in built.rejects]
    assert places == [
        ("f1", "Knows", 2, "to_id", "zoe"),
        ("f1", "Knows", 3, "from_id", "yan"),
        ("f1", "Knows", 4, "from_id", "yan"),
    ]
    assert built.rejects[0]["reason"] == "Knows: there is no Person with id zoe."
    assert built.rejects[0]["raw"] == '{"from_id":"ann","to_id":"zoe","year":2,"how":"b"}'
    assert built.answer["rejects_by_rule"] == {"dangling_end": 3}
    assert built.answer["rows_superseded"] == 0


def test_a_superseded_row_is_not_rejected_as_well(people: Workshop) -> None:
    nodes = people.stage("Person", "id,age\nann,1\n")
    met = people.stage("Met", "from_id,to_id,year,how\nann,zoe,1,a\nann,zoe,1,b\n")
    built = people.build(nodes, met)
    assert (built.answer["rows_superseded"], built.answer["rows_rejected"]) == (1, 1)
    assert built.rejects[0]["row"] == 2


def test_relationships_whose_nodes_have_no_file_all_dangle(people: Workshop) -> None:
    built = people.build(people.stage("Knows", "from_id,to_id,year,how\nann,bob,1,a\n"))
    assert (built.graph["Knows"], built.answer["rows_rejected"]) == ([], 1)


def test_relationships_are_read_off_the_rows_of_a_node_type(ledger: Workshop) -> None:
    accounts = ledger.stage("Account", "bank,number\nA,1\nA,2\n")
    entries = ledger.stage("Entry", "id,bank,number,amount\n1,A,1,1.10\n2,A,2,2.20\n3,,,3.30\n4,A,9,4.40\n", "f1")
    built = ledger.build(accounts, entries)
    assert len(built.graph["Entry"]) == 4
    assert built.graph["BookedOn"] == [(1, "A|1", Decimal("1.10")), (2, "A|2", Decimal("2.20"))]
    [reject] = built.rejects
    assert (reject["table"], reject["file_id"], reject["row"], reject["column"], reject["value"]) == (
        "Entry",
        "f1",
        4,
        "bank, number",
        "A | 9",
    )
    assert reject["reason"] == (
        "BookedOn: there is no Account with bank | number A | 9. The Entry itself is in the graph."
    )
    assert built.answer["rows_superseded"] == 0


def test_a_derived_relationship_goes_by_the_winning_row(ledger: Workshop) -> None:
    accounts = ledger.stage("Account", "bank,number\nA,1\nA,2\n")
    first = ledger.stage("Entry", "id,bank,number,amount\n1,A,1,1.00\n2,A,1,1.00\n")
    second = ledger.stage("Entry", "id,bank,number,amount\n1,A,2,5.00\n2,,,6.00\n")
    built = ledger.build(accounts, first, second)
    assert built.graph["BookedOn"] == [(1, "A|2", Decimal("5.00"))]
    assert built.answer["rows_superseded"] == 2


TRICKY = ["a|b", "a\\", "\\|", "|", "\\", "a", "'", '"', "`", "ä", "🙂", " ", "{", "NULL", "a,b", "$k0", "%", "../x"]


def test_composite_keys_never_look_alike(ledger: Workshop) -> None:
    pairs = [(bank, number) for bank in TRICKY for number in TRICKY]
    text = "bank,number\n" + "".join(f"{_csv(bank)},{_csv(number)}\n" for bank, number in pairs)
    entries = "id,bank,number,amount\n" + "".join(
        f"{index},{_csv(bank)},{_csv(number)},1.00\n" for index, (bank, number) in enumerate(pairs)
    )
    built = ledger.build(ledger.stage("Account", text), ledger.stage("Entry", entries))
    assert built.graph["Account"] == sorted(pairs, key=repr)
    assert len({key for _, key, _ in built.graph["BookedOn"]}) == len(pairs)
    assert built.rejects == []


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("string", ["", "a", "A", "x" * 5000][1:]),
        ("int", ["-9223372036854775808", "0", "9223372036854775807"]),
        ("double", ["0.1", "1e300", "-2.5"]),
        ("decimal(38,10)", ["1234567890123456789012345678.0123456789", "-0.0000000001"]),
        ("boolean", ["true", "false"]),
        ("date", ["0001-01-01", "1969-12-31", "9999-12-31"]),
        ("timestamp", ["1969-12-31 23:59:59.999999", "2020-01-01 00:00:00"]),
    ],
)
def test_a_key_of_any_type_is_found(open_workshop: Open, kind: str, values: list[str]) -> None:
    workshop = open_workshop(
        {
            "nodes": [{"name": "Thing", "key": "k", "properties": [{"name": "k", "type": kind}]}],
            "relationships": [{"name": "Next", "from": "Thing", "to": "Thing"}],
        }
    )
    things = workshop.stage("Thing", "k\n" + "".join(f"{value}\n" for value in values))
    nexts = workshop.stage("Next", "from_k,to_k\n" + "".join(f"{value},{value}\n" for value in values))
    built = workshop.build(things, nexts)
    assert built.counts == {"Thing": len(values), "Next": len(values)}
    assert built.rejects == []


def test_zero_is_one_key_however_it_is_signed(open_workshop: Open) -> None:
    workshop = open_workshop({"nodes": [{"name": "T", "key": "k", "properties": [{"name": "k", "type": "double"}]}]})
    assert workshop.build(workshop.stage("T", "k\n0.0\n-0.0\n")).counts == {"T": 1}


def test_values_come_through_exactly(open_workshop: Open) -> None:
    kinds = {"d": "decimal(38,10)", "e": "decimal(4,1)", "ds": "decimal(18,4)[]", "ss": "string[]", "t": "timestamp"}
    properties = [{"name": "id", "type": "int"}, *({"name": name, "type": kind} for name, kind in kinds.items())]
    workshop = open_workshop({"nodes": [{"name": "T", "key": "id", "properties": properties}]})
    digits = "1234567890123456789012345678.0123456789"
    text = f'id,d,e,ds,ss,t\n1,{digits},0.1,"[1.5, -2.25]","[""a,b"", ""]""]",2020-01-02 03:04:05.678901\n2,,,,,\n'
    built = workshop.build(workshop.stage("T", text))
    first, second = built.graph["T"]
    assert first[1:4] == (Decimal(digits), Decimal("0.1"), [Decimal("1.5"), Decimal("-2.25")])
    assert first[4] == ["a,b", "]"]
    assert str(first[5]) == "2020-01-02 03:04:05.678901"
    assert second[1:] == (None, None, None, None, None)


def test_names_may_be_keywords(open_workshop: Open) -> None:
    names = ["Order", "match", "Group", "from", "id", "file_index", "ключ"]
    properties = [{"name": name, "type": "string"} for name in names]
    nodes = [{"name": f"{name}", "key": name, "properties": properties} for name in names]
    relationships = [
        {"name": f"R{name}", "from": name, "to": name, "properties": [{"name": name, "type": "int"}]} for name in names
    ]
    workshop = open_workshop({"nodes": nodes, "relationships": relationships})
    header, values = ",".join(names), ",".join("v" for _ in names)
    files = [workshop.stage(name, f"{header}\n{values}\n{values}\n") for name in names]
    files += [workshop.stage(f"R{name}", f"from_{name},to_{name},{name}\nv,v,1\nv,v,2\n") for name in names]
    built = workshop.build(*files)
    assert built.counts == dict.fromkeys(names, 1) | {f"R{name}": 2 for name in names}


def test_a_column_that_hides_the_engines_own_does_not_upset_the_order(open_workshop: Open) -> None:
    properties = [{"name": "id", "type": "int"}, {"name": "file_row_number", "type": "int"}]
    workshop = open_workshop({"nodes": [{"name": "T", "key": "id", "properties": properties}]})
    built = workshop.build(workshop.stage("T", "id,file_row_number\n1,9\n1,8\n1,7\n"))
    assert built.graph["T"] == [(1, 7)]


def test_a_property_that_came_later_is_empty_in_files_from_before(open_workshop: Open) -> None:
    properties: list[JsonValue] = [{"name": "id", "type": "int"}]
    before = open_workshop({"nodes": [{"name": "T", "key": "id", "properties": properties}]})
    old = before.stage("T", "id\n1\n")
    more: list[JsonValue] = [*properties, {"name": "note", "type": "string"}]
    after = Workshop(before.new_directory(), {"nodes": [{"name": "T", "key": "id", "properties": more}]})
    assert after.build(old).graph["T"] == [(1, None)]
    assert after.build(old, after.stage("T", "id,note\n2,x\n")).graph["T"] == [(1, None), (2, "x")]


def test_a_column_may_come_later_that_hides_the_engines_own(open_workshop: Open) -> None:
    properties: list[JsonValue] = [{"name": "id", "type": "int"}]
    before = open_workshop({"nodes": [{"name": "T", "key": "id", "properties": properties}]})
    old = before.stage("T", "id\n1\n2\n")
    more: list[JsonValue] = [*properties, {"name": "file_index", "type": "int"}]
    after = Workshop(before.new_directory(), {"nodes": [{"name": "T", "key": "id", "properties": more}]})
    built = after.build(old, after.stage("T", "id,file_index\n2,7\n3,7\n"))
    assert built.graph["T"] == [(1, None), (2, 7), (3, 7)]


def test_a_graph_without_files_has_its_types(people: Workshop) -> None:
    built = people.build()
    assert built.counts == {"Person": 0, "Knows": 0, "Met": 0}
    assert built.answer["appended"] is False


def test_a_schema_without_types_makes_an_empty_graph(open_workshop: Open) -> None:
    assert open_workshop({}).build().counts == {}


def test_a_file_without_rows_is_as_none(people: Workshop) -> None:
    empty = people.stage("Person", "id,age\n")
    built = people.build(empty, people.stage("Knows", "from_id,to_id,year,how\n"))
    assert built.counts == {"Person": 0, "Knows": 0, "Met": 0}


def test_progress_names_its_steps_and_never_goes_back(people: Workshop) -> None:
    nodes = people.stage("Person", "id,age\n" + "".join(f"p{number},1\n" for number in range(50_000)))
    knows = people.stage("Knows", "from_id,to_id,year,how\n" + "".join(f"p{n},p0,1,a\n" for n in range(50_000)))
    said = people.build(nodes, knows).progress
    percents = [item.percent for item in said if item.percent is not None]
    assert len(percents) == len(said)
    assert percents == sorted(percents)
    assert percents[-1] <= 100
    assert [item.message for item in said if item.rows_done in (0, None)] == [
        "Checking Person",
        "Checking Knows",
        "Loading Person",
        "Loading Knows",
        "Verifying",
        "Sealing",
    ]
    assert [item.current_step for item in said][-1] == said[-1].total_steps == 6


def _csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
