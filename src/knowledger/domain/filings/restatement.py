"""When a fact of a later filing restates one of an earlier filing."""

import re
from dataclasses import dataclass
from itertools import pairwise

from knowledger.domain.filings.duplicates import Reported, agree
from knowledger.domain.filings.names import concept_id

_CONCEPTS = re.compile(r"https?://\S+#\S+(?:\s+https?://\S+#\S+)*")


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact of one filing, among facts of the same concept, entity, period, unit and dimensions."""

    fact_id: str
    accession: str
    filed: str
    reported: Reported


def restatements(stated: list[Stated]) -> list[tuple[Stated, Stated]]:
    """Pairs (later, earlier) of successive filings whose values exclude each other.

    All the facts must have the same aspects. One that only says the same more or less precisely, or that goes on
    saying what the filing before it said, restates nothing.
    """
    ordered = sorted(stated, key=lambda one: (one.filed, one.accession))
    return [
        (later, earlier)
        for earlier, later in pairwise(ordered)
        if earlier.accession != later.accession and not agree([earlier.reported, later.reported])
    ]


def without_year(value: str) -> str:
    """A value that names concepts by their namespaces (an extensible list's), as the concepts that it names."""
    if not value.startswith("http") or not _CONCEPTS.fullmatch(value):
        return value
    return " ".join(concept_id(*name.rsplit("#", 1), cik="") for name in value.split())
