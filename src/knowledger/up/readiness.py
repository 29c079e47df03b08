"""How the supervisor knows that a process answers."""

import asyncio
import socket
from contextlib import suppress
from pathlib import Path

from knowledger.up.embedded import EmbeddedServer
from knowledger.up.service import ReadinessCheck

PATIENCE_S = 2.0


def server_answers(server: EmbeddedServer) -> ReadinessCheck:
    async def check() -> bool:
        return server.is_ready()

    return check


def socket_accepts(path: Path, kind: socket.SocketKind = socket.SOCK_STREAM) -> ReadinessCheck:
    async def check() -> bool:
        with socket.socket(socket.AF_UNIX, kind) as link:
            link.setblocking(False)
            try:
                link.connect(str(path))
            except OSError:
                return False
        return True

    return check


def http_says_ready(host: str, port: int) -> ReadinessCheck:
    request = f"GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()

    async def answers(address: str) -> bool:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                reader, writer = await asyncio.open_connection(address, port)
                writer.write(request)
                status_line = await reader.readline()
            await _close(writer)
            return status_line.split()[1:2] == [b"200"]
        return False

    async def check() -> bool:
        for address in _addresses(host):
            if await answers(address):
                return True
        return False

    return check


def _addresses(host: str) -> list[str]:
    """Looked up here: asyncio does it in a thread, which then stays, and nobody with two threads should fork."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(address[0]) for *_, address in found]


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
