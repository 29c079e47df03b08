"""What the domain asks of the engine that reads filings. `knowledger.engine` answers, in a sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol

from knowledger.domain.filings.findings import Finding
from knowledger.domain.filings.header import FilingHeader
from knowledger.domain.operations.progress import Work
from knowledger.kernel.errors import KnowledgerError

TABLES: Final = "tables.tar"
PUBLISHED: Final = "published"
"""Where among compiled taxonomies lie the schemas of their publishers, by scheme, host and path."""


@dataclass(frozen=True)
class FilingToParse:
    """One filing: its documents by the name they have in it, as original bytes in local files.

    A document ending in .zip (the SEC's `…-xbrl.zip`) is opened and its entries are documents as well. Documents that
    are not XBRL (pictures, R files, exhibits as plain HTML) may be among them and are passed over. `directory` exists,
    is empty and takes one file, an archive (TABLES) of a Parquet file for each table that has rows, `<table>.parquet`,
    always with the same columns, and `findings.parquet`.
    """

    header: FilingHeader
    documents: Mapping[str, Path]
    directory: Path


@dataclass(frozen=True)
class ParsedFiling:
    """What one filing gave: facts_read = facts_kept + duplicates. `tables` is rows by table name.

    `missing_taxonomies` maps the namespace of each standard taxonomy that the filing uses and that was not at hand to
    the address of its schema; once compiled, parsing the filing again fills in what its concepts are.
    """

    accession: str
    parser_version: str
    read_by: Literal["parser", "arelle"]
    tables: Mapping[str, int]
    facts_read: int
    facts_kept: int
    findings: Mapping[str, int] = field(default_factory=dict)
    missing_taxonomies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RefusedFiling:
    """A filing that gave nothing, and why: NoXbrl, HostileXml, MalformedXbrl …"""

    accession: str
    error: KnowledgerError


class FilingEngine(Protocol):
    """Each call is one sandboxed child; the longer its list, the less each filing costs."""

    @property
    def parser_version(self) -> str:
        """Changes whenever the same bytes may give other rows."""

    def parse(
        self, filings: Sequence[FilingToParse], taxonomies: Path | None, scratch: Path
    ) -> Work[list[ParsedFiling | RefusedFiling]]:
        """Read the filings, in order; `taxonomies` is a directory of compiled taxonomies. Bad data is a value.

        Progress counts filings (`rows_done`, `rows_total`). Raises what the sandbox raises: one filing that takes the
        child with it takes the whole call, so that the caller tries them one by one.
        """

    def compile_taxonomy(self, schemas: Sequence[Path], directory: Path, scratch: Path) -> Work[list[str]]:
        """Compile schemas of standard taxonomies into `directory`; gives the namespaces. Once per taxonomy and year."""

    def second_opinion(self, filing: FilingToParse, arelle_cache: Path | None, scratch: Path) -> Work[list[Finding]]:
        """Load the filing with Arelle as well, offline, and tell where facts differ. Slow: for samples and doubts."""

    def relate(self, parsed: Sequence[Path], directory: Path, scratch: Path) -> Work[dict[str, int]]:
        """What no filing knows alone, from the directories of parsed filings: RESTATES, AMENDS, and rows of Entity for
        those that no filing is of.

        Writes a Parquet file for each of these tables to `directory`; gives their rows by table name.
        """
