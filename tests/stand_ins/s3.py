"""A bucket over HTTP: the part of Amazon's S3 REST API that object store clients use, kept in memory."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

MODIFIED = "Mon, 02 Nov 2026 10:00:00 GMT"
MODIFIED_ISO = "2026-11-02T10:00:00.000Z"


class Bucket(ThreadingHTTPServer):
    """Path-style addresses: /bucket/key. `requests` counts what was asked, by method."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.requests: list[str] = []
        self.broken = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving_bucket() -> Iterator[Bucket]:
    with Bucket() as bucket:
        thread = Thread(target=bucket.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield bucket
        bucket.shutdown()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it is overridden by
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    @property
    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]

    @property
    def _query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query, keep_blank_values=True).items()}

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.server.requests.append(self.command)
        self.send_response(status)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _missing(self) -> None:
        self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>")

    def do_PUT(self) -> None:
        content, query = self._body(), self._query
        if self.server.broken:
            self._answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        elif "partNumber" in query:
            self.server.uploads[query["uploadId"]][int(query["partNumber"])] = content
            self._answer(200, ETag=_etag(content))
        else:
            self.server.objects[self._key] = content
            self._answer(200, ETag=_etag(content))

    def do_POST(self) -> None:
        content, query = self._body(), self._query
        if "uploads" in query:
            upload_id = f"upload-{len(self.server.uploads)}"
            self.server.uploads[upload_id] = {}
            self._answer(200, f"<R><UploadId>{upload_id}</UploadId></R>".encode())
        elif "uploadId" in query:
            parts = self.server.uploads.pop(query["uploadId"])
            named = [int(part.text or "") for part in ET.fromstring(content).iter() if part.tag.endswith("PartNumber")]
            self.server.objects[self._key] = b"".join(parts[number] for number in named)
            self._answer(200, b'<R><ETag>"whole"</ETag></R>')
        else:
            keys = [key.text or "" for key in ET.fromstring(content).iter() if key.tag.endswith("Key")]
            for key in keys:
                self.server.objects.pop(key, None)
            deleted = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
            self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    def do_GET(self) -> None:
        if "list-type" in self._query:
            self._list(self._query.get("prefix", ""))
        elif self._key not in self.server.objects:
            self._missing()
        else:
            content = self.server.objects[self._key]
            self._answer(200, content, ETag=_etag(content), Last_Modified=MODIFIED)

    def do_HEAD(self) -> None:
        if self._key not in self.server.objects:
            return self._missing()
        content = self.server.objects[self._key]
        return self._answer(200, length=str(len(content)), ETag=_etag(content), Last_Modified=MODIFIED)

    def do_DELETE(self) -> None:
        self.server.objects.pop(self._key, None)
        self._answer(204)

    def _list(self, prefix: str) -> None:
        listed = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{MODIFIED_ISO}</LastModified>"
            f"<ETag>{escape(_etag(content))}</ETag><Size>{len(content)}</Size></Contents>"
            for key, content in sorted(self.server.objects.items())
            if key.startswith(prefix)
        )
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{listed}</ListBucketResult>"
        self._answer(200, body.encode())


def _etag(content: bytes) -> str:
    return '"' + hashlib.md5(content, usedforsecurity=False).hexdigest() + '"'
