"""The example bank on a socket of this machine: Plaid's API, and the page on which a person links a bank."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

from knowledger.examples.plaid_sandbox.api import Api
from knowledger.examples.plaid_sandbox.bank import Bank
from knowledger.examples.plaid_sandbox.problems import PlaidProblem, invalid
from knowledger.examples.plaid_sandbox.seed import shipped
from knowledger.examples.plaid_sandbox.store import Store
from knowledger.kernel.json import JsonObject

CLIENT_ID, SECRET = "example", "example"
_MOST_BYTES = 10 << 20


class ExampleBankServer(ThreadingHTTPServer):
    """Listens on the loopback address alone, at a port that the system picks."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, api: Api) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api
        api.url = self.url

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving(api: Api) -> Iterator[ExampleBankServer]:
    with ExampleBankServer(api) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def serve_for_good(path: Path) -> str:
    """Serve as long as this process lives; gives the address. Others that serve the same file are the same bank."""
    path.parent.mkdir(parents=True, exist_ok=True)
    server = ExampleBankServer(Api(Bank(Store(path))))
    Thread(target=server.serve_forever, name="example bank", daemon=True).start()
    return server.url


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: the second of two waits for the first to be acknowledged
    disable_nagle_algorithm = True
    server: ExampleBankServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it is overridden by
        pass

    def do_POST(self) -> None:
        content = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), _MOST_BYTES))
        if self.path.startswith("/link/link-"):
            return self._link_finished(content)
        try:
            self._require_credentials()
            return self._json(200, self.server.api.answer(self.path, json.loads(content or b"{}")))
        except PlaidProblem as problem:
            return self._json(problem.status, problem.as_json())
        except (KeyError, TypeError, ValueError) as error:
            malformed = invalid("INVALID_BODY", f"the body is malformed: {error!r}", kind="INVALID_REQUEST")
            return self._json(400, malformed.as_json())

    def do_GET(self) -> None:
        token = self.path.removeprefix("/link/")
        try:
            wish = self.server.api.bank.link(token)
        except PlaidProblem as problem:
            return self._html(404, f"<h1>Nothing to link here</h1><p>{escape(problem.message)}</p>")
        if wish.get("finished"):
            return self._html(200, "<h1>Done</h1><p>You can close this page.</p>")
        if wish.get("access_token"):
            return self._html(200, _form(token, "Sign in again", [("", "Sign in")]))
        banks = [(bank_id, str(bank["name"])) for bank_id, bank in shipped().items()]
        return self._html(200, _form(token, "Pick a made-up bank", banks))

    def _require_credentials(self) -> None:
        given = (self.headers.get("PLAID-CLIENT-ID"), self.headers.get("PLAID-SECRET"))
        if given != (CLIENT_ID, SECRET):
            raise invalid("INVALID_API_KEYS", "invalid client_id or secret provided")

    def _link_finished(self, content: bytes) -> None:
        chosen = parse_qs(content.decode()).get("institution_id", [""])[0]
        try:
            self.server.api.bank.finish_link(self.path.removeprefix("/link/"), chosen)
        except PlaidProblem as problem:
            return self._html(400, f"<h1>That did not work</h1><p>{escape(problem.message)}</p>")
        return self._html(200, "<h1>Done</h1><p>You can close this page.</p>")

    def _json(self, status: int, body: JsonObject) -> None:
        self._send(status, json.dumps(body).encode(), "application/json")

    def _html(self, status: int, body: str) -> None:
        page = f"<!doctype html><meta charset=utf-8><title>Example bank</title><main>{body}</main>"
        self._send(status, page.encode(), "text/html; charset=utf-8")

    def _send(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _form(token: str, title: str, choices: list[tuple[str, str]]) -> str:
    buttons = "".join(
        f'<p><button name="institution_id" value="{escape(value)}">{escape(label)}</button>' for value, label in choices
    )
    return f'<h1>{escape(title)}</h1><form method="post" action="/link/{escape(token)}">{buttons}</form>'
