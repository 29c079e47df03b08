"""Stripe: `localstripe`, which is stateful and answers as the SDK expects, with what it lacks added.

Added are checkout sessions, portal sessions, meter events, payments that are confirmed as they are made, and
idempotency keys. What Stripe would tell by webhook is signed here as Stripe signs.
"""

import asyncio
import hashlib
import hmac
import importlib
import json
import random
import socket
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

SECRET = "whsec_tests"
Resource = dict[str, Any]


@dataclass
class StripeStandIn:
    """Where it listens, and what it was asked to make."""

    url: str
    checkouts: dict[str, Resource] = field(default_factory=dict)
    meter_events: dict[str, Resource] = field(default_factory=dict)
    answered: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def paid(self, session_id: str) -> Resource:
        """The session as it is once somebody paid on its page."""
        made = self.checkouts[session_id]
        made.update(status="complete", payment_status="paid", payment_intent=f"pi_{session_id}")
        return made


def told(kind: str, about: Resource, event_id: str) -> bytes:
    """What a webhook says."""
    return json.dumps({"id": event_id, "object": "event", "type": kind, "data": {"object": about}}).encode()


def signature(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The header that comes with it, signed at that moment."""
    moment = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={moment},v1={digest}"}


@contextmanager
def stripe_stand_in() -> Iterator[StripeStandIn]:
    """A server of its own, on a free port, in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    stand_in = StripeStandIn(f"http://127.0.0.1:{listener.getsockname()[1]}")
    loop = asyncio.new_event_loop()
    with warnings.catch_warnings():  # it hands aiohttp plain functions, which that would rather not take
        warnings.simplefilter("ignore", DeprecationWarning)
        runner = web.AppRunner(_app(stand_in))
    loop.run_until_complete(runner.setup())
    loop.run_until_complete(web.SockSite(runner, listener).start())
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield stand_in
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def _app(stand_in: StripeStandIn) -> web.Application:
    server, resources = importlib.import_module("localstripe.server"), importlib.import_module("localstripe.resources")
    vars(resources)["random"] = random.SystemRandom()  # ids must differ where a test seeds the common generator

    @web.middleware
    async def once(request: web.Request, handler: Handler) -> web.StreamResponse:
        """The same idempotency key gives the answer that it gave."""
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return await handler(request)
        if key not in stand_in.answered:
            answer = await handler(request)
            assert isinstance(answer, web.Response)
            assert isinstance(answer.body, bytes)
            stand_in.answered[key] = (answer.status, answer.body)
        status, body = stand_in.answered[key]
        return web.Response(status=status, body=body, content_type="application/json")

    async def checkout(request: web.Request) -> web.Response:
        asked = await server.get_post_data(request)
        session_id = f"cs_test_{len(stand_in.checkouts)}"
        made = {"id": session_id, "object": "checkout.session", "url": f"{stand_in.url}/pay/{session_id}", **asked}
        stand_in.checkouts[session_id] = {**made, "status": "open", "payment_status": "unpaid"}
        return web.json_response(stand_in.checkouts[session_id])

    async def portal(request: web.Request) -> web.Response:
        asked = await server.get_post_data(request)
        made = {"id": "bps_1", "object": "billing_portal.session", "url": f"{stand_in.url}/portal/{asked['customer']}"}
        return web.json_response(made)

    async def meter(request: web.Request) -> web.Response:
        asked = await server.get_post_data(request)
        made = {"object": "billing.meter_event", **asked}
        return web.json_response(stand_in.meter_events.setdefault(asked["identifier"], made))

    async def pay(request: web.Request) -> web.Response:
        asked = await server.get_post_data(request)
        confirms = asked.pop("confirm", None)
        asked.pop("off_session", None)
        made = resources.PaymentIntent._api_create(**asked)
        if confirms == "true":
            resources.PaymentIntent._api_confirm(made.id)
        return web.json_response(made._export())

    app = web.Application(middlewares=[once, server.error_middleware, server.auth_middleware])
    app.router.add_post("/v1/checkout/sessions", checkout)
    app.router.add_post("/v1/billing_portal/sessions", portal)
    app.router.add_post("/v1/billing/meter_events", meter)
    app.router.add_post("/v1/payment_intents", pay)
    for route in server.app.router.routes():
        if route.resource is not None and not (
            route.method == "POST" and route.resource.canonical == "/v1/payment_intents"
        ):
            app.router.add_route(route.method, route.resource.canonical, route.handler)
    return app
