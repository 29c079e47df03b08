"""Every page that the top of the page leads to opens and says no problem, on a desk and on a phone."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

PAGES = ("Graphs", "SEC filings", "Operations", "Billing", "Pipelines")
DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_opens(page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    for name in PAGES:
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the page"
