"""What machines ask: alive? ready? which version? how busy?"""

from collections import Counter
from contextlib import suppress
from typing import Literal

import anyio
import structlog
from anyio import CapacityLimiter, to_thread
from fastapi import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

import knowledger
from knowledger.api.access import PUBLIC, Router
from knowledger.api.deps import Check, Deps
from knowledger.api.observe import RequestMetrics
from knowledger.api.transaction import reading
from knowledger.domain.upkeep.reports import current_findings
from knowledger.kernel.clock import utc_now

log = structlog.get_logger(__name__)
router = Router(tags=["probes"], prefix="")


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class Version(BaseModel):
    name: str = "knowledger"
    version: str


class CheckAnswer(BaseModel):
    name: str
    ok: bool
    problem: str | None


class Ready(BaseModel):
    status: Literal["ready", "not_ready"]
    broken: list[str]
    checks: list[CheckAnswer]


@router.get("/livez", dependencies=[PUBLIC])
async def live() -> Alive:
    """The process answers."""
    return Alive()


@router.get("/version", dependencies=[PUBLIC])
async def version() -> Version:
    """What runs here, and in which version."""
    return Version(version=knowledger.__version__)


@router.get("/readyz", dependencies=[PUBLIC], responses={503: {"model": Ready}})
async def ready(deps: Deps, response: Response) -> Ready:
    """200 when every part answers; otherwise 503, and what is broken."""
    answers: list[CheckAnswer] = []
    async with anyio.create_task_group() as group:
        for name, check in deps.checks.items():
            group.start_soon(_ask, name, check, answers)
    answers.sort(key=lambda answer: answer.name)
    broken = [answer.name for answer in answers if not answer.ok]
    if broken:
        response.status_code = 503
    return Ready(status="not_ready" if broken else "ready", broken=broken, checks=answers)


@router.get("/metrics", dependencies=[PUBLIC], response_class=Response)
async def metrics(request: Request, deps: Deps) -> Response:
    """Prometheus' text format."""
    request_metrics = request.app.state.metrics
    assert isinstance(request_metrics, RequestMetrics)
    with suppress(SQLAlchemyError):  # a database that is away takes no other metric with it
        found = await reading(deps, lambda session: current_findings(session, utc_now()))
        request_metrics.show_findings(Counter((finding.job, finding.severity) for finding in found))
    return Response(generate_latest(request_metrics.registry), media_type=CONTENT_TYPE_LATEST)


async def _ask(name: str, check: Check, answers: list[CheckAnswer]) -> None:
    problem = await _problem(check)
    answers.append(CheckAnswer(name=name, ok=problem is None, problem=problem))


async def _problem(check: Check) -> str | None:
    """A check that hangs or raises is broken too; what it raised is for the log, not for the answer."""
    with anyio.move_on_after(2):
        try:
            return await to_thread.run_sync(check, abandon_on_cancel=True, limiter=CapacityLimiter(1))
        except Exception:
            log.exception("readiness.check_failed")
            return "the check failed; the server's log says why"
    return "no answer within 2 seconds"
