"""XML from strangers: parsed without a network, and refused where it declares anything that could be expanded."""

import codecs
import re
from html.entities import name2codepoint

from lxml import etree

from knowledger.engine.xbrl.places import line_of
from knowledger.kernel.errors import InvalidInput

MAX_DOCUMENT_BYTES = 256 * 2**20
MAX_PACKAGE_BYTES = 1024 * 2**20
MAX_DOCUMENTS = 5000
_DEEP = 256
_BARE_DOCTYPE = re.compile(rb"<!DOCTYPE\s+html\s*>", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# Submissions in the SEC's text format begin their documents with a line break, which XML does not allow.
_LATE_DECLARATION = re.compile(rb"\s+(<\?xml\s[^>]*?\?>)")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z][\w.-]*)[\"']")
_ROOT = re.compile(rb"<([A-Za-z][\w.:-]*)")
_TAIL = 4096
_FIRST_ELEMENT = re.compile(rb"<[A-Za-z]")
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_DECLARED_ENCODING = re.compile(r"(<\?xml\s[^>]*?)\sencoding\s*=\s*[\"'][^\"']*[\"']")
# What stands in a CDATA section is text as it is.
_NAMED_CHARACTER = re.compile(rb"<!\[CDATA\[.*?\]\]>|&([A-Za-z][A-Za-z0-9]*);", re.DOTALL)
_OF_XML = ("amp", "lt", "gt", "quot")


class HostileXml(InvalidInput):
    """A document of the filing declares entities, a DTD or an external reference, or is nested without end."""

    hint = "The SEC accepts nothing of the kind. The filing's address leads to what it has."


class MalformedXbrl(InvalidInput):
    """A document of the filing cannot be read as XBRL."""

    hint = "It costs no other filing. The filing's address leads to what the SEC has of it."


class DocumentCutShort(MalformedXbrl):
    """A document of the filing ends before its end."""

    hint = "Half a report is not read. The filing's address leads to what the SEC has of it."


class ParserFailed(MalformedXbrl):
    """The parser came upon something in the filing that it does not know how to read."""

    hint = "It costs no other filing. Please report the accession number to who makes the parser."


class FilingTooLarge(InvalidInput):
    """The filing is larger than any that the SEC would accept, or expands to such a size."""

    status = 413


def parse_xml(document: str, content: bytes) -> etree._Element:
    """The root of a document. Raises HostileXml, MalformedXbrl, FilingTooLarge, naming the document and the line."""
    if len(content) > MAX_DOCUMENT_BYTES:
        raise FilingTooLarge(f"{document} has {len(content):,} bytes, more than the {MAX_DOCUMENT_BYTES:,} allowed.")
    _refuse_declarations(document, content)
    given = content
    content, encoding = _without_late_declaration(given)
    try:
        root = etree.fromstring(content, _parser(encoding, huge=False))
    except etree.XMLSyntaxError as error:
        if _is_about_a_name(error) and (numbered := _with_numbered_characters(given)) != given:
            return parse_xml(document, numbered)
        if not _is_about_size(error):
            raise _malformed(document, content, error) from None
        root = _parse_huge(document, content, encoding)
    except LookupError:
        raise MalformedXbrl(f"{document}, line 1: its encoding {encoding} is not known.") from None
    _refuse_dtd(document, root)
    return root


def as_utf8(content: bytes) -> bytes:
    """A document in UTF-16 as UTF-8, in which what tells documents apart can be looked for; any other as it is."""
    encoding = next((name for start, name in _WIDE if content.startswith(start)), None)
    if encoding is None:
        return content
    try:
        return _DECLARED_ENCODING.sub(r"\1", content.decode(encoding), count=1).encode()
    except UnicodeDecodeError:
        return content


def _with_numbered_characters(content: bytes) -> bytes:
    """Characters that HTML has names for, such as &nbsp;, by their numbers: XML knows none of the names."""

    def numbered(named: re.Match[bytes]) -> bytes:
        name = (named[1] or b"").decode()
        return named[0] if name in _OF_XML or name not in name2codepoint else b"&#%d;" % name2codepoint[name]

    return _NAMED_CHARACTER.sub(numbered, content)


def _parse_huge(document: str, content: bytes, encoding: str | None) -> etree._Element:
    """Once more without libxml2's limits on one text's length, which a long note in one piece goes beyond."""
    try:
        root = etree.fromstring(content, _parser(encoding, huge=True))
    except etree.XMLSyntaxError as error:
        raise _malformed(document, content, error) from None
    for element in root.iter():
        if sum(1 for _ in element.iterancestors()) > _DEEP:
            raise HostileXml(f"{document}, line {line_of(element)}: elements are nested more than {_DEEP} deep.")
    return root


def _without_late_declaration(content: bytes) -> tuple[bytes, str | None]:
    """The same bytes on the same lines, with the encoding that a declaration which had to go named."""
    late = _LATE_DECLARATION.match(content)
    if late is None:
        return content, None
    encoding = _ENCODING.search(late[1])
    return b"\n" * late[0].count(b"\n") + content[late.end() :], encoding[1].decode() if encoding else None


def _parser(encoding: str | None, *, huge: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=huge,
        remove_comments=True,
        remove_pis=True,
    )


def _refuse_declarations(document: str, content: bytes) -> None:
    first = _FIRST_ELEMENT.search(content)
    head = content[: first.start() if first else 4096]
    declared = _DOCTYPE.search(head)
    if declared and not _BARE_DOCTYPE.match(head, declared.start()):
        line = head.count(b"\n", 0, declared.start()) + 1
        raise HostileXml(f"{document}, line {line}: document type and entity declarations are not allowed.")


def _refuse_dtd(document: str, root: etree._Element) -> None:
    """In whatever encoding it was written."""
    declared = root.getroottree().docinfo
    entities = getattr(declared.internalDTD, "iterentities", tuple)
    if declared.public_id or getattr(declared.internalDTD, "system_url", None) or any(True for _ in entities()):
        raise HostileXml(f"{document}: document type and entity declarations are not allowed.")


def _is_about_a_name(error: etree.XMLSyntaxError) -> bool:
    return "Entity '" in str(error) and "not defined" in str(error)


def _is_about_size(error: etree.XMLSyntaxError) -> bool:
    return any(sign in str(error) for sign in ("huge text node", "Huge input", "XML_PARSE_HUGE", "too long"))


def _malformed(document: str, content: bytes, error: etree.XMLSyntaxError) -> MalformedXbrl | HostileXml:
    line = error.lineno or 1
    if "depth" in str(error).lower() and "excessive" in str(error).lower():
        return HostileXml(f"{document}, line {line}: elements are nested too deep.")
    reason = (error.msg or "not well-formed XML").partition(", line ")[0]
    kind = DocumentCutShort if _is_cut_short(content) else MalformedXbrl
    return kind(f"{document}, line {line}: {reason}.")


def _is_cut_short(content: bytes) -> bool:
    """Whether the end tag of the whole does not come at the end."""
    first = _ROOT.search(content)
    return first is not None and b"</" + first[1] not in content[-_TAIL:]
