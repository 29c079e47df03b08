"""JSON over a stream socket: four bytes of length, big-endian, then UTF-8."""

import json
import socket
from collections.abc import Iterator

from knowledger.kernel.json import JsonObject

LONGEST_BYTES = 256 * 2**20


class BrokenFrame(Exception):
    """The other side does not speak in frames."""


def send_frame(connection: socket.socket, message: JsonObject) -> None:
    body = json.dumps(message, separators=(",", ":")).encode()
    connection.sendall(len(body).to_bytes(4, "big") + body)


def receive_frame(connection: socket.socket) -> JsonObject | None:
    """The next message, or None when the other side is gone, be it in the middle of one."""
    head = _receive_exactly(connection, 4)
    if head is None:
        return None
    length = _checked_length(head)
    body = _receive_exactly(connection, length)
    return None if body is None else parse_object(body)


class FrameBuffer:
    """Frames out of bytes that come in pieces of any size."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, received: bytes) -> Iterator[JsonObject]:
        self._bytes += received
        while (length := self._next_length()) is not None and len(self._bytes) >= 4 + length:
            body = self._bytes[4 : 4 + length]
            del self._bytes[: 4 + length]
            yield parse_object(body)

    def _next_length(self) -> int | None:
        return _checked_length(self._bytes[:4]) if len(self._bytes) >= 4 else None


def parse_object(body: bytes | bytearray) -> JsonObject:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise BrokenFrame("not JSON") from error
    if not isinstance(message, dict):
        raise BrokenFrame("not an object")
    return message


def _checked_length(head: bytes | bytearray) -> int:
    length = int.from_bytes(head, "big")
    if length > LONGEST_BYTES:
        raise BrokenFrame(f"a frame of {length} bytes")
    return length


def _receive_exactly(connection: socket.socket, length: int) -> bytearray | None:
    received = bytearray()
    while len(received) < length:
        try:
            piece = connection.recv(min(length - len(received), 2**20))
        except ConnectionResetError:
            return None
        if not piece:
            return None
        received += piece
    return received
