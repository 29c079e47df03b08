"""Values that are passages: what an inline element holds as escaped HTML, and what a reader sees of it."""

import html
import re

from lxml import etree

from knowledger.engine.xbrl.vocabulary import IX_NAMESPACES

_IX_TAG = re.compile(r"</?(?:[A-Za-z_][\w.-]*:)?(?:nonNumeric|nonFraction|continuation|fraction|numerator|denominator|"
                     r"footnote)\b[^>]*>")  # fmt: skip
_NAMESPACES = re.compile(r'\sxmlns(?::[\w.-]+)?="[^"]*"')
_EMPTY = re.compile(r"<(?!(?:br|hr|img|input|col|area|base|link|meta|wbr|param|embed)\b)([A-Za-z]\w*)((?:\s[^<>]*)?)/>")
_PREFIXED_HTML = re.compile(r"(</?)(?:xhtml|html|h):")
_BREAKS = re.compile(r"</?(?:p|div|tr|table|ul|ol|li|h[1-6]|blockquote|section|hr|br)\b[^>]*>", re.IGNORECASE)
_CELLS = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"[^\S\n\t]+")
_TABS = re.compile(r"[ ]*\t[\t ]*")
_LINES = re.compile(r"[ \t]*\n\s*")
_LOOKS_MARKED_UP = re.compile(r"<(?:p|div|table|span|font|br|b|i|u|tr|h[1-6])\b", re.IGNORECASE)


def exclusions(namespaces: tuple[str, ...] = IX_NAMESPACES) -> tuple[str, ...]:
    return tuple(f"{{{namespace}}}exclude" for namespace in namespaces)


def all_text(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())


def shown_text(element: etree._Element, excludes: bool) -> str:
    """The text of an element as it stands, without what is excluded."""
    if not len(element):
        return element.text or ""
    if not excludes or next(element.iter(*exclusions()), None) is None:
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
    plain = _PREFIXED_HTML.sub(r"\1", _NAMESPACES.sub("", _IX_TAG.sub("", inner)))
    return _EMPTY.sub(r"<\1\2></\1>", plain)


def _without_exclusions(element: etree._Element) -> etree._Element:
    copied = etree.fromstring(etree.tostring(element, with_tail=False))
    for excluded in list(copied.iter(*exclusions())):
        etree.strip_elements(copied, excluded.tag, with_tail=False)
    return copied


def is_markup(text: str) -> bool:
    return "<" in text and _LOOKS_MARKED_UP.search(text) is not None


def plain_text(text: str) -> str:
    """What a reader sees of a piece of HTML: a line for each block, a tab between the cells of a row."""
    lines = _CELLS.sub("\t", _BREAKS.sub("\n", text.replace("\n", " ").replace("\t", " ")))
    shown = html.unescape(_TAGS.sub("", lines)).replace("\xa0", " ")
    return _LINES.sub("\n", _TABS.sub("\t", _SPACES.sub(" ", shown))).strip()
