"""The document says what the routes do."""

from typing import Any

import pytest
from fastapi import FastAPI


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_every_operation_shows_its_role_and_how_to_authenticate(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert operation["x-min-role"] in {"public", "user", "viewer", "member", "admin", "operator"}, name
        schemes = [scheme for wanted in operation["security"] for scheme in wanted]
        assert schemes == ([] if operation["x-min-role"] == "public" else ["apiKey", "bearer", "session"]), name


def test_every_path_parameter_is_declared(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        declared = [item["name"] for item in operation.get("parameters", ()) if item["in"] == "path"]
        assert all(f"{{{parameter}}}" in name for parameter in declared), name
        assert name.count("{") == len(declared), name


def test_every_operation_has_an_id_of_its_own(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for operation in operations(document).values()]
    assert len(ids) == len(set(ids))


def test_errors_have_the_one_shape(document: dict[str, Any]) -> None:
    responses = operations(document)["DELETE /v1/orgs/{org_id}/members/{user_id}"]["responses"]
    shapes = {
        status: response["content"]["application/json"]["schema"]
        for status, response in responses.items()
        if status != "204"
    }
    assert shapes == {status: {"$ref": "#/components/schemas/Error"} for status in ("401", "403", "404", "422")}
    assert "HTTPValidationError" not in document["components"]["schemas"]
