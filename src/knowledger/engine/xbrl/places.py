"""Where in a document an element stands."""

from lxml import etree


def anchor_of(element: etree._Element) -> str:
    """The way from the root to an element that has no id, as an XPointer child sequence: /1/2/14."""
    steps = []
    while (parent := element.getparent()) is not None:
        steps.append(parent.index(element) + 1)
        element = parent
    return "/1" + "".join(f"/{step}" for step in reversed(steps))


def line_of(element: etree._Element) -> int:
    """The line that an element starts on, from 1; 0 where the parser does not know."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 0
