"""What strangers may send: refused with the document and the line, and never expanded."""

import io
import zipfile

import pytest

from knowledger.engine.xbrl import package as packages
from knowledger.engine.xbrl.package import FilingPackage, NoXbrl, expanded, open_package
from knowledger.engine.xbrl.parse import parse_filing
from knowledger.engine.xbrl.places import line_of
from knowledger.engine.xbrl.xml import FilingTooLarge, HostileXml, MalformedXbrl, parse_xml
from tests.engine.xbrl.packages import FIRST, amount, example, inline

BOMB = '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'


@pytest.mark.parametrize(
    "content",
    [
        BOMB.encode(),
        ('<?xml version="1.0" encoding="UTF-16"?>' + BOMB).encode("utf-16"),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/x.dtd"><html/>',
        b'<?xml version="1.0"?>\n<!-- <a> -->\n<!DOCTYPE a [<!ENTITY b SYSTEM "http://127.0.0.1/">]><a>&b;</a>',
        b"<a>" * 300 + b"</a>" * 300,
    ],
)
def test_declarations_and_endless_nesting_are_refused(content: bytes) -> None:
    with pytest.raises(HostileXml, match=r"^x\.htm"):
        parse_xml("x.htm", content)


def test_a_bare_document_type_declares_nothing() -> None:
    assert parse_xml("x.htm", b"<!DOCTYPE html>\n<html/>").tag == "html"


def test_a_declaration_after_a_line_break_keeps_its_encoding_and_the_lines() -> None:
    root = parse_xml("x.htm", "\n<?xml version='1.0' encoding='ISO-8859-1'?>\n<a>é</a>".encode("latin-1"))
    assert (root.text, line_of(root)) == ("é", 3)


def test_what_is_not_well_formed_is_named_with_its_line() -> None:
    with pytest.raises(MalformedXbrl, match=r"x\.htm, line 3: "):
        parse_xml("x.htm", b"<a>\n<b>\n</a>")


def zipped(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_an_archive_that_expands_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_PACKAGE_BYTES", 2**20)
    with pytest.raises(FilingTooLarge, match=r"f-xbrl\.zip: b expands to more than"):
        expanded({"f-xbrl.zip": zipped(a=b"small", b=b"0" * 2**21)})


def test_an_archive_that_lies_about_its_sizes_is_no_archive() -> None:
    content = zipped(a=b"0" * 100_000).replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises((MalformedXbrl, FilingTooLarge)):
        expanded({"f.zip": content})


def test_an_archive_holds_the_same_filing() -> None:
    package = example(FIRST)
    archived = FilingPackage(package.header, {"f-xbrl.zip": zipped(**package.documents)})
    assert parse_filing(archived).tables["Fact"].equals(parse_filing(package).tables["Fact"])


def test_a_broken_linkbase_costs_what_it_holds_and_nothing_more() -> None:
    whole, broken = parse_filing(example(FIRST)), parse_filing(example(FIRST, **{"bnb-20240203_pre.xml": BROKEN}))
    assert broken.tables["PRESENTS"].num_rows == 0
    assert broken.tables["Fact"].num_rows == whole.tables["Fact"].num_rows
    assert [finding.document for finding in broken.findings if finding.rule.value == "refused"] == [
        "bnb-20240203_pre.xml"
    ]


BROKEN = b'<linkbase xmlns="http://www.xbrl.org/2003/linkbase"><a></linkbase>'


def test_documents_without_xbrl_are_told_apart() -> None:
    package = FilingPackage(example(FIRST).header, {"a.htm": b"<html><p>unclosed", "b.jpg": b"\xff"})
    with pytest.raises(NoXbrl):
        open_package(package)


def test_the_extract_beside_an_inline_document_is_not_read_twice() -> None:
    package = inline(amount("5"))
    extract = b'<xbrl xmlns="http://www.xbrl.org/2003/instance"/>'
    documents = open_package(FilingPackage(package.header, {**package.documents, "a_htm.xml": extract}))
    assert (len(documents.inline), len(documents.instances)) == (1, 0)


def test_the_extract_is_read_where_the_inline_set_is_not_whole() -> None:
    package = inline(amount("5", context_ref="elsewhere"))
    context = '<context id="c"><entity><identifier scheme="http://www.sec.gov/CIK">1</identifier></entity><period>'
    extract = (
        '<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:us-gaap="http://fasb.org/us-gaap/2024">'
        f"{context}<instant>2024-12-31</instant></period></context>"
        '<unit id="u"><measure>pure</measure></unit>'
        '<us-gaap:Assets contextRef="c" unitRef="u">5</us-gaap:Assets></xbrl>'
    )
    both = {**package.documents, "a_htm.xml": extract.encode()}
    parsed = parse_filing(FilingPackage(package.header, both))
    assert [row["document"] for row in parsed.tables["Fact"].to_pylist()] == ["a_htm.xml"]
