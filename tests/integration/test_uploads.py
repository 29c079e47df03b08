"""Uploads: whole, as a form, in parts, over connections that break, and sent again with the same key."""

import hashlib
import socket
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from urllib.parse import urlsplit

import httpx
import pytest

from knowledger.client import Client, Graph
from tests.integration.books import COMPANIES, SCHEMA, companies
from tests.integration.conftest import NewGraph
from tests.stack import Stack

Json = dict[str, object]


@pytest.fixture
def books(new_graph: NewGraph) -> Graph:
    return new_graph(SCHEMA)


def post(http: httpx.Client, graph: Graph, content: bytes, key: str | None = None, **query: str) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return http.post(f"graphs/{graph.graph_id}/files", params=query, content=content, headers=headers)


def test_parts_become_one_file(books: Graph, client: Client, http: httpx.Client) -> None:
    content = companies(1, 5000)
    cuts = (0, 1, 70_000, len(content))
    begun = post(http, books, content[: cuts[1]], name="Company.csv", complete="false").json()
    assert begun["operation"] is None, "nothing is staged before the file is whole"
    where = f"graphs/{books.graph_id}/files/{begun['file']['file_id']}"
    assert http.get(where).json()["layers"]["uploaded"] == {"status": "uploading", "size_bytes": 1, "at": None}
    for start, end in pairwise(cuts[1:]):
        whole = str(end == len(content)).lower()
        done = http.patch(where, params={"offset": start, "complete": whole}, content=content[start:end])
    assert done.json()["file"]["sha256"] == hashlib.sha256(content).hexdigest()
    ended = client.operations.get(done.json()["operation"]["operation_id"]).result(timeout=30)
    assert ended["rows_accepted"] == 5000


def test_a_part_at_the_wrong_place_is_refused_and_told_the_right_one(books: Graph, http: httpx.Client) -> None:
    begun = post(http, books, COMPANIES[:10], name="Company.csv", complete="false").json()
    where = f"graphs/{books.graph_id}/files/{begun['file']['file_id']}"
    for offset in (0, 9, 11):
        refused = http.patch(where, params={"offset": offset}, content=COMPANIES[10:])
        assert refused.status_code == 409
        assert refused.json()["error"]["code"] == "UploadOffsetMismatch"
        assert refused.json()["error"]["details"] == {"offset": 10}
    assert http.patch(where, params={"offset": 10}, content=COMPANIES[10:]).status_code == 200
    refused = http.patch(where, params={"offset": len(COMPANIES)}, content=b"more")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "UploadComplete")


def test_an_unfinished_upload_is_not_staged(books: Graph, http: httpx.Client) -> None:
    begun = post(http, books, COMPANIES[:10], name="Company.csv", complete="false").json()
    refused = http.post(f"graphs/{books.graph_id}/files/{begun['file']['file_id']}/stage", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "UploadIncomplete")


def test_a_broken_connection_keeps_nothing_of_its_part_and_the_upload_goes_on(
    books: Graph, http: httpx.Client, stack: Stack
) -> None:
    begun = post(http, books, COMPANIES[:50], name="Company.csv", complete="false").json()
    where = f"graphs/{books.graph_id}/files/{begun['file']['file_id']}"
    break_off(stack, "PATCH", f"/v1/{where}?offset=50", promised=len(COMPANIES) - 50, sent=COMPANIES[50:80])
    break_off(stack, "POST", f"/v1/graphs/{books.graph_id}/files?name=Company.csv", promised=1000, sent=b"company_id")
    assert http.get(where).json()["layers"]["uploaded"]["size_bytes"] == 50
    assert [file.file_id for file in books.files.list()] == [begun["file"]["file_id"]]
    done = http.patch(where, params={"offset": 50}, content=COMPANIES[50:]).json()
    assert done["file"]["sha256"] == hashlib.sha256(COMPANIES).hexdigest()


