"""Requests and answers as plain values, before and after any network."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from knowledger.client.errors import ApiError, IncompleteAnswer, UnexpectedAnswer
from knowledger.client.json import JsonObject, JsonValue

JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """`path` is below `/v1`. `body` is called once for each try, so that a broken upload can be sent again."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[], Iterable[bytes]] | None = None
    length_bytes: int = 0
    read_timeout_s: float | None = None

    def with_headers(self, **headers: str) -> "Request":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


@dataclass(frozen=True)
class Answer:
    """`content` is empty while the body is still to be read from a stream. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = b""

    def json(self) -> JsonValue:
        """Raises IncompleteAnswer where the text stops half-way, UnexpectedAnswer where it is not JSON at all."""
        try:
            value: JsonValue = json.loads(self.content)
        except ValueError:
            if self.headers.get("content-type", "").startswith(JSON):
                raise IncompleteAnswer("The answer's JSON breaks off.") from None
            raise UnexpectedAnswer(f"The server answered {self.status} with something that is not JSON.") from None
        return value

    def object(self) -> JsonObject:
        value = self.json()
        if not isinstance(value, dict):
            raise UnexpectedAnswer("The server answered with JSON of another shape than this API's.")
        return value


def path(template: str, *segments: str) -> str:
    """`path("/graphs/{}/files/{}", graph_id, file_id)`, each segment quoted."""
    return template.format(*(quote(segment, safe="") for segment in segments))


def get(where: str, **query: str | int | bool | None) -> Request:
    return Request("GET", where, query=_query(query))


def delete(where: str) -> Request:
    return Request("DELETE", where)


def post(where: str, value: JsonValue, *, accept: str = JSON) -> Request:
    return with_json(Request("POST", where), value).with_headers(accept=accept)


def with_json(request: Request, value: JsonValue) -> Request:
    text = json.dumps(value, allow_nan=False).encode()
    return with_bytes(request, text).with_headers(content_type=JSON)


def with_bytes(request: Request, content: bytes) -> Request:
    return replace(request, body=lambda: (content,) if content else (), length_bytes=len(content))


def with_query(request: Request, **query: str | int | bool | None) -> Request:
    return replace(request, query={**request.query, **_query(query)})


def _query(values: Mapping[str, str | int | bool | None]) -> dict[str, str]:
    plain = {name: str(value).lower() if isinstance(value, bool) else value for name, value in values.items()}
    return {name: str(value) for name, value in plain.items() if value is not None}


def accepted(answer: Answer) -> Answer:
    """The answer, if it is a good one. Raises ApiError with what the server says otherwise."""
    if answer.status < 400:
        return answer
    raise _api_error(answer)


def _api_error(answer: Answer) -> ApiError:
    error = _error_part(answer)
    details = error.get("details")
    hint = error.get("hint")
    return ApiError(
        str(error.get("code", f"Http{answer.status}")),
        str(error.get("message", f"The server answered {answer.status}.")),
        status=answer.status,
        hint=str(hint) if hint else None,
        retryable=bool(error.get("retryable", answer.status in (429, 502, 503, 504))),
        details=details if isinstance(details, dict) else None,
        retry_after_s=_seconds(answer.headers.get("retry-after")),
    )


def _error_part(answer: Answer) -> JsonObject:
    """The `error` object of our one error shape; what stands between us and the server may answer in others."""
    try:
        body = json.loads(answer.content)
    except ValueError:
        return {}
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        part: JsonObject = body["error"]
        return part
    return {}


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdecimal() else None
