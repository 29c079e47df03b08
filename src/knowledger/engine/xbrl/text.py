"""Values that are passages: what an inline element holds as escaped HTML, and what a reader sees of it."""

import html
import re
from collections.abc import Callable
from functools import lru_cache

from lxml import etree

from knowledger.engine.xbrl.vocabulary import IX_NAMESPACES

_NAMESPACES = re.compile(r'\sxmlns(?::[\w.-]+)?="[^"]*"')
_VOID = frozenset({"br", "hr", "img", "input", "col", "area", "base", "link", "meta", "wbr", "param", "embed"})
_HTML_PREFIXES = frozenset({"xhtml", "html", "h"})
_PREFIXED_HTML = re.compile(rf"(</?)(?:{'|'.join(sorted(_HTML_PREFIXES))}):")
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
_BREAKS = frozenset(
    name for block in (*_BLOCKS, "br") for tag in (block, f"/{block}") for name in (tag, tag.upper())
)  # fmt: skip
_CELL_ENDS = frozenset({"/td", "/th", "/TD", "/TH"})
_TAGS = re.compile(r"(<[^>]*(?:><[^>]*)*>)")
_TAG_NAME = re.compile(r"<(/?\w*)[^>]*>")
_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)")
_KEPT_LENGTH, _KEPT_ANSWERS = 2048, 8192
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
    text, prefixes = etree.tostring(element, encoding="unicode", with_tail=False), element.nsmap
    start, end = text.find(">") + 1, text.rfind("</")
    inner = text[start:end] if end >= start else ""
    for prefix, namespace in prefixes.items():
        if namespace in IX_NAMESPACES:
            inner = _tags_of(prefix).sub("", inner)
    declares = " xmlns" in inner
    if declares:
        inner = _NAMESPACES.sub("", inner)
    if declares or not _HTML_PREFIXES.isdisjoint(prefixes):
        inner = _PREFIXED_HTML.sub(r"\1", inner)
    return _with_end_tags(inner)


@lru_cache(maxsize=64)
def _tags_of(prefix: str | None) -> re.Pattern[str]:
    names = re.escape(f"{prefix}:") if prefix else f"(?:{'|'.join(_IX_NAMES)})\\b"
    return re.compile(f"</?{names}[^>]*>")


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
    parts = _TAGS.split(text.replace("\n", " ").replace("\t", " "))
    parts[1::2] = map(_GAPS.__getitem__, parts[1::2])
    shown = _REFERENCE.sub(_referred, "".join(parts))
    return "\n".join([_words(line) for line in shown.split("\n") if line and not line.isspace()])


def _gap(tags: str) -> str:
    """What tags that follow each other leave between the texts on their two sides."""
    names = set(_TAG_NAME.findall(tags))
    if not _BREAKS.isdisjoint(names):
        return "\n"
    return "" if _CELL_ENDS.isdisjoint(names) else "\t"


def _referred(reference: re.Match[str]) -> str:
    return _CHARACTERS[reference[0]]


def _words(line: str) -> str:
    if "\t" not in line:
        return " ".join(line.split())
    return "\t".join([" ".join(cell.split()) for cell in line.split("\t") if cell and not cell.isspace()])


class _Answers(dict[str, str]):
    """What a function answered before: filings have the same few tags between their words, thousands of times.

    Kept are some, and short ones, so that no filing can fill the memory.
    """

    def __init__(self, function: Callable[[str], str]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, asked: str) -> str:
        answer = self._function(asked)
        if len(asked) <= _KEPT_LENGTH:
            if len(self) >= _KEPT_ANSWERS:
                self.clear()
            self[asked] = answer
        return answer


_GAPS, _CHARACTERS = _Answers(_gap), _Answers(html.unescape)
