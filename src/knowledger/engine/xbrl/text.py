"""Values that are passages: what an inline element holds as escaped HTML, and what a reader sees of it."""

import html
import re
from functools import lru_cache

from lxml import etree

from knowledger.engine.xbrl.vocabulary import IX_NAMESPACES

_NAMESPACES = re.compile(r'\sxmlns(?::[\w.-]+)?="[^"]*"')
_VOID = frozenset({"br", "hr", "img", "input", "col", "area", "base", "link", "meta", "wbr", "param", "embed"})
_PREFIXED_HTML = re.compile(r"(</?)(?:xhtml|html|h):")
_IX_NAMES = ("nonFraction", "nonNumeric", "fraction", "numerator", "denominator", "continuation", "footnote")
_BLOCKS = (
    "p",
    "div",
    "tr",
    "table",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "section",
    "hr",
)
_GAPS = {name: "\n" for block in (*_BLOCKS, "br") for tag in (block, f"/{block}") for name in (tag, tag.upper())}
_GAPS |= {name: "\t" for tag in ("/td", "/th") for name in (tag, tag.upper())}
_TAG = re.compile(r"<(/?\w*)[^>]*>")
_LOOKS_MARKED_UP = re.compile(
    r"</?(?:p|div|table|span|font|br|hr|b|i|u|a|em|strong|su[bp]|ul|ol|li|tr|td|img|center|h[1-6])\b[^<>]*>"
    r"|&(?:[a-z][a-z0-9]*|#[0-9]+|#x[0-9a-f]+);",
    re.IGNORECASE,
)


def exclusions(namespaces: tuple[str, ...] = IX_NAMESPACES) -> tuple[str, ...]:
    return tuple(f"{{{namespace}}}exclude" for namespace in namespaces)


def all_text(element: etree._Element) -> str:
    if not len(element):
        return element.text or ""
    return "".join(str(piece) for piece in element.itertext())


def shown_text(element: etree._Element, excludes: bool) -> str:
    """The text of an element as it stands, without what is excluded."""
    if not excludes or not len(element) or next(element.iter(*exclusions()), None) is None:
        return all_text(element)
    return "".join(_texts(element))


def _texts(element: etree._Element) -> list[str]:
    found = [element.text or ""]
    for child in element:
        if child.tag not in exclusions():
            found.extend(_texts(child))
        found.append(child.tail or "")
    return found


def markup(element: etree._Element, excludes: bool) -> str:
    """The content of an element as HTML, without what is excluded and without inline XBRL's own tags.

    An element without content is written with its end tag, as HTML wants it.
    """
    if excludes and next(element.iter(*exclusions()), None) is not None:
        element = _without_exclusions(element)
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    start, end = text.find(">") + 1, text.rfind("</")
    inner = text[start:end] if end >= start else ""
    for prefix, namespace in element.nsmap.items():
        if namespace in IX_NAMESPACES:
            for begin in (f"{prefix}:",) if prefix else _IX_NAMES:
                inner = _without_tags(inner, begin)
    if " xmlns" in inner:
        inner = _NAMESPACES.sub("", inner)
    if any(f"<{prefix}:" in inner for prefix in ("xhtml", "html", "h")):
        inner = _PREFIXED_HTML.sub(r"\1", inner)
    return _with_end_tags(inner)


def _without_tags(markup: str, prefix: str) -> str:
    """Without the tags of a prefix; searching for the few is many times faster than looking at every tag."""
    for opening in (f"<{prefix}", f"</{prefix}"):
        first, *others = markup.split(opening)
        markup = first + "".join(piece.partition(">")[2] for piece in others)
    return markup


def _with_end_tags(markup: str) -> str:
    *pieces, last = markup.split("/>")
    return "".join([piece + _end(piece[piece.rfind("<") + 1 :].partition(" ")[0]) for piece in pieces]) + last


@lru_cache(maxsize=1024)
def _end(name: str) -> str:
    """What ends a tag of this name that has no content."""
    return "/>" if name.lower() in _VOID or not name.isalnum() else f"></{name}>"


def _without_exclusions(element: etree._Element) -> etree._Element:
    copied = etree.fromstring(etree.tostring(element, with_tail=False))
    for excluded in list(copied.iter(*exclusions())):
        etree.strip_elements(copied, excluded.tag, with_tail=False)
    return copied


def is_markup(text: str) -> bool:
    """Whether a text is escaped HTML: it has tags, or characters by name or number."""
    return ("<" in text or "&" in text) and _LOOKS_MARKED_UP.search(text) is not None


def plain_text(text: str) -> str:
    """What a reader sees of a piece of HTML: a line for each block, a tab between the cells of a row."""
    parts = _TAG.split(text.replace("\n", " ").replace("\t", " "))
    parts[1::2] = [_GAPS.get(tag, "") for tag in parts[1::2]]
    # Spaces are nearly all of what is written as a reference, and each that is left is a call.
    shown = "".join(parts).replace("&#160;", "\xa0").replace("&nbsp;", "\xa0")
    lines = html.unescape(shown).split("\n")
    return "\n".join([_words(line) for line in lines if line and not line.isspace()])


def _words(line: str) -> str:
    if "\t" not in line:
        return " ".join(line.split())
    return "\t".join([" ".join(cell.split()) for cell in line.split("\t") if cell and not cell.isspace()])
