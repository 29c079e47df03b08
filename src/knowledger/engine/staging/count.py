"""A count of the records of a delimited file that owes nothing to the engine that reads it."""

from pathlib import Path

from knowledger.engine.staging.dialect import Dialect

_CHUNK = 1 << 22


def count_records(path: Path, dialect: Dialect) -> int:
    """The records of a well-formed file, with its header.

    A line end outside quotes ends a record, and quotes come in pairs. Blank lines count only in a file of one column,
    where they are an empty cell. For a file that is not well-formed the count means nothing.
    """
    count = _Count(dialect)
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            count.add(chunk)
    return count.finish()


class _Count:
    def __init__(self, dialect: Dialect) -> None:
        self._newline, self._quote = dialect.newline, dialect.quote.encode()
        self._blank_counts = dialect.width == 1
        self._records = 0
        self._in_quotes = False
        self._line_has_text = False

    def add(self, chunk: bytes) -> None:
        text = self._outside_quotes(chunk)
        ends_blank = self._newline + self._newline in text or b"\n\r\n" in text
        begins_blank = not self._line_has_text and text[:1] in (b"\n", b"\r")
        if self._blank_counts or not (ends_blank or begins_blank):
            self._records += text.count(self._newline)
            tail = text.rpartition(self._newline)[2] if self._newline in text else text
            self._line_has_text = bool(tail.strip(b"\r")) or (self._newline not in text and self._line_has_text)
        else:
            self._add_lines(text.split(self._newline))

    def finish(self) -> int:
        return self._records + self._line_has_text

    def _outside_quotes(self, chunk: bytes) -> bytes:
        """The chunk without what stands in quotes; the quotes stay, since a line that holds some is not blank."""
        if not self._quote or not (self._in_quotes or self._quote in chunk):
            return chunk
        pieces = chunk.split(self._quote)
        outside = pieces[self._in_quotes :: 2]
        starts_inside = self._in_quotes
        self._in_quotes ^= len(pieces) % 2 == 0
        return (self._quote if starts_inside else b"") + self._quote.join(outside)

    def _add_lines(self, lines: list[bytes]) -> None:
        for line in lines[:-1]:
            self._records += self._line_has_text or bool(line.strip(b"\r"))
            self._line_has_text = False
        self._line_has_text = self._line_has_text or bool(lines[-1].strip(b"\r"))
