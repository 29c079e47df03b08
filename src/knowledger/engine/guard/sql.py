"""What SQL a user may run on staging tables: one SELECT over those tables. DuckDB itself parses it.

The statement is read from the tree that DuckDB's parser makes of it, so there is no second reading to disagree with.
Behind it stand the locked configuration and the sandbox.
"""

import json
from collections.abc import Iterator
from typing import cast

import duckdb

from knowledger.domain.graphs.reading import QueryError, StatementNotAllowed
from knowledger.engine.guard.functions import words
from knowledger.kernel.json import JsonObject, JsonValue

LONGEST_STATEMENT = 100_000

_TABLE_FUNCTIONS = words("unnest generate_series range repeat json_each json_tree")
_FORBIDDEN_FUNCTIONS = words(
    """
    getvariable getenv current_setting nextval currval setseed write_log query query_table json_execute_serialized_sql
    json_serialize_sql json_deserialize_sql json_serialize_plan read_text read_blob glob parse_duckdb_log_message
    in_search_path current_schemas current_query stats sleep_ms
    """
)
_SELECT_ONLY = "Send one SELECT over the staging tables; files and graphs are changed elsewhere."


def check_sql(connection: duckdb.DuckDBPyConnection, sql: str, tables: frozenset[str]) -> None:
    """Raises StatementNotAllowed, or QueryError where it cannot be parsed. `tables` in lower case."""
    if len(sql) > LONGEST_STATEMENT:
        raise StatementNotAllowed(f"The statement has {len(sql)} characters, {LONGEST_STATEMENT} are allowed.")
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        problem = "There is no statement." if not statements else "One statement at a time, please."
        raise StatementNotAllowed(problem, hint=_SELECT_ONLY)
    if statements[0].type is not duckdb.StatementType.SELECT:
        kind = statements[0].type.name.replace("_", " ")
        raise StatementNotAllowed(f"{kind} is not allowed.", hint=_SELECT_ONLY)
    tree = _parsed(connection, sql)
    known = tables | {name.lower() for name in _common_tables(tree)}
    for node in _nodes(tree):
        _check_table(node, known)
        _check_function(node)


def _parsed(connection: duckdb.DuckDBPyConnection, sql: str) -> JsonObject:
    [(text,)] = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchall()
    tree = cast(JsonObject, json.loads(text))
    if tree.get("error") is not False:
        raise QueryError(str(tree.get("error_message") or "This cannot be parsed."), hint=_SELECT_ONLY)
    return tree


def _nodes(tree: JsonValue) -> Iterator[JsonObject]:
    """Every object of the tree, without recursion: it is as deep as the user made it."""
    waiting: list[JsonValue] = [tree]
    while waiting:
        match waiting.pop():
            case dict() as node:
                yield node
                waiting.extend(node.values())
            case list() as items:
                waiting.extend(items)


def _common_tables(tree: JsonObject) -> Iterator[str]:
    """The names that WITH introduces. One that hides behind a table of ours is no danger: both are the user's."""
    for node in _nodes(tree):
        common = node.get("cte_map")
        if isinstance(common, dict) and isinstance(common.get("map"), list):
            for entry in cast("list[JsonObject]", common["map"]):
                yield str(entry["key"])


def _check_table(node: JsonObject, known: frozenset[str]) -> None:
    if node.get("type") != "BASE_TABLE":
        return
    place = [str(node.get(part) or "") for part in ("catalog_name", "schema_name", "table_name")]
    name = ".".join(part for part in place if part)
    if place[0] not in ("", "memory") or place[1] not in ("", "main") or place[2].lower() not in known:
        raise StatementNotAllowed(f"There is no table {name!r} here.", hint="`table list` shows the graph's tables.")


def _check_function(node: JsonObject) -> None:
    name = str(node.get("function_name") or "").lower()
    if name in _FORBIDDEN_FUNCTIONS or name.startswith(("pragma_", "duckdb_", "read_", "parquet_")):
        raise StatementNotAllowed(f"The function {name} is not allowed.", hint=_SELECT_ONLY)
    if node.get("type") == "TABLE_FUNCTION":
        function = cast(JsonObject, node.get("function") or {})
        name = str(function.get("function_name") or "").lower()
        if name not in _TABLE_FUNCTIONS:
            allowed = ", ".join(sorted(_TABLE_FUNCTIONS))
            raise StatementNotAllowed(f"FROM {name}(…) is not allowed.", hint=f"Allowed in FROM: {allowed}.")
