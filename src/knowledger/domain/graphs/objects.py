"""What the domain asks of the store that holds immutable files."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from knowledger.kernel.errors import KnowledgerError


class ObjectMissing(KnowledgerError):
    """A stored file is gone."""

    hint = "Run `knowledger doctor`; if the data directory was restored from a copy, part of it is missing."


class ObjectStoreUnavailable(KnowledgerError):
    """The object store does not answer."""

    status = 503
    retryable = True
    hint = "Check KNOWLEDGER_OBJECT_STORE_URL and the credentials; `knowledger doctor` tries them."


@dataclass(frozen=True)
class StoredObject:
    key: str
    size_bytes: int
    modified_at: datetime


class ObjectStore(Protocol):
    """Objects are written once, under a key nobody else uses, and never changed."""

    def scratch(self, name: str) -> AbstractContextManager[Path]:
        """A private directory for unfinished files, gone afterwards whatever happens."""

    def put(self, key: str, path: Path) -> None:
        """Move a finished local file into the store; on return it is durable and readable under its key."""

    def local(self, key: str) -> Path:
        """A local path to read the object from. Raises ObjectMissing."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is gone already."""

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """The objects below a prefix, in no particular order."""

    def clear_scratch(self, older_than: datetime) -> None:
        """Remove private directories that a killed process left behind."""
