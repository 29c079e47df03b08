"""Every route, from the OpenAPI document."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from knowledger.api.app import ROUTERS
from knowledger.api.openapi import complete_document
from pages.markdown import code, notice, single_spaced, table

_HEAD = """# Routes

Each with the least role that may call it: `public`, any signed-in `user`, or a `viewer`, `member` or `admin` of the
organization that owns what the path names; an `operator` is an admin of the deployment's first organization. What is
not yours is answered like what is not there: 404. `/openapi.json` of a running server says the same for programs, and
[the wire](../wire.md) what all routes have in common.

"""
_NOUNS = {
    "probes": "Probes",
    "auth": "Signing in",
    "user": "You and your keys",
    "organizations": "Organizations",
    "graphs": "Graphs and schemas",
    "subgraphs": "Subgraphs",
    "files": "Files",
    "tables": "Tables and materialization",
    "query": "Queries",
    "backups": "Backups",
    "operations": "Operations and events",
    "agent": "Agents, conversations and models",
    "mcp": "MCP",
    "repositories": "Repositories",
    "connections": "Connections",
    "billing": "Billing",
    "webhooks": "Webhooks",
    "pipelines": "Pipelines",
}

_ANY_JSON = "JsonValue"

Json = dict[str, Any]


def page() -> str:
    document = openapi()
    lines = [*_overview(document), *_details(document), *_shapes(document)]
    return notice("the API's routes") + _HEAD + single_spaced(lines)


def openapi() -> Json:
    app = FastAPI(title="Knowledger", version="0")
    for router in ROUTERS:
        app.include_router(router)
    return complete_document(app)


def _operations(document: Json, noun: str) -> Iterator[tuple[str, Json]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if operation["tags"] == [noun]:
                yield f"{method.upper()} {path}", operation


def _overview(document: Json) -> Iterator[str]:
    for noun, title in _NOUNS.items():
        yield from (f"## {title}", "")
        rows = (
            (
                f"[`{name}`](#{_anchor(name)})",
                operation["x-min-role"],
                _first(operation["description"]),
            )
            for name, operation in _operations(document, noun)
        )
        yield from table(("route", "role", "what it does"), rows)


def _details(document: Json) -> Iterator[str]:
    yield from ("## Each route", "")
    for noun in _NOUNS:
        for name, operation in _operations(document, noun):
            yield from (f"### {code(name)} {{ #{_anchor(name)} }}", "", operation["description"], "")
            yield from (f"Role: {operation['x-min-role']}.", "")
            yield from _parameters(operation)
            yield from _body(operation)
            yield from (_answer(operation), "")


def _parameters(operation: Json) -> Iterator[str]:
    given = [item for item in operation.get("parameters", ()) if item["in"] != "path"]
    if given:
        rows = (
            (code(item["name"]), item["in"], _type(item["schema"]), _default(item), item.get("description", ""))
            for item in given
        )
        yield from table(("parameter", "in", "type", "default", "what it says"), rows)


def _default(item: Json) -> str:
    default = item["schema"].get("default")
    return "required" if item.get("required") else "" if default is None else code(_json(default))


def _body(operation: Json) -> Iterator[str]:
    body = operation.get("requestBody")
    if body is None:
        return
    [(media_type, content)] = body["content"].items()
    shape = _type(content["schema"]) if media_type == "application/json" else body["description"]
    yield from (f"Body, {code(media_type)}: {shape}.", "")


def _answer(operation: Json) -> str:
    status, answer = next((status, item) for status, item in operation["responses"].items() if status.startswith("2"))
    content = answer.get("content", {})
    shapes = [_type(item["schema"]) for item in content.values() if item.get("schema")]
    what = shapes[0] if shapes and shapes[0] != "any" else ", ".join(code(media_type) for media_type in content)
    phrase = f"{status} {HTTPStatus(int(status)).phrase}"
    return f"Answers {phrase}: {what}." if what else f"Answers {phrase}."


def _shapes(document: Json) -> Iterator[str]:
    yield from ("## Shapes", "", "Fields marked * are always given (in an answer) or needed (in a body).", "")
    shapes = sorted(document["components"]["schemas"].items())
    for name, schema in ((name, schema) for name, schema in shapes if not name.startswith(_ANY_JSON)):
        yield from (f"### {name}", "", _whole(schema.get("description", "")), "")
        if "properties" in schema:
            required = schema.get("required", ())
            rows = (
                (code(field) + (" *" if field in required else ""), _type(item), _says(item))
                for field, item in schema["properties"].items()
            )
            yield from table(("field", "type", "what it says"), rows)
        else:
            yield from (_type(schema), "")


def _says(item: Json) -> str:
    default = item.get("default")
    given = "" if default in (None, "", [], {}) else f"Default {code(_json(default))}."
    return f"{item.get('description', '')} {given}".strip()


def _type(schema: Json) -> str:
    match schema:
        case {"$ref": str(ref)}:
            name = ref.rpartition("/")[2]
            return "JSON" if name.startswith(_ANY_JSON) else f"[{name}](#{name.lower()})"
        case {"anyOf": list(options)} | {"oneOf": list(options)}:
            return " or ".join(dict.fromkeys(_type(item) for item in options))
        case {"allOf": [only]}:
            return _type(only)
        case {"enum": list(values)}:
            return ", ".join(code(str(value)) for value in values)
        case {"const": value}:
            return code(str(value))
        case {"type": "array", "items": dict(item)}:
            return f"list of {_type(item)}"
        case {"type": "object", "additionalProperties": dict(item)} if item:
            return f"object of {_type(item)}"
        case {"type": str(kind), "format": str(format_)}:
            return f"{kind} ({format_})"
        case {"type": [*kinds]}:
            return " or ".join(kinds)
        case {"type": str(kind)}:
            return kind
    return "any"


def _json(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _anchor(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")


def _first(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


def _whole(text: str) -> str:
    return " ".join(text.split())
