"""A route without a declared role cannot come to be."""

import pytest
from fastapi import APIRouter, FastAPI

from knowledger.api.access import PUBLIC, AsAdmin, AsViewer, Router
from knowledger.api.app import refuse_unguarded_routes


def test_a_route_without_a_role_is_refused() -> None:
    router = Router(tags=["x"])
    with pytest.raises(TypeError, match=r"/v1/open declares 0 minimal roles"):
        router.get("/open")(lambda: None)


def test_a_route_with_two_roles_is_refused() -> None:
    router = Router(tags=["x"])

    def both(one: AsViewer, other: AsAdmin) -> None:
        return None

    with pytest.raises(TypeError, match=r"/v1/both declares 2 minimal roles"):
        router.get("/both")(both)


def test_a_route_of_another_router_is_refused() -> None:
    app = FastAPI()
    plain = APIRouter()
    plain.get("/plain", dependencies=[PUBLIC])(lambda: None)
    app.include_router(plain)
    with pytest.raises(TypeError, match="/plain has no minimal role"):
        refuse_unguarded_routes(app)
