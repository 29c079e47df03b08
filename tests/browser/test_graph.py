"""From files to a queried graph, by mouse and keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ledger import ACCOUNTS, ENTRIES, create_graph, file, layers, materialize, open_tab, upload


@pytest.fixture
def graph(page: Page) -> Page:
    """The page, on a graph whose two files are staged; one of the entries did not fit."""
    create_graph(page, "Ledger")
    upload(page, [file("Account.csv", ACCOUNTS), file("Entry.csv", ENTRIES)])
    layers(page, "Account.csv", "3 rows")
    layers(page, "Entry.csv", "3 rows", "1 rejected")
    return page


def test_a_file_shows_its_three_layers(graph: Page) -> None:
    layers(graph, "Account.csv", r"Uploaded\s*\d+ B", r"Staged\s*3 rows", "waits for materializing")


def test_a_rejected_row_is_shown_with_its_place_and_reason(graph: Page) -> None:
    graph.get_by_role("link", name="1 rejected", exact=True).click()
    row = graph.get_by_role("region", name="Rejected rows").get_by_role("row").nth(1)
    for said in ("Entry.csv", "4", "amount", "twelve", "wrong_type"):
        expect(row).to_contain_text(said)


def test_no_page_is_wider_than_a_narrow_phone(graph: Page) -> None:
    upload(graph, [file(f"{'entries_' * 20}.csv", ENTRIES)])
    expect(graph.get_by_role("button", name="Propose types")).to_be_visible()
    graph.set_viewport_size({"width": 380, "height": 780})
    for tab in ("Overview", "Tables", "Files", "Query", "Ask", "Operations"):
        open_tab(graph, tab)
        assert graph.evaluate("document.documentElement.scrollWidth") <= 380, tab
    open_tab(graph, "Tables")
    graph.get_by_role("link", name="Entry", exact=True).click()
    expect(graph.get_by_role("region", name="Rejected rows")).to_be_visible()
    assert graph.evaluate("document.documentElement.scrollWidth") <= 380
    for place in ("SEC filings", "Operations", "Billing"):
        graph.get_by_role("navigation", name="Main").get_by_role("link", name=place).click()
        expect(graph.get_by_role("heading", level=1)).to_have_text(place)
        assert graph.evaluate("document.documentElement.scrollWidth") <= 380, place


def test_a_question_is_answered_on_the_page(graph: Page) -> None:
    materialize(graph)
    open_tab(graph, "Ask")
    graph.get_by_label("Question").fill("How many accounts are there?")
    graph.get_by_label("Question").press("Enter")
    answer = graph.get_by_role("region", name="Ask").get_by_role("article")
    expect(answer).to_contain_text("There are 3 Account nodes", timeout=30_000)
    expect(answer).to_contain_text("Sources")
    graph.reload()
    expect(answer).to_contain_text("There are 3 Account nodes")
    graph.get_by_role("button", name="New conversation").click()
    expect(answer).to_have_count(0)


def test_materializing_brings_the_rows_into_the_graph(graph: Page) -> None:
    materialize(graph)
    layers(graph, "Entry.csv", r"In graph\s*3 rows")
    open_tab(graph, "Overview")
    expect(graph.get_by_role("img", name="Node types Account, Entry")).to_be_visible()
    expect(graph.get_by_role("listitem").filter(has_text="POSTED_TO")).to_contain_text("3")


def test_a_cypher_query_shows_its_rows(graph: Page) -> None:
    materialize(graph)
    open_tab(graph, "Query")
    editor = graph.get_by_label("Query", exact=True).get_by_role("textbox")
    editor.fill("MATCH (e:Entry)-[:POSTED_TO]->(a:Account) RETURN a.name AS name, count(*) AS entries ORDER BY name")
    editor.press("Control+Enter")
    answer = graph.get_by_role("region", name="Answer")
    expect(answer.get_by_role("row")).to_have_count(3)
    expect(answer.get_by_role("row").nth(1)).to_contain_text("Cash")
    expect(graph.get_by_text("2 rows")).to_be_visible()


def test_sql_asks_the_staged_tables_and_gives_csv(graph: Page) -> None:
    open_tab(graph, "Query")
    graph.get_by_text("SQL", exact=True).click()
    graph.get_by_label("Query", exact=True).get_by_role("textbox").fill('SELECT name FROM "Account" ORDER BY name')
    with graph.expect_download() as download:
        graph.get_by_role("button", name="CSV").click()
    assert download.value.path().read_text().split() == ["name", "Cash", "Receivables", "Revenue"]


def test_a_mistake_in_a_query_is_told_with_its_hint(graph: Page) -> None:
    materialize(graph)
    open_tab(graph, "Query")
    graph.get_by_label("Query", exact=True).get_by_role("textbox").fill("CREATE (:Account {id: 9})")
    graph.get_by_role("button", name="Run").click()
    expect(graph.get_by_role("alert")).to_be_visible()


def test_names_are_shown_and_never_run(page: Page) -> None:
    name = "<img src=x onerror=alert(1)>"
    create_graph(page, name)
    page.get_by_role("link", name="Graphs", exact=True).first.click()
    expect(page.get_by_role("table").get_by_role("link", name=name, exact=True).first).to_be_visible()
    assert page.locator("main img").count() == 0


def test_a_schema_with_mistakes_is_refused_with_their_places(page: Page) -> None:
    page.get_by_role("button", name="New graph").first.click()
    page.get_by_label("Name").fill("Mistaken")
    page.get_by_role("textbox", name="Schema").fill('{"nodes": [{"name": "A", "key": ["id"], "properties": []}]}')
    page.get_by_role("button", name="Create graph").click()
    expect(page.get_by_role("alert")).to_contain_text("nodes[0]")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_types_are_proposed_for_files_without_a_table(page: Page) -> None:
    create_graph(page, "Inferred", schema=None)
    upload(page, [file("accounts.csv", ACCOUNTS)])
    layers(page, "accounts.csv", "no table yet")
    page.get_by_role("button", name="Propose types").click()
    expect(page.get_by_role("region", name="Propose types")).to_contain_text("key id")
    page.get_by_role("button", name="Use these types").click()
    layers(page, "accounts.csv", r"Staged\s*3 rows")
