"""Markdown as the pages use it."""

from collections.abc import Iterable, Iterator

_NOTICE = "<!-- Written by scripts/generate_docs.py from {source}. Change those, then run it. -->\n\n"


def notice(source: str) -> str:
    return _NOTICE.format(source=source)


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table, with the empty line after it."""
    for cells in (header := tuple(header), ("---",) * len(header), *rows):
        yield f"| {' | '.join(_cell(text) for text in cells)} |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", chr(92) + "|").split())


def code(text: str) -> str:
    return f"`{text}`"


def sentence(text: str) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(text.strip().partition("\n\n")[0].split())


def single_spaced(lines: Iterable[str]) -> str:
    """The lines with one empty line where there are several."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept)
