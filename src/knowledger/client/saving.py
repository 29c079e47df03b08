"""Files that are at their place only once they are whole."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4


@contextmanager
def saving(place: Path) -> Iterator[BinaryIO]:
    """An open file that moves to `place` in the end; where that fails nothing is left, and OSErrors name `place`."""
    unfinished = place.with_name(f".{place.name}.{uuid4().hex}")
    try:
        with unfinished.open("xb") as file:
            yield file
        unfinished.replace(place)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(place)) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
