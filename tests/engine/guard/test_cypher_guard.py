"""What users may ask a graph. Every hostile statement is one line of the list, so that a new one is easy to add."""

import pytest

from knowledger.domain.graphs.reading import StatementNotAllowed
from knowledger.engine.guard.cypher import check_cypher

HOSTILE = [
    # writing
    "CREATE (:P {name: 'x'})",
    "create (:P)",
    "MERGE (:P {name: 'x'})",
    "MATCH (a:P) SET a.age = 1",
    "MATCH (a:P) SET a.age = 1 RETURN a",
    "MATCH (a:P) DELETE a",
    "MATCH (a:P) DETACH DELETE a",
    "MATCH (a:P) REMOVE a.age",
    "MATCH (a:P) WITH a CREATE (:P {name: a.name})",
    "MATCH (a:P)/**/SET/**/a.age=1",
    "MATCH (a:P) RETURN a UNION CREATE (:P)",
    "UNWIND [1] AS x CREATE (:P {age: x})",
    "UNWIND [1] AS x MERGE (:P {age: x})",
    "FOREACH (x IN [1] | CREATE (:P))",
    "WITH 1 AS AS CREATE (:P)",
    "WITH 1 AS AS WITH AS SET AS.x = 1 RETURN 1",
    "WITH 1 AS SET SET SET.x = 1 RETURN 1",
    "MATCH (a:P) WITH a.* SET a.age = 1 RETURN 1",
    "WITH 1 AS x\u00a0CREATE (:P)",
    "WITH 1 AS x\u2028CREATE (:P)",
    "WITH 1CREATE (:P)",
    "RETURN 1e5CREATE (:P)",
    "EXPLAIN CREATE (:P)",
    "PROFILE CREATE (:P)",
    "PROFILE MATCH (a:P) DELETE a",
    "EXPLAIN LOGICAL CREATE (:P)",
    # the schema, the files and the engine
    "CREATE NODE TABLE X(id INT64 PRIMARY KEY)",
    "CREATE REL TABLE X(FROM P TO P)",
    "CREATE MACRO f(x) AS x + 1",
    "CREATE SEQUENCE s",
    "CREATE USER mallory",
    "DROP TABLE P",
    "ALTER TABLE P ADD x INT64",
    "ALTER TABLE P RENAME TO Q",
    "COMMENT ON TABLE P IS 'x'",
    "ANALYZE",
    "USE other",
    "CREATE GRAPH g",
    "COPY P FROM '/etc/passwd'",
    "COPY P FROM (LOAD FROM '/etc/passwd' RETURN *)",
    "COPY (MATCH (a:P) RETURN a) TO '/tmp/out.csv'",
    "LOAD FROM '/etc/passwd' (file_format='csv') RETURN *",
    "load from '/etc/passwd' return *",
    "LOAD WITH HEADERS (a STRING) FROM '/etc/passwd' RETURN *",
    "MATCH (a:P) LOAD FROM '/etc/passwd' RETURN *",
    "MATCH (a:P) WITH a LOAD FROM 'x.csv' RETURN *",
    "LOAD EXTENSION '/tmp/evil.so'",
    "LOAD httpfs",
    "INSTALL httpfs",
    "FORCE INSTALL httpfs",
    "UNINSTALL httpfs",
    "UPDATE httpfs",
    "EXPORT DATABASE '/tmp/out'",
    "IMPORT DATABASE '/tmp/out'",
    "ATTACH '/other/graph.lbug' AS other (dbtype lbug)",
    "DETACH other",
    "CHECKPOINT",
    "BEGIN TRANSACTION",
    "BEGIN TRANSACTION READ ONLY",
    "COMMIT",
    "ROLLBACK",
    # CALL
    "CALL timeout=0",
    "CALL threads = 64",
    "call Timeout=0",
    "CALL/**/timeout=0",
    "CALL current_setting('home_directory') RETURN *",
    "CALL `current_setting`('threads') RETURN *",
    "CALL show_attached_databases() RETURN *",
    "CALL clear_warnings()",
    "CALL project_graph('g', ['P'], ['K'])",
    "CALL read_csv_parallel('/etc/passwd') RETURN *",
    "MATCH (a:P) CALL disk_info() RETURN *",
    "CALL show_tables",
    "CALL `show_tables`() RETURN *",
    "RETURN 1 AS CALL CALL timeout=0",
    # functions
    "RETURN getenv('HOME')",
    "RETURN current_setting('threads')",
    "RETURN `current_setting`('threads')",
    "RETURN `CURRENT_SETTING` ('threads')",
    "RETURN nextval('s')",
    "RETURN read_parquet('x')",
    "RETURN my_macro(1)",
    "RETURN setseed(0.5)",
    # several statements, and none
    "RETURN 1; RETURN 2",
    "RETURN 1;;",
    "RETURN 1; CREATE (:P)",
    "RETURN 1;CHECKPOINT",
    "RETURN 1 /* ; */; CHECKPOINT",
    "",
    " ",
    ";",
    "// nothing",
    "/* nothing */",
    # what the engine's lexer would read otherwise
    "RETURN 1 /***/ CREATE (:P) /* */",
    "RETURN 1 /* **/ */ CREATE (:P)",
    "RETURN 1 /*",
    "RETURN 1 // x\rCREATE (:P)",
    "RETURN 'a\\q' CREATE (:P) '",
    "RETURN 'a",
    'RETURN "a',
    "RETURN `a",
    "RETURN 'a\\' CREATE (:P)",
    "RETURN 'a\0b'",
    "RETURN 1\0",
    "RETURN 1 \u037e CREATE (:P)",
    "MATCH (a)\u2010[*]\u2010(b) RETURN a",
    "MATCH (a)\uff0d[*]\uff0d(b) RETURN a",
    "MATCH (a)-[*]-\uff1e(b) RETURN a",
    "\uff23REATE (:P)",
    "RETURN $`x`",
    "RETURN $",
    "RETURN # comment",
    "RETURN 1 @ 2",
    # paths without an end
    "MATCH (a)-[*]->(b) RETURN a",
    "MATCH (a)-[r*]->(b) RETURN a",
    "MATCH (a)-[:K*]->(b) RETURN a",
    "MATCH (a)-[r:K|L*2..]->(b) RETURN a",
    "MATCH (a)-[r:K*..]->(b) RETURN a",
    "MATCH (a)-[r:K*1..11]->(b) RETURN a",
    "MATCH (a)-[r:K*30]->(b) RETURN a",
    "MATCH (a)-[r:K*1..99999999999999999999]->(b) RETURN a",
    "MATCH (a)-[* SHORTEST]->(b) RETURN a",
    "MATCH (a)-[* ALL SHORTEST 1..20]->(b) RETURN a",
    "MATCH (a)-[* WSHORTEST(amt) 1..20]->(b) RETURN a",
    "MATCH (a)-[* TRAIL]->(b) RETURN a",
    "MATCH (a)-[:K* (r, n | WHERE r.amt > 1)]->(b) RETURN a",
    "MATCH (a)- /* x */ [:`a]b`*]->(b) RETURN a",
    "MATCH (a)<-[*]-(b) RETURN a",
    "MATCH (a)-[:K*1..3]->(b)-[*]->(c) RETURN a",
    "MATCH (a:P) WHERE EXISTS { MATCH (a)-[*]->(b) } RETURN a",
    "MATCH (a) RETURN COUNT { MATCH (a)-[*2..]->(b) }",
    # brackets
    "RETURN (1",
    "RETURN 1)",
    "RETURN [1)",
    "RETURN " + "(" * 3000 + "1" + ")" * 3000,
    "RETURN '" + "x" * 200_000 + "'",
    # other dialects
    "CYPHER 25 MATCH (n) RETURN n",
    "SHOW TABLES",
    "FINISH",
    "PRAGMA x",
    "SELECT 1",
]

