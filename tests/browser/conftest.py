"""Chromium before the real stack. A page that logs an error or asks another server for anything fails its test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests.browser.chromium import ARGUMENTS, NAMES
from tests.stack import Stack, running_stack


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        item.add_marker(pytest.mark.browser) if here in item.path.parents else None


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """For one module: while it is there the main thread has a running event loop, in which others' cannot run."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, stack: Stack) -> Iterator[BrowserContext]:
    """One browser profile; its pages share cookies and the one live connection."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    strangers: list[str] = []
    complaints: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((stack.url, "blob:", "data:")):
            strangers.append(request.url)

    context.on("request", note)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda message: complaints.append(message.text) if is_complaint(message.text) else None)
    yield context
    context.close()
    assert strangers == []
    assert complaints == []


@pytest.fixture
def page(context: BrowserContext, stack: Stack) -> Page:
    """A page whose user is signed in."""
    page = context.new_page()
    page.goto(stack.signin_link())
    page.get_by_role("heading", name="Graphs").wait_for()
    return page


def is_complaint(text: str) -> bool:
    """What a broken page or a broken content security policy logs; a refused request is the API's to judge."""
    return "Content Security Policy" in text or "Uncaught" in text
