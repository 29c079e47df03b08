"""Questions by OpenAI's Responses API: set a client's `base_url` to `/v1/graphs/{graph_id}` and ask."""

from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from knowledger.api.access import AsAsker, AsViewer, Router
from knowledger.api.agents import STREAM, submitted
from knowledger.api.deps import Deps
from knowledger.api.dialects.bodies import ResponsesBody
from knowledger.api.dialects.openai import OpenAiEncoder
from knowledger.api.dialects.streams import dialect_stream
from knowledger.api.graphs import IdempotencyKey
from knowledger.api.transaction import Transaction, reading
from knowledger.domain.agents.asking import conversation_of
from knowledger.domain.operations.cancel import cancel
from knowledger.domain.operations.errors import OperationNotFound
from knowledger.domain.operations.history import events_after, find_operation
from knowledger.kernel.json import JsonObject
from knowledger.models.operations import Operation

router = Router(tags=["agent"])

_PAGE = 500


@router.post("/graphs/{graph_id}/responses", response_class=JSONResponse, responses=STREAM)
def create(
    graph_id: str,
    body: ResponsesBody,
    access: AsAsker,
    transaction: Transaction,
    deps: Deps,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Ask a graph. With `stream` the answer comes live; else ask for the response again, as of one in `background`."""
    command = body.command
    if body.previous_response_id is not None:
        before = find_operation(transaction, access.organization_id, body.previous_response_id, access.graph_ids)
        command = command.model_copy(update={"conversation_id": conversation_of(transaction, before.id), "history": ()})
    operation = submitted(transaction, graph_id, command, access, deps, idempotency_key)
    if body.stream:
        return dialect_stream(deps, operation.id, OpenAiEncoder())
    return JSONResponse(_response(transaction, operation))


@router.get("/graphs/{graph_id}/responses/{operation_id}", response_class=JSONResponse, responses=STREAM)
async def retrieve(
    graph_id: str,
    operation_id: str,
    access: AsViewer,
    deps: Deps,
    stream: bool = False,
    starting_after: Annotated[int | None, Query(ge=0, description="The last sequence_number that came")] = None,
) -> Response:
    """A response as it stands; with `stream` what follows `starting_after`, live."""

    def look(session: Session) -> JsonObject:
        return _response(session, _found(session, access.organization_id, graph_id, operation_id))

    response = await reading(deps, look)
    if not stream:
        return JSONResponse(response)
    leave_out = 0 if starting_after is None else starting_after + 1
    return dialect_stream(deps, operation_id, OpenAiEncoder(), leave_out=leave_out)


@router.post("/graphs/{graph_id}/responses/{operation_id}/cancel", response_class=JSONResponse)
def cancel_response(graph_id: str, operation_id: str, access: AsAsker, transaction: Transaction) -> Response:
    """Ask a response to end. One that has ended stays as it is."""
    operation = _found(transaction, access.organization_id, graph_id, operation_id)
    if operation.ended_at is None:
        cancel(transaction, operation)
    return JSONResponse(_response(transaction, operation))


def _found(session: Session, organization_id: str, graph_id: str, operation_id: str) -> Operation:
    operation = find_operation(session, organization_id, operation_id)
    if operation.graph_id != graph_id:
        raise OperationNotFound
    return operation


def _response(session: Session, operation: Operation) -> JsonObject:
    """The response so far: what the events come to."""
    encoder, seen = OpenAiEncoder(), 0
    while page := events_after(session, operation.id, seen, _PAGE):
        for event in page:
            encoder.encode(event.type, event.data)
        seen = page[-1].seq
    return encoder.response
