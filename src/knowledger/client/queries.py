"""Answers of queries in every format, whole or as a stream, and never half of one taken for the whole."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from knowledger.client.effects import Emit, Feed, Flow, call, fetch, open_stream, read
from knowledger.client.errors import IncompleteAnswer, MissingPackage
from knowledger.client.json import JsonObject, JsonValue
from knowledger.client.records import QueryAnswer
from knowledger.client.saving import saving
from knowledger.client.wire import JSON, Request, post

if TYPE_CHECKING:
    import pyarrow as pa
    from pandas import DataFrame as DataFrame  # type: ignore[import-untyped]  # its stubs are another package

NDJSON = "application/x-ndjson"
CSV = "text/csv"
ARROW = "application/vnd.apache.arrow.stream"
PARQUET = "application/vnd.apache.parquet"
_ARROW_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"


@dataclass(frozen=True)
class Question:
    """A Cypher or SQL query as it is posted; the format is chosen when the answer is asked for."""

    where: str
    body: JsonObject
    read_timeout_s: float | None = None

    def request(self, accept: str) -> Request:
        return replace(post(self.where, self.body, accept=accept), read_timeout_s=self.read_timeout_s)


def question(where: str, text_key: str, text: str, parameters: JsonValue, timeout_s: float | None) -> Question:
    body: JsonObject = {text_key: text}
    if parameters is not None:
        body["parameters"] = parameters
    if timeout_s is not None:
        body["timeout"] = timeout_s
    return Question(where, body, timeout_s + 10 if timeout_s is not None else None)


def whole_answer(asked: Question) -> Flow[QueryAnswer]:
    return (yield from fetch(QueryAnswer, asked.request(JSON)))


def all_rows(answer: QueryAnswer) -> tuple[JsonObject, ...]:
    """The rows of an answer that is whole. Raises IncompleteAnswer where the server's limit cut it off."""
    if answer.truncated:
        raise IncompleteAnswer(
            f"The server's limit cut the answer off after {answer.row_count:,} rows.",
            hint="Ask for less (LIMIT, WHERE), or look at `answer` to see what came of it.",
        )
    return answer.data


def rows(asked: Question) -> Feed[JsonObject, None]:
    """Each row as it comes. Raises IncompleteAnswer when the stream breaks before its end."""
    yield from open_stream(asked.request(NDJSON))
    rest = b""
    while chunk := (yield from read()):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line:
                yield Emit(_row(line))
    if rest:
        raise IncompleteAnswer("The stream of rows breaks off inside a row.")


def _row(line: bytes) -> JsonObject:
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise IncompleteAnswer("The stream of rows holds a line that is not a row.")
    return row


def arrow_table(asked: Question) -> "Flow[pa.Table]":
    try:
        import pyarrow as pa  # 0.1 s and an optional package: only who asks for Arrow pays
    except ImportError:
        raise MissingPackage("Arrow tables need the package pyarrow.", hint="pip install pyarrow") from None
    answer = yield from call(asked.request(ARROW))
    # Arrow's reader takes a stream without its end mark for a whole one.
    if not answer.content.endswith(_ARROW_END):
        raise IncompleteAnswer("The Arrow stream breaks off before its end mark.")
    with pa.ipc.open_stream(answer.content) as reader:
        return reader.read_all()


def download(asked: Question, accept: str, write: Callable[[bytes], object]) -> Flow[None]:
    """The answer's bytes, handed to `write` as they come. Raises IncompleteAnswer when they end too early."""
    yield from open_stream(asked.request(accept))
    while chunk := (yield from read()):
        write(chunk)


def save(asked: Question, accept: str, target: str | Path | BinaryIO) -> Flow[None]:
    """The answer as a file, which is there under its name only once it is whole, or into an open one as it comes."""
    if not isinstance(target, str | Path):
        yield from download(asked, accept, target.write)
        return
    with saving(Path(target)) as file:
        yield from download(asked, accept, file.write)


def data_frame(asked: Question) -> "Flow[DataFrame]":
    try:
        import pandas  # noqa: F401, ICN001 – asked for before the query runs
    except ImportError:
        raise MissingPackage("Data frames need the package pandas.", hint="pip install pandas") from None
    table = yield from arrow_table(asked)
    return table.to_pandas()
