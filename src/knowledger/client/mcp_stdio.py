"""The Model Context Protocol on standard input and output, passed on to a graph's endpoint word for word.

For clients that start a command rather than open a URL. Each message is one line of JSON in and one or more out.
Headers are as Streamable HTTP wants them (revisions 2025-11-25 and 2026-07-28).
"""

import base64
import json
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import anyio
import httpx
from anyio.abc import TaskGroup

from knowledger.client.http import base_url
from knowledger.client.json import JsonObject
from knowledger.client.sse import EventParser
from knowledger.client.wire import path

Write = Callable[[str], Awaitable[None]]

_INTERNAL_ERROR = -32603
_VERSION = "io.modelcontextprotocol/protocolVersion"
_NAMED = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_PLAIN = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_LONGEST_SILENCE_S = 330.0


async def serve_stdio(url: str, api_key: str | None, graph_id: str) -> None:
    """Pass messages on until standard input ends."""
    keys = {"X-API-Key": api_key} if api_key else {}
    timeout = httpx.Timeout(_LONGEST_SILENCE_S, connect=10)
    async with (
        httpx.AsyncClient(headers=keys, timeout=timeout, trust_env=False) as http,
        anyio.create_task_group() as tasks,
    ):
        endpoint = str(base_url(url)).rstrip("/") + path("/graphs/{}/mcp", graph_id)
        await Bridge(http, endpoint, _print).run(_lines(), tasks)


async def _lines() -> AsyncIterator[str]:
    async for line in anyio.wrap_file(sys.stdin):
        yield line


async def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass
class Bridge:
    """`write` takes one message, a line of JSON without its end."""

    http: httpx.AsyncClient
    endpoint: str
    write: Write
    _version: str | None = None
    _waiting: dict[str, anyio.CancelScope] = field(default_factory=dict)

    async def run(self, lines: AsyncIterator[str], tasks: TaskGroup) -> None:
        async for line in lines:
            if not line.strip():
                continue
            try:
                message = json.loads(line)
            except ValueError:
                message = None
            if not isinstance(message, dict):
                await self.write(_refusal(None, "A message must be one JSON object on one line."))
            elif message.get("method") == "initialize":
                await self._pass_on(message)  # what follows depends on the version that this settles
            else:
                tasks.start_soon(self._pass_on, message)

    async def _pass_on(self, message: JsonObject) -> None:
        if message.get("method") == "notifications/cancelled":
            self._give_up(message)
        name = json.dumps(message.get("id"))
        with anyio.CancelScope() as scope:
            self._waiting[name] = scope
            try:
                await self._exchange(message)
            except httpx.HTTPError:
                if "id" in message:
                    await self.write(_refusal(message["id"], f"{self.endpoint} does not answer."))
            finally:
                self._waiting.pop(name, None)

    def _give_up(self, message: JsonObject) -> None:
        """Hanging up is how a request is cancelled over HTTP."""
        params = message.get("params")
        if isinstance(params, dict) and (scope := self._waiting.get(json.dumps(params.get("requestId")))):
            scope.cancel()

    async def _exchange(self, message: JsonObject) -> None:
        body = json.dumps(message).encode()
        async with self.http.stream("POST", self.endpoint, content=body, headers=self._headers(message)) as answer:
            kind = answer.headers.get("content-type", "")
            if kind.startswith("text/event-stream"):
                parser = EventParser()
                async for chunk in answer.aiter_bytes():
                    for event in parser.feed(chunk):
                        await self._say(event.data)
            elif body := await answer.aread():
                await self._say(body.decode(), message, answer.status_code)

    async def _say(self, text: str, asked: JsonObject | None = None, status: int = 200) -> None:
        """A message as it came; an error in our API's own shape as the protocol has errors."""
        try:
            said = json.loads(text)
        except ValueError:
            return
        if not isinstance(said, dict):
            return
        if said.get("jsonrpc") == "2.0":
            result = said.get("result")
            if isinstance(result, dict) and isinstance(version := result.get("protocolVersion"), str):
                self._version = version
            await self.write(json.dumps(said))
        elif asked is not None and "id" in asked:
            error = said.get("error")
            told = str(error.get("message")) if isinstance(error, dict) else f"The server answered {status}."
            await self.write(_refusal(asked["id"], told))

    def _headers(self, message: JsonObject) -> dict[str, str]:
        headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        params = message.get("params")
        given = params if isinstance(params, dict) else {}
        about = given.get("_meta")
        version = about.get(_VERSION) if isinstance(about, dict) else None
        if isinstance(version, str):
            method = str(message.get("method"))
            headers |= {"MCP-Protocol-Version": version, "Mcp-Method": _printable(method)}
            if isinstance(name := given.get(_NAMED.get(method, "")), str):
                headers["Mcp-Name"] = _printable(name)
        elif self._version is not None:
            headers["MCP-Protocol-Version"] = self._version
        return headers


def _printable(value: str) -> str:
    """What a header cannot hold as it is, goes in base64."""
    if _PLAIN.fullmatch(value) and not value.startswith("=?base64?"):
        return value
    return f"=?base64?{base64.b64encode(value.encode()).decode()}?="


def _refusal(request_id: object, message: str) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": request_id, "error": {"code": _INTERNAL_ERROR, "message": message}})
