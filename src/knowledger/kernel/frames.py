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
