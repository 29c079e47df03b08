"""The values of a JSON file, one by one, each with its text and the line it begins on."""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias, Union

from knowledger.domain.graphs.engine import UnreadableFile
from knowledger.engine.staging.lines import MOST_LINE_BYTES, LineReader
from knowledger.engine.staging.rejects import printable

# Numbers stay text: a double would lose digits of money.
JsonText: TypeAlias = Union[bool, str, "list[JsonText]", "dict[str, JsonText]", None]

_CHUNK = 1 << 20
_BOM = b"\xef\xbb\xbf"
_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


@dataclass(frozen=True)
class Value:
    """One value, or in `problem` the rule and the reason why it is none."""

    line: int
    raw: str
    value: JsonText = None
    problem: tuple[str, str] | None = None


def values_by_line(file: BinaryIO) -> Iterator[Value]:
    """One value a line (NDJSON). A line that is no JSON is a problem of that line only."""
    lines = LineReader(file)
    while (line := lines.next()) is not None:
        text = line.text.removeprefix(_BOM) if line.number == 1 else line.text
        if text.strip():
            yield _value_of_line(line.number, text, line.is_cut)


def _value_of_line(number: int, text: bytes, is_cut: bool) -> Value:
    raw = printable(text)
    if is_cut:
        return Value(number, raw, problem=("line_too_long", f"the line is longer than {MOST_LINE_BYTES:,} bytes"))
    try:
        return Value(number, raw, _DECODER.decode(text.decode()))
    except UnicodeDecodeError:
        return Value(number, raw, problem=("bad_encoding", "the line is not UTF-8 text; save the file as UTF-8"))
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" at column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        return Value(number, raw, problem=("malformed_json", f"the line is not JSON{where}"))


def values_of_document(name: str, file: BinaryIO) -> Iterator[Value]:
    """The elements of one array, or values that follow each other. Raises UnreadableFile with the place of a fault."""
    document = _Document(name, file)
    if document.peek() == "[":
        yield from _elements(document)
    else:
        while document.peek():
            yield document.value()


def is_by_line(path: Path) -> bool:
    """Whether a JSON file that begins with an object has one on each line, rather than one over many lines."""
    with path.open("rb") as file:
        first_two = [value for value, _ in zip(values_by_line(file), range(2), strict=False)]
    return any(value.problem is None for value in first_two)


def _elements(document: "_Document") -> Iterator[Value]:
    document.take("[")
    if document.peek() != "]":
        yield document.value()
        while document.peek() == ",":
            document.take(",")
            yield document.value()
    document.take("]")
    if document.peek():
        raise document.fault("there is more after the end of the array")


class _Document:
    """A window on the text of a document, which moves forward as values are taken."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self._name, self._file = name, file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._line = 1
        self._line_start = 0
        self._is_at_end = False

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            start = self._at
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            self._count_lines(start)
            if self._at < len(self._text) or not self._read_on():
                return self._text[self._at : self._at + 1]

    def take(self, character: str) -> None:
        if self.peek() != character:
            raise self.fault(f"{character!r} should stand here")
        self._at += 1

    def value(self) -> Value:
        self.peek()
        line = self._line
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (json.JSONDecodeError, RecursionError):
                if len(self._text) - self._at <= MOST_LINE_BYTES and self._read_on():
                    continue
                raise self.fault("this is not JSON, or a value is too large or cut short") from None
            # A number may go on beyond the window.
            if end < len(self._text) or not self._read_on():
                return self._taken(line, value, end)

    def fault(self, problem: str) -> UnreadableFile:
        column = self._at - self._line_start + 1
        return UnreadableFile(f"{self._name}: line {self._line}, column {column}: {problem}.")

    def _taken(self, line: int, value: JsonText, end: int) -> Value:
        start, self._at = self._at, end
        self._count_lines(start)
        return Value(line, self._text[start:end], value)

    def _count_lines(self, start: int) -> None:
        newlines = self._text.count("\n", start, self._at)
        if newlines:
            self._line += newlines
            self._line_start = self._text.rindex("\n", start, self._at) + 1

    def _read_on(self) -> bool:
        """Move the window forward by a chunk; False at the end of the file."""
        if self._is_at_end:
            return False
        chunk = self._file.read(_CHUNK)
        self._is_at_end = not chunk
        try:
            more = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise self.fault(f"some text after here is not UTF-8 ({error.reason})") from None
        self._line_start -= self._at
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(chunk)
