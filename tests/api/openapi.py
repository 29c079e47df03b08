"""Reads an OpenAPI document as a list of requests to make."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from knowledger.kernel.json import JsonObject, JsonValue

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """One operation of the document. `body` is the least JSON that its schema takes; None where it takes none."""

    method: str
    path: str
    min_role: str
    body: JsonValue
    query: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    @property
    def ids_in_body(self) -> dict[str, str]:
        """The body's fields that hold lists of ids, such as `file_ids`, with what one of them is called."""
        names = self.body if isinstance(self.body, dict) else ()
        return {name: name.removesuffix("s") for name in names if name.endswith("_ids")}


def routes_of(document: dict[str, Any]) -> Iterator[Route]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield _route(document, path, method, item[method])


def _route(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Route:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    required = [item for item in operation.get("parameters", ()) if item["in"] == "query" and item["required"]]
    return Route(
        method=method.upper(),
        path=path,
        min_role=operation["x-min-role"],
        body=None if content is None else sample(document, content["schema"]),
        query={item["name"]: str(sample(document, item["schema"])) for item in required},
    )


def sample(document: dict[str, Any], schema: dict[str, Any]) -> JsonValue:
    """The least value that a schema takes."""
    if "$ref" in schema:
        return sample(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for fixed in ("const", "default"):
        if fixed in schema:
            value: JsonValue = schema[fixed]
            return value
    for choice in ("enum", "examples"):
        if schema.get(choice):
            return cast(JsonValue, schema[choice][0])
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return sample(document, schema[choice][0])
    return _sample_of_type(document, schema)


def _sample_of_type(document: dict[str, Any], schema: dict[str, Any]) -> JsonValue:
    match schema.get("type"):
        case "object":
            wanted: list[str] = schema.get("required", [])
            body: JsonObject = {name: sample(document, schema["properties"][name]) for name in wanted}
            return body
        case "array":
            return [sample(document, schema["items"]) for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return cast(JsonValue, schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1))
        case "boolean":
            return False
        case "string" if schema.get("format") == "email":
            return "somebody@example.org"
        case "string":
            shortest: int = schema.get("minLength", 1)
            return "x" * max(1, shortest)
        case _:
            return None
