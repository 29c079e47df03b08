"""The documents of a filing, each known for what it is before anything is read out of it."""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.domain.filings.header import FilingHeader
from knowledger.engine.xbrl.vocabulary import HREF, IX_NAMESPACES, LINK, XBRLI, XSD
from knowledger.engine.xbrl.xml import (
    MAX_DOCUMENT_BYTES,
    MAX_DOCUMENTS,
    MAX_PACKAGE_BYTES,
    FilingTooLarge,
    HostileXml,
    MalformedXbrl,
    as_utf8,
    parse_xml,
)
from knowledger.kernel.errors import InvalidInput

_MARKS = tuple(namespace.encode() for namespace in (*IX_NAMESPACES, XBRLI, LINK, XSD))
_INLINE_MARKS = tuple(namespace.encode() for namespace in IX_NAMESPACES)
_BEGINNING = 4096
_READABLE = (".htm", ".html", ".xhtml", ".xml", ".xsd", ".xbrl")
_RENDERED = re.compile(r"^(R\d+\.(htm|xml)|FilingSummary\.xml)$", re.IGNORECASE)

_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(NotImplementedError, RuntimeError, OSError, EOFError, ValueError),
)


class NoXbrl(InvalidInput):
    """None of the filing's documents holds XBRL."""

    hint = "Filings before 2009, and many forms, have none."


class ContextsMissing(InvalidInput):
    """The filing's facts refer to contexts that none of its documents holds."""

    hint = "They stand in a document that is not here. The filing's address leads to what the SEC has of it."


@dataclass(frozen=True)
class FilingPackage:
    """A filing: what is known about it, and its documents by name, as the bytes that the SEC has."""

    header: FilingHeader
    documents: Mapping[str, bytes]


@dataclass(frozen=True)
class Document:
    """A document that was parsed as XML."""

    name: str
    root: etree._Element
    content: bytes

    @cached_property
    def declares_below_root(self) -> bool:
        """Whether a namespace is declared anywhere but at the root, which is where most documents declare all."""
        return self.content.count(b"xmlns") > len(self.root.nsmap)

    @cached_property
    def schema_refs(self) -> frozenset[str]:
        """The addresses of the taxonomies that it names as its own."""
        return frozenset(ref.get(HREF, "") for ref in self.root.iter(f"{{{LINK}}}schemaRef"))

    @cached_property
    def languages(self) -> int:
        """How often a language is named."""
        return self.content.count(b"xml:lang")


@dataclass
class Documents:
    """The documents of a package by what they are.

    `refused` tells of those that could not be read, and `failures` why. `extracts` are the instances that the SEC made
    of the inline documents: the same facts once more, so that they are not even parsed.
    """

    inline: list[Document] = field(default_factory=list)
    instances: list[Document] = field(default_factory=list)
    schemas: list[Document] = field(default_factory=list)
    linkbases: list[Document] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)
    failures: list[InvalidInput] = field(default_factory=list)
    extracts: dict[str, bytes] = field(default_factory=dict)


def open_package(package: FilingPackage) -> Documents:
    """Parse what is XBRL and pass over the rest. Raises NoXbrl, FilingTooLarge; MalformedXbrl or HostileXml where
    facts cannot be read at all."""
    found = sort_documents(package)
    if not found.inline and not found.instances:
        raise found.failures[0] if found.failures else NoXbrl()
    return found


def sort_documents(package: FilingPackage) -> Documents:
    """The same, also where there are no facts to be read. Raises FilingTooLarge."""
    found = Documents()
    for name, content in sorted(expanded(package.documents).items()):
        if _RENDERED.match(name) or not name.lower().endswith(_READABLE) or not _is_xbrl(content):
            continue
        if found.inline and _is_extracted(name, content):
            found.extracts[name] = content
            continue
        try:
            _sort_in(Document(name, parse_xml(name, content), content), found)
        except (MalformedXbrl, HostileXml) as error:
            found.failures.append(error)
            found.refused.append(Finding(Rule.REFUSED, Severity.PROBLEM, error.message, document=name))
    if found.inline and found.instances:
        _tell_extracts_apart(found)
    return found


def _is_xbrl(content: bytes) -> bool:
    """Nearly all say so at their beginning: to look for each mark in the whole takes long."""
    beginning = content[:_BEGINNING]
    return any(mark in part for part in (beginning, content) for mark in _MARKS)


def _tell_extracts_apart(found: Documents) -> None:
    """An instance of the same taxonomy as an inline document states the same; one of another is a report of its own."""
    of_inline = {address for document in found.inline for address in document.schema_refs}
    instances, found.instances = found.instances, []
    for instance in instances:
        if of_inline.isdisjoint(instance.schema_refs) and instance.schema_refs:
            found.instances.append(instance)
        else:
            found.extracts[instance.name] = instance.content


def expanded(documents: Mapping[str, bytes]) -> dict[str, bytes]:
    """All documents, those in archives as well; what stands beside an archive goes before what is in it.

    Folders of an archive count only where the same name stands in two of them.
    """
    plain = {name: as_utf8(content) for name, content in documents.items() if not name.lower().endswith(".zip")}
    total = sum(len(content) for content in plain.values())
    for name, content in documents.items():
        if not name.lower().endswith(".zip"):
            continue
        for entry, part in _entries(name, content, MAX_PACKAGE_BYTES - total):
            total += len(part)
            last, content = entry.rpartition("/")[2], as_utf8(part)
            is_another = last in plain and last not in documents and plain[last] != content
            plain.setdefault(entry if is_another else last, content)
    if total > MAX_PACKAGE_BYTES or len(plain) > MAX_DOCUMENTS:
        raise FilingTooLarge(f"The filing has {len(plain):,} documents of {total:,} bytes.")
    return plain


def _entries(archive: str, content: bytes, room: int) -> Iterator[tuple[str, bytes]]:
    """Entries are read up to the limit and no further, whatever sizes the archive claims."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            infos = [info for info in opened.infolist() if not info.is_dir()]
            if len(infos) > MAX_DOCUMENTS:
                raise FilingTooLarge(f"{archive} has {len(infos):,} entries, more than the {MAX_DOCUMENTS:,} allowed.")
            for info in infos:
                limit = min(MAX_DOCUMENT_BYTES, room)
                with opened.open(info) as stream:
                    part = stream.read(limit + 1)
                if len(part) > limit:
                    raise FilingTooLarge(f"{archive}: {info.filename} expands to more than {limit:,} bytes.")
                room -= len(part)
                yield info.filename.replace("\\", "/"), part
    except _BROKEN as error:
        raise MalformedXbrl(f"{archive} is no archive that can be opened: {error}.") from None


def _is_extracted(name: str, content: bytes) -> bool:
    """Whether this is the instance that the SEC extracts from an inline document, before it costs a parse."""
    return name.lower().endswith("_htm.xml") and not any(mark in content for mark in _INLINE_MARKS)


def _sort_in(document: Document, found: Documents) -> None:
    match document.root.tag:
        case tag if tag == f"{{{XBRLI}}}xbrl":
            found.instances.append(document)
        case tag if tag == f"{{{XSD}}}schema":
            found.schemas.append(document)
        case tag if tag == f"{{{LINK}}}linkbase":
            found.linkbases.append(document)
        case _:
            if any(mark in document.content for mark in _INLINE_MARKS):
                found.inline.append(document)
