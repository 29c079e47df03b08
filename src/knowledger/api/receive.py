"""Receiving a request's body as a file, as it comes and no further than it may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import open_file
from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.tables.files import Part
from knowledger.kernel.errors import DiskFull, InvalidInput, LimitExceeded, is_disk_full

BLOCK_BYTES = 1 << 20


class UploadCutOff(InvalidInput):
    """The connection broke before the whole body had arrived."""

    hint = "Go on from the size that the file's record tells; nothing of this request was kept."


class MalformedForm(InvalidInput):
    """The multipart form cannot be read."""

    hint = "Send a form with one part, the file, or the file's bytes as the body."


class UploadTooLarge(LimitExceeded):
    """The file is larger than its graph's tier allows."""


@asynccontextmanager
async def received(request: Request, objects: ObjectStore, limit_bytes: int) -> AsyncIterator[Part]:
    """The body in a scratch file of ours, which is gone afterwards unless it was put into the store.

    Raises UploadTooLarge, UploadCutOff, MalformedForm, DiskFull.
    """
    with objects.scratch("upload") as scratch:
        path, size_bytes = scratch / "part", 0
        try:
            async with await open_file(path, "wb", buffering=BLOCK_BYTES) as stream:
                async for block in _file_of(request):
                    size_bytes += len(block)
                    if size_bytes > limit_bytes:
                        raise UploadTooLarge(f"The file would be larger than {limit_bytes:,} bytes.", limit=limit_bytes)
                    await stream.write(block)
        except ClientDisconnect:
            raise UploadCutOff from None
        except OSError as error:
            if is_disk_full(error):
                raise DiskFull from error
            raise
        yield Part(path, size_bytes)


async def _file_of(request: Request) -> AsyncIterator[bytes]:
    """The bytes of the file: the body itself, or the one file of a multipart form."""
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if media_type != b"multipart/form-data":
        async for block in request.stream():
            yield block
        return
    form = _Form(options.get(b"boundary", b""))
    async for block in request.stream():
        form.feed(block)
        for content in form.taken():
            yield content
    form.finish()


class _Form:
    """A multipart form of which only the one file is kept."""

    def __init__(self, boundary: bytes) -> None:
        self._content: list[bytes] = []
        self._header = b""
        self._value = b""
        self._is_file = False
        self._files = 0
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_part_data": self._take,
                    "on_header_field": self._read_field,
                    "on_header_value": self._read_value,
                    "on_header_end": self._end_header,
                },
            )
        except FormParserError:
            raise MalformedForm("The form names no boundary.") from None

    def feed(self, block: bytes) -> None:
        try:
            self._parser.write(block)
        except FormParserError:
            raise MalformedForm from None

    def taken(self) -> list[bytes]:
        content, self._content = self._content, []
        return content

    def finish(self) -> None:
        """Raises MalformedForm for a form that broke off or did not hold exactly one file."""
        try:
            self._parser.finalize()
        except FormParserError:
            raise MalformedForm("The form breaks off.") from None
        if self._files != 1:
            raise MalformedForm(f"The form holds {self._files} files; send one at a time.")

    def _begin(self) -> None:
        self._is_file = False
        self._header = self._value = b""

    def _read_field(self, block: bytes, start: int, end: int) -> None:
        self._header += block[start:end]

    def _read_value(self, block: bytes, start: int, end: int) -> None:
        self._value += block[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition" and b"filename" in parse_options_header(self._value)[1]:
            self._is_file = True
            self._files += 1
        self._header = self._value = b""

    def _take(self, block: bytes, start: int, end: int) -> None:
        if self._is_file and self._files == 1:
            self._content.append(block[start:end])
