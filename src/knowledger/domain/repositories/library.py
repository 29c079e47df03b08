"""The library: standard taxonomies as their publishers have them, where Arelle looks for them."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from knowledger.domain.repositories.engine import PUBLISHED
from knowledger.domain.repositories.pages import Pages
from knowledger.domain.repositories.readings import Reader
from knowledger.domain.repositories.taxonomies import fetched
from knowledger.kernel.ids import new_id


@dataclass(frozen=True)
class Library:
    """Beside the compiled taxonomies, by scheme, host and path. Nobody is asked twice for what they did not have."""

    reader: Reader
    publishers: Pages | None
    _asked: set[str] = field(default_factory=set)

    @property
    def directory(self) -> Path | None:
        if self.reader.taxonomies is None:
            return None
        directory = self.reader.taxonomies / PUBLISHED
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def fetch(self, addresses: Iterable[str]) -> bool:
        """Put what the publishers have at these addresses into the library; whether there is more in it than before."""
        wanted = sorted(set(addresses) - self._asked)
        self._asked.update(wanted)
        if self.publishers is None or self.directory is None:
            return False
        found = [_put(self.directory, address, content) for address, content in fetched(self.publishers, wanted)]
        return bool(found)


def _put(directory: Path, address: str, content: Path) -> Path:
    """Whole or not at all: others read there meanwhile."""
    scheme, _, place = address.partition("://")
    path = directory / scheme / place
    path.parent.mkdir(parents=True, exist_ok=True)
    arriving = path.with_name(new_id("arriving"))
    shutil.copyfile(content, arriving)
    arriving.replace(path)
    return path
