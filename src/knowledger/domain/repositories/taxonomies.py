"""Standard taxonomies: fetched of their publishers once for each year, and compiled for all filings to come.

Filings are readable without: what a concept is then follows from the filings alone. So a publisher that cannot be
reached is no error, and is asked again with the next load.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from knowledger.domain.operations.progress import Progress, Work
from knowledger.domain.repositories.edgar import (
    EdgarContactMissing,
    EdgarPageMissing,
    EdgarThrottled,
    EdgarUnavailable,
)
from knowledger.domain.repositories.pages import Pages, local_copy
from knowledger.domain.repositories.readings import Reader, read_in
from knowledger.kernel.errors import InvalidInput

# A filing says where its taxonomies are: nobody but their publishers is asked for that.
_PUBLISHED: Final = re.compile(
    r"https?:/(/(?:xbrl\.fasb\.org|xbrl\.sec\.gov|xbrl\.ifrs\.org|taxonomies\.xbrl\.us)/[\w./-]+\.xsd)", re.ASCII
)


def read_better(reader: Reader, pages: Pages | None, quarters: Sequence[str]) -> Work[list[str]]:
    """Fetch and compile what the readings of these quarters lack; gives the filings that are to be read again."""
    if pages is None or reader.taxonomies is None:
        return []
    with reader.sessions() as session:
        lacking = _lacking(session, reader, quarters)
    addresses = {namespace: address for missing in lacking.values() for namespace, address in missing.items()}
    compiled: set[str] = set()
    for _, schema in fetched(pages, sorted(set(addresses.values()))):
        yield Progress("Compiling taxonomies", step="read")
        compiled.update((yield from _compiled(reader, schema, reader.taxonomies)))
    return [accession for accession, missing in lacking.items() if compiled & missing.keys()]


def path_of(address: str) -> str | None:
    """Where a publisher has the schema, by host and path; None where the address is nobody's we would ask."""
    found = _PUBLISHED.fullmatch(address)
    return found[1] if found and ".." not in address else None


def _lacking(session: Session, reader: Reader, quarters: Sequence[str]) -> dict[str, dict[str, str]]:
    readings = read_in(session, quarters, reader.engine.parser_version)
    return {reading.accession: reading.missing_taxonomies for reading in readings if reading.missing_taxonomies}


def fetched(pages: Pages, addresses: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Those that are there, each with its bytes; none any more once a publisher does not answer."""
    for address in addresses:
        path = path_of(address)
        if path is None:
            continue
        try:
            yield address, local_copy(pages.objects, pages.document(path).sha256)
        except EdgarPageMissing:
            continue
        except (EdgarContactMissing, EdgarThrottled, EdgarUnavailable):
            return


def _compiled(reader: Reader, schema: Path, directory: Path) -> Work[list[str]]:
    """What is no schema explains nothing."""
    with reader.objects.scratch("taxonomy") as scratch:
        try:
            return (yield from reader.engine.compile_taxonomy([schema], directory, scratch))
        except InvalidInput:
            return []
