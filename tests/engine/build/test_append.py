"""A graph that is extended is the graph that would have been built anew."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledger.domain.graphs.engine import StagedFile
from tests.engine.build.workshop import Built, Row, Workshop


def test_new_rows_are_added_to_a_copy(people: Workshop) -> None:
    before = [
        people.stage("Person", "id,age\nann,1\nbob,1\nann,2\n"),
        people.stage("Knows", "from_id,to_id,year,how\nann,bob,1,a\n"),
    ]
    added = [
        people.stage("Person", "id,age\ncid,3\n"),
        people.stage("Knows", "from_id,to_id,year,how\ncid,ann,1,a\nann,bob,2,a\n"),
    ]
    base = people.build(*before)
    untouched = base.path.read_bytes()
    extended = people.extend(base, before, *added)
    assert extended.answer["appended"] is True
    _assert_same(extended, people.build(*before, *added))
    assert base.path.read_bytes() == untouched


def test_a_row_that_takes_the_place_of_another_means_building_anew(people: Workshop) -> None:
    before = [people.stage("Person", "id,age\nann,1\n")]
    added = people.stage("Person", "id,age\nann,2\n")
    extended = people.extend(people.build(*before), before, added)
    assert extended.answer["appended"] is False
    assert extended.graph["Person"] == [("ann", 2)]


def test_a_relationship_that_takes_the_place_of_another_means_building_anew(people: Workshop) -> None:
    before = [people.stage("Person", "id,age\nann,1\n"), people.stage("Met", "from_id,to_id,year,how\nann,ann,1,a\n")]
    added = people.stage("Met", "from_id,to_id,year,how\nann,ann,1,b\n")
    extended = people.extend(people.build(*before), before, added)
    assert extended.answer["appended"] is False
    assert extended.graph["Met"] == [("ann", "ann", 1, "b")]


def test_a_new_parallel_relationship_is_added(people: Workshop) -> None:
    before = [people.stage("Person", "id,age\nann,1\n"), people.stage("Knows", "from_id,to_id,year,how\nann,ann,1,a\n")]
    added = people.stage("Knows", "from_id,to_id,year,how\nann,ann,1,b\n")
    extended = people.extend(people.build(*before), before, added)
    assert extended.answer["appended"] is True
    assert extended.graph["Knows"] == [("ann", "ann", 1, "a"), ("ann", "ann", 1, "b")]


@pytest.mark.parametrize(
    ("old", "new", "appended"),
    [
        ("ann,ann,1,a\n", "ann,ann,2,a\n", True),  # of another year, as the statistics tell
        ("ann,ann,1,a\nann,ann,3,a\n", "ann,ann,2,a\n", True),  # between them, as only the rows tell
        ("ann,ann,,a\nann,ann,1,a\n", "ann,ann,,a\nann,ann,2,a\n", False),  # no year is a year in common
    ],
)
def test_what_tells_relationships_apart_decides(people: Workshop, old: str, new: str, appended: bool) -> None:
    heading = "from_id,to_id,year,how\n"
    before = [people.stage("Person", "id,age\nann,1\n"), people.stage("Knows", heading + old)]
    added = people.stage("Knows", heading + new)
    extended = people.extend(people.build(*before), before, added)
    assert extended.answer["appended"] is appended
    _assert_same(extended, people.build(*before, added))


def test_new_rows_may_dangle(people: Workshop) -> None:
    before = [people.stage("Person", "id,age\nann,1\n")]
    added = people.stage("Knows", "from_id,to_id,year,how\nann,ann,1,b\nann,zoe,1,b\n")
    extended = people.extend(people.build(*before), before, added)
    assert extended.answer["appended"] is True
    _assert_same(extended, people.build(*before, added))


def test_foreign_keys_of_new_rows_are_followed(ledger: Workshop) -> None:
    before = [
        ledger.stage("Account", "bank,number\nA,1\n"),
        ledger.stage("Entry", "id,bank,number,amount\n1,A,1,1.00\n"),
    ]
    added = [
        ledger.stage("Entry", "id,bank,number,amount\n2,A,1,2.00\n3,B,1,3.00\n4,,,1.00\n"),
        ledger.stage("Account", "bank,number\nB,1\n"),
    ]
    extended = ledger.extend(ledger.build(*before), before, *added)
    assert extended.answer["appended"] is True
    _assert_same(extended, ledger.build(*before, *added))


Files = list[tuple[str, list[Row]]]

PEOPLE = st.sampled_from(["a", "b", "c", "d", "e", "f"])
NUMBERS = st.one_of(st.none(), st.integers(0, 1))
PERSONS = st.tuples(st.just("Person"), st.lists(st.tuples(PEOPLE, NUMBERS), max_size=4))
RELATIONSHIPS = st.tuples(
    st.sampled_from(["Knows", "Met"]),
    st.lists(st.tuples(PEOPLE, PEOPLE, st.integers(0, 1), st.sampled_from(["x", None])), max_size=4),
)
FILES = st.lists(st.one_of(PERSONS, RELATIONSHIPS), min_size=2, max_size=4)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES)
def test_a_few_files_one_after_the_other_make_the_graph_of_all(people: Workshop, files: Files) -> None:
    _assert_one_after_the_other(people, files)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES)
def test_any_files_one_after_the_other_make_the_graph_of_all(people: Workshop, files: Files) -> None:
    _assert_one_after_the_other(people, files)


def _assert_one_after_the_other(people: Workshop, files: Files) -> None:
    staged = [_staged(people, table, rows) for table, rows in files]
    current = people.build()
    for number, file in enumerate(staged):
        before = staged[:number]
        may_extend = bool(before) and current.answer["rows_rejected"] == 0
        current = people.extend(current, before, file) if may_extend else people.build(*before, file)
    _assert_same(current, people.build(*staged))
    assert current.graph == _model(files)


COLUMNS = {
    "Person": {"id": pa.string(), "age": pa.int64()},
    "Knows": {"from_id": pa.string(), "to_id": pa.string(), "year": pa.int64(), "how": pa.string()},
}


def _staged(people: Workshop, table: str, rows: list[Row]) -> StagedFile:
    columns = COLUMNS.get(table, COLUMNS["Knows"])
    path = people.new_directory() / "rows.parquet"
    arrays = [pa.array([row[index] for row in rows], kind) for index, kind in enumerate(columns.values())]
    pq.write_table(pa.table(dict(zip(columns, arrays, strict=True))), path)
    return StagedFile(f"file_{path.parent.name}", f"{table}.csv", table, path, len(rows))


def _model(files: Files) -> dict[str, list[Row]]:
    """The same graph by plain dictionaries, where the last to be written stays."""
    people: dict[object, Row] = {}
    knows: dict[Row, Row] = {}
    met: dict[Row, Row] = {}
    for table, rows in files:
        for row in rows:
            if table == "Person":
                people[row[0]] = row
            elif table == "Knows":
                knows[row] = row
            else:
                met[row[:3]] = row
    ends_known = {
        name: [row for row in found.values() if row[0] in people and row[1] in people]
        for name, found in (("Knows", knows), ("Met", met))
    }
    return {name: sorted(rows, key=repr) for name, rows in {"Person": [*people.values()], **ends_known}.items()}


def _assert_same(one: Built, other: Built) -> None:
    assert one.graph == other.graph
    assert one.counts == other.counts
    assert one.rejects == other.rejects
    for fact in ("rows_superseded", "rows_rejected", "rejects_by_rule"):
        assert one.answer[fact] == other.answer[fact]
