"""What both drivers share: an httpx request from ours, our errors from httpx's, and whether a body's end is certain."""

from collections.abc import AsyncIterator, Iterable

import httpx

from knowledger.client.errors import ConnectionFailed, IncompleteAnswer, KnowledgerClientError
from knowledger.client.wire import Answer, Request

_CONNECT_S = 10.0


def base_url(url: str) -> httpx.URL:
    """The server's address with the version that this client speaks."""
    return httpx.URL(url.rstrip("/").removesuffix("/v1") + "/v1/")


def standing_headers(url: str, api_key: str | None) -> dict[str, str]:
    """A client without a key lives on the session's cookie, which counts only with an Origin."""
    agent = {"User-Agent": "knowledger-client"}
    if api_key:
        return {**agent, "X-API-Key": api_key}
    address = httpx.URL(url)
    return {**agent, "Origin": f"{address.scheme}://{address.netloc.decode()}"}


def build(http: httpx.Client | httpx.AsyncClient, request: Request, read_timeout_s: float) -> httpx.Request:
    headers = dict(request.headers)
    body: Iterable[bytes] | AsyncIterator[bytes] | None = None
    if request.body is not None:
        headers["Content-Length"] = str(request.length_bytes)
        body = request.body() if isinstance(http, httpx.Client) else _as_async(request.body())
    timeout = httpx.Timeout(request.read_timeout_s or read_timeout_s, connect=_CONNECT_S)
    where, params = request.path.lstrip("/"), dict(request.query)
    return http.build_request(request.method, where, params=params, headers=headers, content=body, timeout=timeout)


async def _as_async(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def answer_of(response: httpx.Response, content: bytes = b"") -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    certain = "content-length" in headers or "transfer-encoding" in headers or response.http_version == "HTTP/2"
    if not certain and response.status_code not in (204, 304):
        raise IncompleteAnswer("The server does not say where its answer ends, so that half of one could pass for it.")
    return Answer(response.status_code, headers, content)


def our_error(error: httpx.HTTPError, url: httpx.URL) -> KnowledgerClientError:
    """Raises nothing; a request that was never sent differs from one whose answer is missing."""
    where = f"{url.scheme}://{url.netloc.decode()}"
    match error:
        case httpx.UnsupportedProtocol():
            return ConnectionFailed("The server's address begins with neither http:// nor https://.")
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return ConnectionFailed(f"Nobody answers at {where}.")
        case httpx.TimeoutException():
            return IncompleteAnswer(f"{where} stayed silent for too long.")
    return IncompleteAnswer(f"The connection to {where} broke before the answer was complete.")
