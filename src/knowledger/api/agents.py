"""Questions: ask a graph, and follow the answer, in our own words or in those of another project's client."""

from contextlib import suppress
from functools import partial
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import Header, Query, Response
from pydantic import Discriminator, Field, Tag, model_validator
from sqlalchemy.orm import Session

from knowledger.api.access import AsAsker, AsViewer, Router
from knowledger.api.answers import Submitted
from knowledger.api.deps import ApiDeps, Deps
from knowledger.api.dialects.ag_ui import AgUiEncoder
from knowledger.api.dialects.bodies import AgUiBody, AiSdkBody
from knowledger.api.dialects.streams import Dialect, DialectOption, dialect_stream, own_stream
from knowledger.api.graphs import IdempotencyKey
from knowledger.api.live.stream import OnLeave
from knowledger.api.shapes import Answer, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.agents.asking import LONGEST_QUESTION, MOST_HISTORY, Analyze, PastMessage, request_analysis
from knowledger.domain.agents.choice import chosen_model, rate_of
from knowledger.domain.agents.modes import Mode
from knowledger.domain.agents.purse import worst_case
from knowledger.domain.graphs.catalogue import find_graph
from knowledger.domain.operations.cancel import cancel
from knowledger.domain.operations.errors import OperationFinished
from knowledger.domain.tenancy.access import Access
from knowledger.models.operations import Operation

router = Router(tags=["agent"])


OnDisconnect = Annotated[
    Literal["go-on", "cancel"],
    Query(description="What becomes of the answer when the one who reads it live goes away"),
]
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "The answer as it forms, where `Accept` asks for it"}
}


class AskBody(RequestBody):
    """A question. `conversation_id` goes on with a conversation; without it a new one begins.

    A caller that keeps its conversations itself gives their messages as `history`, and nothing is kept here.
    """

    message: str = Field(min_length=1, max_length=LONGEST_QUESTION, pattern=r"\S")
    mode: Mode = Mode.STANDARD
    history: list[PastMessage] = Field(default=[], max_length=MOST_HISTORY)
    conversation_id: str | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "AskBody":
        if self.history and self.conversation_id:
            raise ValueError("give `history` or `conversation_id`, not both")
        return self

    @property
    def command(self) -> Analyze:
        return Analyze(
            message=self.message, mode=self.mode, history=tuple(self.history), conversation_id=self.conversation_id
        )


def _whose(body: object) -> str:
    if isinstance(body, dict) and "threadId" in body:
        return "ag-ui"
    return "ai-sdk" if isinstance(body, dict) and "messages" in body else "own"


Question = Annotated[
    Annotated[AskBody, Tag("own")] | Annotated[AiSdkBody, Tag("ai-sdk")] | Annotated[AgUiBody, Tag("ag-ui")],
    Discriminator(_whose),
]


class ModeAnswer(Answer):
    """`microcredits` is the most that an answer can cost."""

    mode: Mode
    tool_calls: int
    seconds: int
    microcredits: int


class AgentAnswer(Answer):
    """Who would answer: a provider's model, or the offline analyst."""

    provider: str
    model: str
    modes: list[ModeAnswer]


@router.post("/graphs/{graph_id}/agent", status_code=202, response_model=Submitted, responses=STREAM)
def ask(
    graph_id: str,
    body: Question,
    response: Response,
    access: AsAsker,
    transaction: Transaction,
    deps: Deps,
    idempotency_key: IdempotencyKey = None,
    accept: Annotated[str | None, Header()] = None,
    dialect: DialectOption = None,
    on_disconnect: OnDisconnect = "go-on",
) -> Submitted | Response:
    """Ask a graph. The answer is an operation; `Accept: text/event-stream` answers with its stream at once."""
    again = idempotency_key or run_key(body)
    operation = submitted(transaction, graph_id, body.command, access, deps, again)
    if dialect is None and "text/event-stream" not in (accept or ""):
        return Submitted.accepted(operation, response)
    on_leave = partial(cancel_abandoned, deps, operation.id) if on_disconnect == "cancel" else None
    stream = in_words_of(deps, operation.id, dialect, body, on_leave)
    stream.headers["Location"] = f"/v1/operations/{operation.id}"
    return stream


@router.get("/graphs/{graph_id}/agent")
def agent(graph_id: str, access: AsViewer, transaction: Transaction, deps: Deps) -> AgentAnswer:
    """Which model answers questions to this graph, and what its modes allow and can cost."""
    find_graph(transaction, graph_id)
    choice = chosen_model(transaction, access.organization_id, deps.secret_keys)
    rate = rate_of(choice, deps.prices)
    modes = [
        ModeAnswer(
            mode=mode,
            tool_calls=mode.limits.tool_calls,
            seconds=round(mode.limits.wall_clock.total_seconds()),
            microcredits=worst_case(mode.limits, rate),
        )
        for mode in Mode
    ]
    if choice is None:
        return AgentAnswer(provider="offline", model="offline-analyst", modes=modes)
    return AgentAnswer(provider=choice.provider.value, model=choice.model, modes=modes)


def submitted(
    session: Session,
    graph_id: str,
    command: Analyze,
    access: Access,
    deps: ApiDeps,
    idempotency_key: str | None = None,
) -> Operation:
    return request_analysis(
        session,
        access,
        graph_id,
        command,
        keys=deps.secret_keys,
        prices=deps.prices,
        idempotency_key=idempotency_key,
    )


def run_key(body: object) -> str | None:
    """An AG-UI client names its runs: one that it asks for again is the same one."""
    return f"ag-ui:{body.threadId}:{body.runId}"[:255] if isinstance(body, AgUiBody) else None


def in_words_of(
    deps: ApiDeps, operation_id: str, dialect: Dialect | None, body: object, on_leave: OnLeave | None
) -> Response:
    match dialect:
        case None:
            return own_stream(deps, operation_id, -1, on_leave)
        case Dialect.AG_UI if isinstance(body, AgUiBody):
            return dialect_stream(deps, operation_id, AgUiEncoder(body.threadId, body.runId), on_leave=on_leave)
        case _:
            return dialect_stream(deps, operation_id, dialect, on_leave=on_leave)


async def cancel_abandoned(deps: ApiDeps, operation_id: str) -> None:
    """For a reader that went away and took its question along."""

    def cancel_if_open() -> None:
        with deps.sessions.begin() as session, suppress(OperationFinished):
            cancel(session, session.get_one(Operation, operation_id), "Nobody reads the answer any more")

    await to_thread.run_sync(cancel_if_open)
