"""How much of a request is read into memory before somebody says no."""

from fastapi import HTTPException
from starlette.types import Message, Receive

BODY_LIMIT_BYTES = 16 * 2**20


def limited(receive: Receive, limit_bytes: int = BODY_LIMIT_BYTES) -> Receive:
    """Raises an HTTPException with status 413 when more than the limit has come; the rest is not read."""
    received_bytes = 0

    async def receive_within_limit() -> Message:
        nonlocal received_bytes
        message = await receive()
        received_bytes += len(message.get("body", b""))
        if received_bytes > limit_bytes:
            raise HTTPException(413)  # the one kind that FastAPI lets pass while it reads a body
        return message

    return receive_within_limit
