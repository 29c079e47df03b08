"""Pages: what was fetched of EDGAR, kept under the digest of its bytes.

What lies in a filing's folder never changes, so it is asked for once. Everything else is asked for with the validators
of the version that is there, and comes again only if it has changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.graphs.objects import ObjectMissing, ObjectStore
from knowledger.domain.repositories.edgar import Edgar, Fetched, Validators
from knowledger.kernel.clock import utc_now
from knowledger.models.filings import Page


def key_of(sha256: str) -> str:
    """Where bytes with this digest lie in the object store."""
    return f"edgar/{sha256[:2]}/{sha256}"


@dataclass(frozen=True)
class StoredPage:
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Pages:
    """`edgar` makes the client when it is first needed."""

    edgar: Callable[[], Edgar]
    sessions: sessionmaker[Session]
    objects: ObjectStore

    def read(self, path: str) -> bytes:
        """The newest version of a page that may change. Raises what `fetch` of Edgar raises."""
        return self.objects.local(key_of(self._newest(path).sha256)).read_bytes()

    def document(self, path: str) -> StoredPage:
        """A page that never changes, asked for only if its bytes are not there yet."""
        with self.sessions() as session:
            known = session.get(Page, path)
        if known is not None and self._is_there(known.sha256):
            return StoredPage(known.sha256, known.size_bytes)
        return self._newest(path)

    def _newest(self, path: str) -> StoredPage:
        with self.sessions() as session:
            known = session.get(Page, path)
        if known is not None and not self._is_there(known.sha256):
            known = None
        with self.objects.scratch("edgar") as scratch:
            validators = Validators(known.etag, known.last_modified) if known else None
            fetched = self.edgar().fetch(path, scratch / "page", validators)
            if fetched is None:
                assert known is not None
                return StoredPage(known.sha256, known.size_bytes)
            self.objects.put(key_of(fetched.sha256), scratch / "page")
        self._record(path, fetched)
        return StoredPage(fetched.sha256, fetched.size_bytes)

    def _record(self, path: str, fetched: Fetched) -> None:
        values = {
            "sha256": fetched.sha256,
            "size_bytes": fetched.size_bytes,
            "etag": fetched.validators.etag,
            "last_modified": fetched.validators.last_modified,
            "fetched_at": utc_now(),
        }
        with self.sessions.begin() as session:
            statement = insert(Page).values(path=path, **values)
            session.execute(statement.on_conflict_do_update(index_elements=[Page.path], set_=values))

    def _is_there(self, sha256: str) -> bool:
        try:
            return self.objects.local(key_of(sha256)).is_file()
        except ObjectMissing:
            return False


def local_copy(objects: ObjectStore, sha256: str) -> Path:
    """The bytes of a stored page or document as a local file. Raises ObjectMissing."""
    return objects.local(key_of(sha256))
