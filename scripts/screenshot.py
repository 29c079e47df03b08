"""The README's picture, taken from a running stack: `python scripts/screenshot.py LINK --graph NAME`.

LINK is a fresh one-time sign-in link. Debian's Chromium takes the picture (`apt-get install chromium`); Inter and
JetBrains Mono (`fonts-inter fonts-jetbrains-mono`) are what the picture in the repository was taken with.
"""

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

SIZE: ViewportSize = {"width": 1280, "height": 800}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
OUT = Path(__file__).parents[1] / "docs" / "images" / "graph.png"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("link", help="a one-time sign-in link, as `knowledger up` prints it")
    parser.add_argument("--graph", help="the name of the graph to show; the one that changed last by default")
    parser.add_argument("--tab", default="Overview", help="Overview, Tables, Files, Query or Operations")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is missing: apt-get install chromium", file=sys.stderr)
        return 2
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page(viewport=SIZE, color_scheme="dark" if asked.dark else "light")
        open_graph(page, asked.link, asked.graph, asked.tab)
        page.screenshot(path=asked.out, animations="disabled")
        browser.close()
    return 0


def open_graph(page: Page, link: str, name: str | None, tab: str) -> None:
    page.goto(link)
    names = page.locator(".list-name")
    names.first.wait_for()
    (names.filter(has_text=name) if name else names).first.click()
    page.get_by_role("navigation", name="Graph").get_by_role("link", name=tab).click()
    page.get_by_role("region", name=tab).wait_for()
    page.get_by_text("Live", exact=True).wait_for()


if __name__ == "__main__":
    sys.exit(main())
