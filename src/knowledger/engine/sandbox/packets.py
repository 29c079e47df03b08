"""Between a client and the zygote: one JSON object a packet, with open files alongside."""

import json
import socket

from knowledger.kernel.json import JsonObject

_LONGEST_BYTES = 4096
_MOST_FDS = 4


def send_packet(control: socket.socket, message: JsonObject, fds: tuple[int, ...] = ()) -> bool:
    """False when the other side is gone."""
    try:
        socket.send_fds(control, [json.dumps(message).encode()], fds)
    except OSError:
        return False
    return True


def receive_packet(control: socket.socket) -> tuple[JsonObject | None, list[int]]:
    """None when the other side is gone, or does not speak this language."""
    body, fds, _, _ = socket.recv_fds(control, _LONGEST_BYTES, _MOST_FDS, socket.MSG_CMSG_CLOEXEC)
    try:
        message = json.loads(body)
    except ValueError:
        message = None
    return message if isinstance(message, dict) else None, fds
