"""Bars that live: through reloads, moves and many tabs."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.ledger import create_graph, file, layers, upload
from tests.stack import Stack

MANY = 9_000_000
TABS = 10


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    """Takes seconds to stage."""
    path = tmp_path / "Account.csv"
    with path.open("w") as out:
        out.write("id,name\n")
        out.writelines(f"{number},Account {number}\n" for number in range(MANY))
    return path


def test_bars_survive_moving_and_reloading(page: Page, large_file: Path) -> None:
    create_graph(page, "Large")
    upload(page, large_file)
    bar = page.get_by_role("article").get_by_role("progressbar", name="Stage file")
    expect(bar).to_be_visible(timeout=30_000)
    page.reload()
    expect(bar).to_be_visible()
    page.get_by_role("link", name="Operations").first.click()
    expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    expect(bar).to_be_visible()
    expect(page.get_by_text(f"{MANY:,} rows into Account").first).to_be_visible(timeout=50_000)


def test_a_running_operation_can_be_cancelled(page: Page, large_file: Path) -> None:
    create_graph(page, "Cancelled")
    upload(page, large_file)
    page.get_by_role("button", name="Cancel", exact=True).click(timeout=30_000)
    expect(page.get_by_text("Stage file: Cancelled")).to_be_visible(timeout=20_000)


def test_an_operation_tells_its_events(page: Page) -> None:
    create_graph(page, "Told")
    upload(page, [file("Account.csv", "id,name\n1,Cash\n")])
    layers(page, "Account.csv", "1 rows?")
    page.get_by_role("navigation", name="Graph").get_by_role("link", name="Operations").click()
    page.get_by_role("link", name="Stage file", exact=True).click()
    events = page.get_by_role("region", name="Events")
    for event in ("queued", "started", "completed"):
        expect(events.get_by_text(event, exact=True)).to_be_visible()


def test_ten_tabs_at_once_all_hear_of_a_new_graph(page: Page, context: BrowserContext, stack: Stack) -> None:
    tabs = [context.new_page() for _ in range(TABS - 1)]
    for tab in tabs:
        tab.goto(f"{stack.url}/#/graphs")
        expect(tab.get_by_role("heading", name="Graphs")).to_be_visible()
        expect(tab.get_by_text("Live", exact=True)).to_be_visible()
    create_graph(page, "Heard in every tab")
    for tab in tabs:
        expect(tab.get_by_role("link", name="Heard in every tab", exact=True)).to_be_visible()


def test_a_browser_without_shared_workers_is_live_too(context: BrowserContext, stack: Stack) -> None:
    context.add_init_script("delete window.SharedWorker")
    page = context.new_page()
    page.goto(stack.signin_link())
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    create_graph(page, "Without a worker")
