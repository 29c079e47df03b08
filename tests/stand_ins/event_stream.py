"""Events of one operation as a server writes them, in all the ways that the format allows."""

import json
from collections.abc import Iterator


def progress(number: int, **more: object) -> bytes:
    return event(number, "operation_progress", message=f"step {number}", **more)


def event(number: int, name: str, **more: object) -> bytes:
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(data(number, **more))}\n\n".encode()


def data(number: int, **more: object) -> dict[str, object]:
    moment = "2026-11-23T12:00:00+00:00"
    return {"operation_id": "op_1", "sequence_number": number, "timestamp": moment, "message": "", **more}


def completed(number: int, **result: object) -> bytes:
    return event(number, "operation_completed", result=result, execution_time_ms=5)


def stream_end() -> bytes:
    return b'event: stream_end\ndata: {"status": "completed"}\n\n'


def crumbs(text: bytes, size: int = 1) -> Iterator[bytes]:
    for start in range(0, len(text), size):
        yield text[start : start + size]
