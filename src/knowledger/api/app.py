"""The application: its routes, its one error shape, its boundary and the web page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

import knowledger
from knowledger.api import (
    agents,
    auth,
    backups,
    condition,
    connections,
    conversations,
    deleted,
    extensions,
    files,
    graphs,
    inference,
    mcp,
    models,
    oauth,
    operations,
    organizations,
    pipelines,
    probes,
    queries,
    repositories,
    responses,
    subgraphs,
    tables,
    users,
)
from knowledger.api.access import GuardedRoute, Router
from knowledger.api.billing import credit, invoices, plans, subscriptions, usage, webhooks
from knowledger.api.dagster_page import MOUNTED_AT, DagsterPage, to_the_page
from knowledger.api.deps import ApiDeps
from knowledger.api.errors import handle_errors
from knowledger.api.observe import ObservedRequests, RequestMetrics
from knowledger.api.openapi import DocumentedApi
from knowledger.api.page import Page

NOUNS = (
    queries,  # first what is asked for most, because routes are tried in this order
    operations,
    extensions,  # before graphs, whose `/graphs/{graph_id}` would take `/graphs/extensions` for a graph
    graphs,
    files,
    tables,
    probes,
    auth,
    users,
    organizations,
    deleted,
    condition,
    connections,
    subgraphs,
    inference,
    agents,
    mcp,
    oauth,
    conversations,
    responses,
    models,
    repositories,
    backups,
    pipelines,
    plans,
    subscriptions,
    invoices,
    credit,
    usage,
    webhooks,
)
ROUTERS: tuple[Router, ...] = tuple(noun.router for noun in NOUNS)


def create_app(deps: ApiDeps) -> FastAPI:
    return equipped(assembled(), deps)


def assembled() -> FastAPI:
    """All routes, with nothing to work with yet. Fails when one declares no minimal role."""
    app = DocumentedApi(
        title="Knowledger",
        version=knowledger.__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=_life,
    )
    app.state.metrics = RequestMetrics()
    app.add_middleware(ObservedRequests, metrics=app.state.metrics)
    handle_errors(app)
    for router in ROUTERS:
        app.include_router(router)
    refuse_unguarded_routes(app)
    return app


def equipped(app: FastAPI, deps: ApiDeps) -> FastAPI:
    app.state.deps = deps
    app.router.add_route(MOUNTED_AT, to_the_page)
    app.mount(MOUNTED_AT, DagsterPage(deps.settings))
    if deps.web is not None:
        app.mount("/", Page(deps.web))
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    deps: ApiDeps = app.state.deps
    deps.hub.start()
    app.state.mcp = mcp.McpDoor(deps.settings)
    yield
    await app.state.mcp.close()
    await deps.hub.close()
    await deps.lookups.close()
    await deps.reader.close()


def refuse_unguarded_routes(app: FastAPI) -> None:
    """Raises TypeError for a route that came by another way than a `Router`."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and not isinstance(route, GuardedRoute):
            raise TypeError(f"{context.path} has no minimal role: declare it on a Router.")
