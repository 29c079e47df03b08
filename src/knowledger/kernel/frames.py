"""Frames on a byte stream: one byte of kind, four bytes of length (big-endian), then the payload.

An answer travels from a reader to the API as frames: one HEAD, any number of BODY, then one END; or an ERROR at any
point. A stream that stops without END or ERROR was cut off.
"""

import struct

ASK = b"Q"
HEAD = b"H"
BODY = b"B"
END = b"E"
ERROR = b"X"

HEADER_BYTES = 5
LONGEST_BYTES = 1 << 30
_HEADER = struct.Struct(">cI")


class BrokenFrame(Exception):
    """The other side does not speak in frames."""


def header(kind: bytes, length: int) -> bytes:
    return _HEADER.pack(kind, length)


def frame(kind: bytes, payload: bytes) -> bytes:
    return _HEADER.pack(kind, len(payload)) + payload


def parse_header(head: bytes) -> tuple[bytes, int]:
    """The kind of a frame and the length of its payload."""
    kind, length = _HEADER.unpack(head)
    if kind not in (ASK, HEAD, BODY, END, ERROR) or length > LONGEST_BYTES:
        raise BrokenFrame(f"a frame of kind {kind!r} and {length} bytes")
    return kind, length


class Splitter:
    """Cuts a stream into frames as it arrives. A body comes on in pieces; everything else only when it is whole."""

    def __init__(self) -> None:
        self._gathered = bytearray()
        self._kind = b""
        self._left = 0

    def feed(self, data: bytes) -> "list[tuple[bytes, bytes]]":
        found: list[tuple[bytes, bytes]] = []
        position = 0
        while position < len(data):
            if self._left == 0:
                position = self._read_header(data, position)
                if self._kind and self._left == 0:
                    found.append((self._kind, b""))
                continue
            piece = data[position : position + self._left]
            position += len(piece)
            self._left -= len(piece)
            if self._kind == BODY:
                found.append((BODY, piece))
                continue
            self._gathered += piece
            if self._left == 0:
                found.append((self._kind, bytes(self._gathered)))
                self._gathered.clear()
        return found

    def _read_header(self, data: bytes, position: int) -> int:
        """Moves on by what is there of the header; `_kind` is empty until all of it is."""
        self._kind = b""
        piece = data[position : position + HEADER_BYTES - len(self._gathered)]
        self._gathered += piece
        if len(self._gathered) == HEADER_BYTES:
            self._kind, self._left = parse_header(bytes(self._gathered))
            self._gathered.clear()
        return position + len(piece)
