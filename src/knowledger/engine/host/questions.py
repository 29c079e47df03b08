"""What the API asks a host, checked, and turned into what a reader is asked."""

import json
from dataclasses import dataclass
from typing import cast

from knowledger.domain.graphs.reading import AnswerFormat
from knowledger.engine.guard.cypher import check_cypher
from knowledger.engine.host.pool import GraphFile
from knowledger.kernel.errors import InvalidInput
from knowledger.kernel.json import JsonObject, JsonValue


@dataclass(frozen=True)
class GraphAsk:
    file: GraphFile
    question: bytes
    timeout_s: float


@dataclass(frozen=True)
class TablesAsk:
    """`links` are file ids and the keys of their objects."""

    question: JsonObject
    links: dict[str, str]
    timeout_s: float


def graph_ask(body: JsonObject) -> GraphAsk:
    """Raises StatementNotAllowed, InvalidInput."""
    try:
        statement, graph_id = str(body["query"]), str(body["graph_id"])
        generation_id, timeout_s = str(body["generation_id"]), _seconds(body)
        question: JsonObject = {
            "statement": statement,
            "parameters": _object(body["parameters"]),
            **_limits(body),
            "timeout_ms": int(timeout_s * 1000),
            "labels": {"graph_id": graph_id, "generation_id": generation_id},
        }
        object_key = str(body["object_key"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("The question to the graph host is malformed.") from error
    check_cypher(statement)
    return GraphAsk(GraphFile(graph_id, generation_id, object_key), json.dumps(question).encode(), timeout_s)


def tables_ask(body: JsonObject) -> TablesAsk:
    """Raises InvalidInput."""
    try:
        timeout_s, links, tables = _seconds(body), dict[str, str](), list[JsonValue]()
        for table in cast("list[JsonObject]", body["tables"]):
            files = cast("list[JsonObject]", table["files"])
            links |= {_file_id(file): str(file["object_key"]) for file in files}
            names: list[JsonValue] = [_file_id(file) + ".parquet" for file in files]
            tables.append({"name": table["name"], "columns": table["columns"], "files": names})
        question: JsonObject = {
            "sql": str(body["sql"]),
            "parameters": body["parameters"],
            "tables": tables,
            "timeout_s": timeout_s,
            **_limits(body),
            "labels": {"graph_id": str(body["graph_id"])},
        }
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("The question to the graph host is malformed.") from error
    return TablesAsk(question, links, timeout_s)


def _limits(body: JsonObject) -> JsonObject:
    return {
        "format": AnswerFormat(str(body["format"])).value,
        "max_rows": int(str(body["max_rows"])),
        "max_bytes": int(str(body["max_bytes"])),
    }


def _seconds(body: JsonObject) -> float:
    seconds = float(str(body["timeout_s"]))
    if not 0 < seconds < 86400:
        raise ValueError("a timeout lies between nothing and a day")
    return seconds


def _object(value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise TypeError("parameters are an object")
    return value


def _file_id(file: JsonObject) -> str:
    file_id = str(file["file_id"])
    if not file_id.replace("_", "").isalnum():
        raise ValueError("a file id has letters, digits and _")
    return file_id
