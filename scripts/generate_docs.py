"""Writes the pages of `docs/` that say what the code says already.

    python scripts/generate_docs.py            # write the pages that changed
    python scripts/generate_docs.py --check    # name the pages that are out of date, and fail if there are any

A page is a module of `scripts/pages` and a line in PAGES.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from pages import cli, errors, events, extensions, routes, settings

DOCS = Path(__file__).resolve().parents[1] / "docs"

PAGES: dict[str, Callable[[], str]] = {
    "extensions.md": extensions.page,
    "reference/cli.md": cli.page,
    "reference/errors.md": errors.page,
    "reference/events.md": events.page,
    "reference/routes.md": routes.page,
    "reference/settings.md": settings.page,
}


def main() -> None:
    check = sys.argv[1:] == ["--check"]
    texts = {DOCS / name: page() for name, page in PAGES.items()}
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        name = f"docs/{path.relative_to(DOCS)}"
        print(f"{name} is out of date: run `python scripts/generate_docs.py`" if check else name)
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(texts[path], "utf-8")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
