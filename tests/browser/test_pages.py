"""Every page that the top of the page leads to opens and says no problem, on a desk and on a phone."""

import math
from itertools import combinations

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from knowledger.client import Client
from tests.stack import Stack

PAGES = ("Graphs", "SEC filings", "Operations", "Billing", "Pipelines")
DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
_PLACES = (
    "[...document.querySelectorAll('.picture-node')].map(node => node.transform.baseVal[0].matrix).map(m => [m.e, m.f])"
)
_HIDDEN_PLACES = """() => {
    const nav = document.querySelector("nav.top-places"), { left, right } = nav.getBoundingClientRect();
    const isOutside = (box) => box.left < left - 1 || box.right > right + 1;
    const places = [...nav.querySelectorAll("a")].filter((link) => isOutside(link.getBoundingClientRect()));
    return places.map((link) => link.textContent);
}"""
_HEIGHTS = """async () => {
    const { chart } = await import(new URL("parts/chart.js", document.querySelector("script[type=module]").src));
    const encoding = { x: { field: "part" }, y: { field: "amount" } };
    const values = [{ part: "whole", amount: 100 }, { part: "half", amount: 50 }];
    const figure = chart({ mark: "bar", data: { values }, encoding });
    document.querySelector("main").append(figure);
    return [...figure.querySelectorAll("rect")].map((column) => column.getBoundingClientRect().height);
}"""

_CELLS = """async () => {
    const { amountsGrid } = await import(new URL("parts/grid.js", document.querySelector("script[type=module]").src));
    const data = [{ code: "40", amount: "383285000000" }, { code: "61", amount: null }, { code: "", amount: "-0.25" }];
    const table = amountsGrid(["code", "amount"], data, "Amounts");
    document.querySelector("main").append(table);
    return [...table.querySelectorAll("td")].map((cell) => [cell.textContent, getComputedStyle(cell).textAlign]);
}"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_opens(page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    for name in PAGES:
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the page"
    assert page.evaluate(_HIDDEN_PLACES) == []


def test_types_stand_beside_each_other(page: Page, stack: Stack) -> None:
    with Client(stack.url, stack.api_key) as kn:
        graph = kn.graphs.create("Reports", extensions=["reporting"]).result()
    page.goto(f"{stack.url}/#/graphs/{graph.graph_id}")
    page.locator(".picture-node").first.wait_for()
    places = page.evaluate(_PLACES)
    assert len(places) > 12
    for (x, y), (other_x, other_y) in combinations(places, 2):
        assert math.hypot(x - other_x, y - other_y) > 60


def test_the_columns_of_a_chart_are_as_high_as_their_figures(page: Page) -> None:
    whole, half = page.evaluate(_HEIGHTS)
    assert whole > 50
    assert abs(whole - 2 * half) < 2


def test_amounts_of_an_answer_stand_to_the_right_in_groups(page: Page) -> None:
    cells = page.evaluate(_CELLS)
    codes, amounts = cells[::2], cells[1::2]
    assert [align for _, align in codes] == ["start", "start", "start"]
    assert amounts[0] == ["383,285,000,000", "right"]
    assert amounts[2] == ["-0.25", "right"]


def test_a_dialog_closes_with_its_page(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Billing").click()
    page.get_by_role("navigation").get_by_role("link", name="Graphs").click()
    page.get_by_role("button", name="New graph").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Billing")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
