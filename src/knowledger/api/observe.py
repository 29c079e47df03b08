"""The outermost boundary: every request is logged and counted, and no exception leaves as anything but an answer.

A log line has the route's template and ids, never a query string, a body or a credential.
"""

import time
from collections.abc import Mapping

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from knowledger.api.errors import error_answer
from knowledger.kernel.errors import InternalError

log = structlog.get_logger(__name__)

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestMetrics:
    """What `/metrics` shows of the requests of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "knowledger_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "knowledger_request_seconds",
            "Time until the answer began.",
            ("method", "route"),
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
            registry=self.registry,
        )
        self.findings = Gauge(
            "knowledger_upkeep_findings",
            "What the last reports of upkeep found and stands.",
            ("job", "severity"),
            registry=self.registry,
        )

    def show_findings(self, counts: Mapping[tuple[str, str], int]) -> None:
        """By job and severity; what is not among them stands no more."""
        self.findings.clear()
        for (job, severity), count in counts.items():
            self.findings.labels(job, severity).set(count)


PROBES = frozenset({"/livez", "/readyz", "/metrics"})


class ObservedRequests:
    """ASGI middleware. Written on the bare protocol so that a stream of events passes at no cost."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status, took_s, is_recorded = 0, 0.0, False

        async def observed_send(message: Message) -> None:
            nonlocal status, took_s, is_recorded
            if message["type"] == "http.response.start":
                status, took_s = message["status"], time.perf_counter() - began
                message["headers"] = [*message.get("headers", ()), *SECURITY_HEADERS]
            await send(message)
            if message["type"] == "http.response.body" and not is_recorded:  # a short answer is on its way by now
                is_recorded = True
                self._record(scope, status, took_s)

        try:
            await self._app(scope, receive, observed_send)
        except Exception:
            log.exception("request.crashed", method=scope["method"], route=_route(scope))
            if status:  # Half an answer is out: only a broken connection tells the client so.
                raise
            await error_answer(InternalError())(scope, receive, observed_send)

    def _record(self, scope: Scope, status: int, took_s: float) -> None:
        method, route = _method(scope), _route(scope)
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(method, route).observe(took_s)
        caller = scope.get("state", {}).get("caller")
        say = log.debug if route in PROBES and status < 400 else log.info
        say(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(took_s * 1000, 2),
            user_id=getattr(caller, "user_id", None),
            organization_id=getattr(caller, "organization_id", None),
            graph_id=getattr(caller, "graph_id", None),
        )


def _method(scope: Scope) -> str:
    """Whoever asks can invent methods; they all make one series."""
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def _route(scope: Scope) -> str:
    """The template, so that ids make no new series; what no route took goes by one name."""
    route = scope.get("route")
    return getattr(route, "path", None) or "unmatched"
