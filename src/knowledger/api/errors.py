"""One shape for every error, whoever raises it. Nothing of the server's inside ever leaves with it."""

import re
from collections.abc import Mapping
from http import HTTPStatus

import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from knowledger.api.oauth import challenge
from knowledger.kernel.errors import InvalidInput, KnowledgerError
from knowledger.kernel.json import JsonObject, JsonValue

log = structlog.get_logger(__name__)


class DatabaseUnavailable(KnowledgerError):
    """The database does not answer at the moment."""

    status = 503
    retryable = True
    hint = "Try again in a few seconds; `/readyz` says what is broken."


def handle_errors(app: FastAPI) -> None:
    app.add_exception_handler(KnowledgerError, _knowledger_error)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http_error)
    for unavailable in (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError):
        app.add_exception_handler(unavailable, _database_unavailable)
    app.add_exception_handler(DataError, _unstorable)


def error_answer(error: KnowledgerError, challenge: str = "Bearer") -> Response:
    """The answer that an error becomes; `challenge` goes to who was not let in."""
    return _answer(error.status, error.as_json(), _headers(error, challenge))


def _answer(status: int, error: JsonObject, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": error, "detail": error["message"]}, status_code=status, headers=headers)


def _headers(error: KnowledgerError, challenge: str) -> dict[str, str]:
    if error.status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": challenge}
    retry_after_s = error.details.get("retry_after_s")
    return {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}


async def _knowledger_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, KnowledgerError)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        unforeseen = error.status == HTTPStatus.INTERNAL_SERVER_ERROR
        log.error("request.failed", code=error.code, exc_info=error if unforeseen else None)
    return error_answer(error, challenge(request))


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [_problem(problem["loc"], _plainly(problem)) for problem in error.errors()]
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return error_answer(
        InvalidInput(f"{first['place']}: {first['problem']}{more}", hint="See details.problems.", problems=problems)
    )


def _plainly(problem: Mapping[str, object]) -> str:
    """What pydantic says, without its words for a program's own types."""
    said, facts = _PLAINLY.get(str(problem["type"])), problem.get("ctx")
    if said is None:
        return str(problem["msg"])
    return said.format_map(facts if isinstance(facts, dict) else {})


_PLAINLY = {
    "missing": "is missing",
    "extra_forbidden": "there is no such field here",
    "string_too_short": "has fewer than {min_length} characters",
    "string_too_long": "has more than {max_length} characters",
    "string_pattern_mismatch": "does not have the form {pattern}",
    "json_invalid": "is not JSON: {error}",
}


def _problem(location: tuple[int | str, ...], problem: str) -> dict[str, JsonValue]:
    return {"place": ".".join(map(str, location)), "problem": problem}


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    message = _MESSAGES.get(status, status.phrase + ".")
    body: JsonObject = {
        "code": re.sub(r"\W", "", status.phrase.title()),
        "message": message.format(method=request.method, path=request.url.path),
        "hint": None,
        "retryable": status == HTTPStatus.SERVICE_UNAVAILABLE,
    }
    return _answer(error.status_code, body, error.headers)


_MESSAGES = {
    HTTPStatus.BAD_REQUEST: "The request's body cannot be read.",
    HTTPStatus.NOT_FOUND: "There is nothing at {path}.",
    HTTPStatus.METHOD_NOT_ALLOWED: "{path} does not answer to {method}.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request's body is larger than this route takes.",
}


async def _database_unavailable(request: Request, error: Exception) -> Response:
    log.error("request.database_unavailable", reason=str(getattr(error, "orig", error)).strip())
    return error_answer(DatabaseUnavailable())


async def _unstorable(request: Request, error: Exception) -> Response:
    """What slipped past the shapes: a NUL in a text, a number beyond its column."""
    assert isinstance(error, DataError)
    log.warning("request.unstorable", reason=type(error.orig).__name__)
    return error_answer(InvalidInput("The request holds a value that cannot be stored: a NUL byte, or one too large."))
