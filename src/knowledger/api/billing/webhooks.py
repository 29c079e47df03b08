"""What Stripe tells us: kept once by its id, and acted on in the same transaction."""

from typing import Literal

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from knowledger.api.access import PUBLIC, Router
from knowledger.api.body import limited
from knowledger.api.deps import ApiDeps, Deps
from knowledger.api.shapes import Answer
from knowledger.domain.billing.payments import NoPaymentProvider
from knowledger.domain.billing.webhooks import act, receive
from knowledger.kernel.clock import utc_now

router = Router(tags=["webhooks"])

LONGEST_EVENT_BYTES = 2**20


class Received(Answer):
    received: Literal[True] = True


@router.post("/webhooks/stripe", dependencies=[PUBLIC])
async def stripe(request: Request, deps: Deps) -> Received:
    """Stripe's webhook: the signature over the raw body is what lets it in."""
    body = await Request(request.scope, limited(request.receive, LONGEST_EVENT_BYTES)).body()
    await run_in_threadpool(_keep_and_act, deps, body, dict(request.headers))
    return Received()


def _keep_and_act(deps: ApiDeps, body: bytes, headers: dict[str, str]) -> None:
    payments, now = deps.payments(), utc_now()
    if payments is None:
        raise NoPaymentProvider
    event = payments.event(body, headers, now)
    with deps.sessions.begin() as session:
        if receive(session, event):
            act(session, str(event["id"]), now)
