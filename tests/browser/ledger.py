"""A small ledger: its schema, its files, and the steps that bring it into a graph by hand."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

SCHEMA = {
    "name": "ledger",
    "nodes": [
        {
            "name": "Account",
            "key": ["id"],
            "properties": [{"name": "id", "type": "int"}, {"name": "name", "type": "string"}],
        },
        {
            "name": "Entry",
            "key": ["id"],
            "properties": [
                {"name": "id", "type": "int"},
                {"name": "account", "type": "int"},
                {"name": "amount", "type": "decimal(18,2)"},
                {"name": "posted", "type": "date"},
            ],
        },
    ],
    "relationships": [
        {"name": "POSTED_TO", "from": "Entry", "to": "Account", "source": "Entry", "to_columns": ["account"]}
    ],
}

ACCOUNTS = "id,name\n1,Cash\n2,Receivables\n3,Revenue\n"
ENTRIES = (
    "id,account,amount,posted\n"
    "100,1,1250.00,2024-01-31\n"
    "101,2,80.50,2024-02-01\n"
    "102,3,twelve,2024-02-02\n"
    "103,1,99.99,2024-02-03\n"
)


def file(name: str, text: str) -> FilePayload:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def create_graph(page: Page, name: str, schema: object = SCHEMA) -> None:
    """Leaves the page on the new graph's overview."""
    page.get_by_role("link", name="Graphs", exact=True).first.click()
    page.get_by_role("button", name="New graph").first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("textbox", name="Schema").fill(json.dumps(schema) if schema else "")
    page.get_by_role("button", name="Create graph").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=20_000)


def open_tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Graph").get_by_role("link", name=name).click()
    expect(page.get_by_role("region", name=name)).to_be_visible()


def upload(page: Page, files: Sequence[FilePayload] | Path) -> None:
    """From any tab of a graph."""
    open_tab(page, "Files")
    page.get_by_label("Drop files here").set_input_files(files)


def layers(page: Page, file_name: str, *facts: str) -> None:
    """Waits until the file's row says all of these."""
    row = page.get_by_role("listitem").filter(has=page.get_by_text(file_name, exact=True))
    for fact in facts:
        expect(row).to_contain_text(re.compile(fact), timeout=30_000)


def materialize(page: Page) -> None:
    """Waits until the graph is no longer stale."""
    page.get_by_role("button", name="Materialize").click()
    expect(page.get_by_text("Materialize: Generation")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Materialize")).to_be_hidden()