LEGITIMATE = [
    "RETURN 1",
    "RETURN 1;",
    " \n RETURN 1 ; // done",
    "MATCH (a:P) RETURN a",
    "match (a:P) where a.name = $name return a.age order by a.age desc skip 1 limit $n",
    "MATCH (a:P {name: $name})-[r:K]->(b) RETURN a, r, b",
    "OPTIONAL MATCH (a:P)<-[r:K|L]-(b:Q) RETURN count(*) AS n",
    "MATCH (a)-[:K*1..3]->(b) RETURN count(DISTINCT b)",
    "MATCH (a)-[r:K*2]->(b) RETURN b",
    "MATCH (a)-[:K*..10]->(b) RETURN b",
    "MATCH p = (a)-[* SHORTEST 1..4]->(b) RETURN p, length(p)",
    "MATCH p = (a)-[* ALL SHORTEST 1..4]->(b) RETURN nodes(p), rels(p)",
    "MATCH (a)-[e:K* WSHORTEST(amt) 1..4]->(b) RETURN cost(e)",
    "MATCH (a)-[:K*1..2 (r, n | WHERE r.amt > 1)]->(b) RETURN b",
    "MATCH (a:P) WHERE (a)-[:K]->() RETURN a",
    "MATCH (a:P) WHERE NOT EXISTS { MATCH (a)-[:K]->(b) WHERE b.age > 1 } RETURN a",
    "MATCH (a:P) RETURN COUNT { MATCH (a)-[]->(b) } AS x",
    "MATCH (a:P) WITH a.name AS name, sum(a.amt) AS total WHERE total > 5 RETURN name, total",
    "UNWIND $rows AS row MATCH (a:P {name: row.name}) RETURN a.age, row.x",
    "UNWIND range(1, 10) AS x RETURN x * 2 AS y UNION ALL RETURN 3 AS y",
    "MATCH (a:P) RETURN CASE WHEN a.age > 1 THEN 'old' ELSE 'new' END AS how",
    "MATCH (a:P) WHERE a.name STARTS WITH ('a') AND a.name CONTAINS 'b' OR a.name =~ '.*c' RETURN a.name",
    "MATCH (a:P) WHERE a.born >= date('2020-01-01') AND a.at < timestamp($t) RETURN a",
    "RETURN CAST('1.5' AS DECIMAL(10, 2)) AS d, {a: 1, b: [1, 2]} AS s, map(['k'], [1]) AS m",
    "RETURN list_transform([1, 2], x -> x + 1) AS l, all(x IN [1] WHERE x > 0) AS ok",
    "RETURN [1, 2, 3][1:2] AS part, 3 - [1, 2][1] AS n, 2 ^ 3 % 5 AS p",
    "RETURN 'CREATE (:P); DELETE' AS text, \"it's // fine\" AS other, 'a\\u0041\\'b' AS escaped",
    "RETURN 1 AS `CREATE`, 2 AS `a``b`",
    "MATCH (a:`Load`)-[:`SET`]->(b) RETURN a.`delete`",
    "MATCH (a:P) RETURN a.set, a.load, a.call, {set: 1, delete: 2} AS s",
    "MATCH (a:Load)-[:SET]->(b:Call) RETURN a",
    "MATCH (a:P) /* all of them; DELETE nothing */ RETURN a // SET in a comment\n",
    "CALL show_tables() RETURN *",
    "CALL table_info('P') RETURN name, type",
    "CALL show_connection('K') RETURN *",
    "CALL show_tables() WHERE type = 'NODE' RETURN name",
    "EXPLAIN MATCH (a:P) RETURN a",
    "EXPLAIN LOGICAL MATCH (a:P) RETURN a",
    "PROFILE MATCH (a:P) RETURN count(*)",
    "MATCH (größe:P) RETURN größe.name AS ähnlich",
    "MATCH (a:P) RETURN a.name AS type, a.age AS key, a.amt AS comment, a.w AS user",
    "MATCH (a:P), (b:P) WHERE a.age <> b.age AND a.age <= 3 RETURN a.name + b.name",
    "RETURN 1.5e3, .5, -2, 10!",
]


@pytest.mark.parametrize("statement", HOSTILE)
def test_a_statement_that_does_more_than_read_is_refused(statement: str) -> None:
    with pytest.raises(StatementNotAllowed) as refused:
        check_cypher(statement)
    assert refused.value.message.startswith("Line ")
    assert refused.value.hint


@pytest.mark.parametrize("statement", LEGITIMATE)
def test_a_statement_that_reads_passes(statement: str) -> None:
    assert check_cypher(statement).text == statement


def test_a_refusal_names_the_word_its_place_and_the_remedy() -> None:
    with pytest.raises(StatementNotAllowed) as refused:
        check_cypher("MATCH (a:P)\n  SET a.age = 1")
    assert refused.value.message == "Line 2, column 3: SET is not allowed"
    assert refused.value.details == {"line": 2, "column": 3}
    assert refused.value.hint is not None
    assert "`SET`" in refused.value.hint


def test_the_parameters_of_a_statement_are_known() -> None:
    checked = check_cypher("MATCH (a {name: $name}) WHERE a.age > $1 AND a.x = '$text' RETURN a // $comment")
    assert checked.parameters == {"name", "1"}
