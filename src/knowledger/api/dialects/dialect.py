"""What an encoder is, and the stream of one operation in its words."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from knowledger.api.live.frames import COMMENT, Frame
from knowledger.kernel.json import JsonObject


class Encoder(Protocol):
    """Made anew for each stream."""

    headers: Mapping[str, str]

    def encode(self, event: str, data: JsonObject) -> Sequence[JsonObject]:
        """What an event is in this dialect."""

    def chunk(self, said: JsonObject) -> bytes:
        """One of them as bytes of a stream of server-sent events."""

    def end(self) -> bytes:
        """What comes after the last."""


def data_of(frame: Frame) -> JsonObject:
    """The event's data, back from its encoding."""
    line = frame.body.split(b"\n", 2)[1]
    data: JsonObject = json.loads(line.removeprefix(b"data: "))
    return data


def data_line(said: JsonObject) -> bytes:
    return f"data: {json.dumps(said, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


async def encoded(
    frames: AsyncIterator[Sequence[Frame]], encoder: Encoder, *, leave_out: int = 0
) -> AsyncIterator[bytes]:
    """The stream from its first event on, without the first `leave_out` things that the encoder says."""
    said_so_far = 0
    async for batch in frames:
        if not batch:
            yield COMMENT
            continue
        chunks = []
        for frame in batch:
            for said in encoder.encode(frame.type, data_of(frame)):
                said_so_far += 1
                if said_so_far > leave_out:
                    chunks.append(encoder.chunk(said))
        if chunks:
            yield b"".join(chunks)
        if batch[-1].is_terminal:
            yield encoder.end()
