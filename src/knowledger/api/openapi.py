"""What FastAPI's own OpenAPI document does not say: how to authenticate, and the one shape of errors."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from knowledger.api.access import SESSION_COOKIE

_DESCRIPTION = """
Graphs from financial files. Long work answers `202` with an operation to follow.

Authenticate with `X-API-Key` or `Authorization: Bearer`. Every operation says in `x-min-role` who may call it:
`public`, any `user`, or a `viewer`, `member` or `admin` of the organization that owns what the path names. Where the
path names nothing, an API key acts in its own organization, a browser in the one that the header `X-Organization-Id`
names, or else in the first that its user joined. What is foreign is answered like what is missing: 404.
"""
_ERROR = {"$ref": "#/components/schemas/Error"}
_SCHEMES = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer", "description": "The same API key."},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
}
_ERROR_SCHEMA = {
    "type": "object",
    "required": ["error", "detail"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "hint", "retryable"],
            "properties": {
                "code": {"type": "string", "description": "A stable name, such as `GraphNotFound`."},
                "message": {"type": "string"},
                "hint": {"type": ["string", "null"], "description": "What you can do about it."},
                "retryable": {"type": "boolean"},
                "operation_id": {"type": "string"},
                "details": {"type": "object"},
            },
        },
        "detail": {"type": "string", "description": "The message again."},
    },
}
_REASONS = {
    "401": "No valid credential.",
    "403": "Yours, but your role or key does not allow it.",
    "404": "Not there, or not yours.",
    "422": "Malformed; `details.problems` names each place.",
}


class DocumentedApi(FastAPI):
    """An application whose document is complete; it is made when first asked for, with all routes there."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = complete_document(self)
        return self.openapi_schema


def complete_document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes)
    components = document.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    schemas = components.setdefault("schemas", {})
    schemas["Error"] = _ERROR_SCHEMA
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for path, item in document["paths"].items():
        for operation in item.values():
            _complete(operation, path)
    return document


def _complete(operation: dict[str, Any], path: str) -> None:
    protected = operation["x-min-role"] != "public"
    operation["security"] = [{name: []} for name in _SCHEMES] if protected else []
    takes_input = "422" in operation["responses"]
    statuses = {"401": protected, "403": protected, "404": protected and "{" in path, "422": takes_input}
    for status in (status for status, possible in statuses.items() if possible):
        operation["responses"][status] = {
            "description": _REASONS[status],
            "content": {"application/json": {"schema": _ERROR}},
        }