def break_off(stack: Stack, method: str, target: str, *, promised: int, sent: bytes) -> None:
    """Begin a request whose body ends before its length, and wait for the server to have noticed."""
    address = urlsplit(stack.url)
    head = (
        f"{method} {target} HTTP/1.1\r\nHost: {address.netloc}\r\nX-API-Key: {stack.api_key}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {promised}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=30) as wire:
        wire.sendall(head.encode() + sent)
        wire.shutdown(socket.SHUT_WR)
        while wire.recv(4096):
            pass


def test_a_form_with_one_file_is_an_upload(books: Graph, http: httpx.Client) -> None:
    form = {"file": ("whatever.csv", COMPANIES, "text/csv")}
    where = f"graphs/{books.graph_id}/files"
    sent = http.post(where, params={"name": "Company.csv"}, files=form, data={"note": "the books"})
    assert sent.json()["file"]["sha256"] == hashlib.sha256(COMPANIES).hexdigest()
    two = [("file", ("a.csv", b"a")), ("file", ("b.csv", b"b"))]
    for refused in (
        http.post(where, params={"name": "x.csv"}, files=two),
        http.post(where, params={"name": "x.csv"}, files={"note": (None, "no file at all")}),
        http.post(where, params={"name": "x.csv"}, content=b"no form", headers={"Content-Type": "multipart/form-data"}),
    ):
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "MalformedForm")


def test_the_same_key_uploads_once(books: Graph, http: httpx.Client) -> None:
    first, second = (post(http, books, COMPANIES, "a key", name="Company.csv").json() for _ in range(2))
    assert first["file"]["file_id"] == second["file"]["file_id"]
    assert first["operation"]["operation_id"] == second["operation"]["operation_id"]
    assert len(books.files.list()) == 1


def test_the_same_key_sent_twice_at_once_uploads_once(books: Graph, http: httpx.Client) -> None:
    with ThreadPoolExecutor(4) as together:
        sent = [together.submit(post, http, books, COMPANIES, "one key", name="Company.csv") for _ in range(4)]
    assert {answer.result().status_code for answer in sent} == {201}
    assert len({answer.result().json()["file"]["file_id"] for answer in sent}) == 1


def test_the_same_key_for_another_file_is_refused(books: Graph, http: httpx.Client) -> None:
    post(http, books, COMPANIES, "a key", name="Company.csv")
    refused = post(http, books, b"bank,number\n", "a key", name="Account.csv")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "IdempotencyKeyReused")


def test_a_key_can_be_used_again_when_its_file_is_deleted(books: Graph, http: httpx.Client) -> None:
    first = post(http, books, COMPANIES, "a key", name="Company.csv").json()["file"]["file_id"]
    books.files.delete(first)
    again = post(http, books, COMPANIES, "a key", name="Company.csv")
    assert again.status_code == 201
    assert again.json()["file"]["file_id"] != first


def test_the_same_key_creates_one_graph(http: httpx.Client) -> None:
    def create(name: str) -> httpx.Response:
        return http.post("graphs", json={"name": name, "schema": SCHEMA}, headers={"Idempotency-Key": "one graph"})

    first, second = create("Once"), create("Once")
    assert first.status_code == second.status_code == 202
    assert first.json()["operation_id"] == second.json()["operation_id"]
    assert first.json()["graph_id"] == second.json()["graph_id"]
    refused = create("Twice")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "IdempotencyKeyReused")


def test_the_same_key_materializes_once(books: Graph, http: httpx.Client) -> None:
    def materialize(body: Json) -> httpx.Response:
        where = f"graphs/{books.graph_id}/materialize"
        return http.post(where, json=body, headers={"Idempotency-Key": f"build {books.graph_id}"})

    first, second = materialize({}), materialize({})
    assert first.json()["operation_id"] == second.json()["operation_id"]
    assert materialize({"rebuild": True}).status_code == 422
