"""Queries: Cypher on a graph's current generation, SQL on its staging tables, in the format that `Accept` asks for."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from knowledger.api.abandon import while_awaited
from knowledger.api.access import AsViewer, Router
from knowledger.api.deps import Deps
from knowledger.api.transaction import reading
from knowledger.domain.graphs.catalogue import find_graph
from knowledger.domain.graphs.reading import (
    AnswerFormat,
    QueryAnswer,
    QueryLimits,
    QueryRequest,
    SqlRequest,
)
from knowledger.domain.tables.overview import overview, sql_tables
from knowledger.kernel.errors import Conflict, InvalidInput, LimitExceeded
from knowledger.kernel.json import JsonObject, JsonValue
from knowledger.settings import Settings

router = Router(tags=["query"])

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The rows, in the format asked for",
        "content": {format_.media_type: {} for format_ in AnswerFormat},
    }
}
Accept = Annotated[str | None, Header(description=f"One of {', '.join(item.media_type for item in AnswerFormat)}")]


class GraphEmpty(Conflict):
    """The graph has no generation to query yet."""

    hint = "Load files and materialize the graph first."


class NotAcceptable(InvalidInput):
    """No format that was asked for can be given."""

    status = 406


class AnswerTooLarge(LimitExceeded):
    """The answer has more rows or bytes than a query may return."""

    hint = "Ask for less (a LIMIT, a narrower MATCH), or for JSON, which says `truncated` and keeps what fits."


class CypherBody(BaseModel):
    """One statement that reads. `timeout` is in seconds and at most the server's own limit."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(min_length=1, max_length=100_000)
    parameters: JsonObject | None = None
    timeout: float | None = Field(default=None, gt=0)


class SqlBody(BaseModel):
    """One SELECT; parameters by position or by name."""

    model_config = ConfigDict(extra="forbid")

    sql: str = Field(min_length=1, max_length=100_000)
    parameters: JsonObject | list[JsonValue] | None = None
    timeout: float | None = Field(default=None, gt=0)


@router.post("/graphs/{graph_id}/query", response_class=Response, responses=ANSWERS)
async def query(
    graph_id: str, body: CypherBody, request: Request, access: AsViewer, deps: Deps, accept: Accept = None
) -> Response:
    """Run a Cypher statement that reads on the graph's current generation."""
    if access.graph_file is None:
        raise GraphEmpty
    generation_id, object_key = access.graph_file
    format_ = _format(accept)
    question = QueryRequest(
        graph_id=graph_id,
        generation_id=generation_id,
        object_key=object_key,
        query=body.query,
        parameters=body.parameters or {},
        format=format_,
        limits=_limits(deps.settings, body.timeout),
    )
    return await _streamed(await while_awaited(request, deps.reader.query(question)), format_)


@router.post("/graphs/{graph_id}/tables/query", response_class=Response, responses=ANSWERS)
async def sql(
    graph_id: str, body: SqlBody, request: Request, access: AsViewer, deps: Deps, accept: Accept = None
) -> Response:
    """Run one SELECT on the graph's staging tables, which hold what is staged whether materialized or not."""
    format_ = _format(accept)

    def tables(session: Session) -> SqlRequest:
        return SqlRequest(
            graph_id=graph_id,
            tables=sql_tables(overview(session, find_graph(session, graph_id))),
            sql=body.sql,
            parameters=body.parameters or {},
            format=format_,
            limits=_limits(deps.settings, body.timeout),
        )

    question = await reading(deps, tables)
    return await _streamed(await while_awaited(request, deps.reader.sql(question)), format_)


def _format(accept: str | None) -> AnswerFormat:
    """The first format in `Accept` that there is; JSON where it leaves the choice to us."""
    asked = [item.partition(";")[0].strip() for item in (accept or "*/*").split(",")]
    for media_type in asked:
        if media_type in ("*/*", "application/*"):
            return AnswerFormat.JSON
        if (format_ := AnswerFormat.for_media_type(media_type)) is not None:
            return format_
    raise NotAcceptable(hint=f"There are {', '.join(item.media_type for item in AnswerFormat)}.")


def _limits(settings: Settings, timeout_s: float | None) -> QueryLimits:
    timeout = min(timedelta(seconds=timeout_s), settings.query_timeout) if timeout_s else settings.query_timeout
    return QueryLimits(timeout, settings.query_max_rows, settings.query_max_bytes)


async def _streamed(answer: QueryAnswer, format_: AnswerFormat) -> Response:
    """A small answer at once, a large one as it comes. Raises AnswerTooLarge."""
    if not answer.is_whole:
        return StreamingResponse(_chunks(answer, format_), media_type=answer.media_type)
    body = await answer.read()
    _require_complete(answer, format_)
    return Response(body, media_type=answer.media_type)


async def _chunks(answer: QueryAnswer, format_: AnswerFormat) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.chunks():
            yield chunk
        _require_complete(answer, format_)
    finally:
        await answer.close()


def _require_complete(answer: QueryAnswer, format_: AnswerFormat) -> None:
    """Only JSON has a place to say that it was cut; in any other format half an answer would pass for a whole one."""
    if format_ is not AnswerFormat.JSON and answer.end is not None and answer.end.truncated:
        raise AnswerTooLarge
