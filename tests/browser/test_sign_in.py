"""Signing in and out."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.stack import Stack


def test_the_link_signs_in_and_leaves_no_token_behind(context: BrowserContext, stack: Stack) -> None:
    page = context.new_page()
    page.goto(stack.signin_link())
    expect(page.get_by_role("heading", name="Graphs")).to_be_visible()
    assert page.url == f"{stack.url}/#/graphs"
    assert page.evaluate("history.length") == context.new_page().evaluate("history.length") + 1


def test_a_link_works_once(context: BrowserContext, stack: Stack) -> None:
    link = stack.signin_link()
    first = context.new_page()
    first.goto(link)
    expect(first.get_by_role("heading", name="Graphs")).to_be_visible()
    context.clear_cookies()
    second = context.new_page()
    second.goto(link)
    expect(second.get_by_role("alert")).to_be_visible()
    expect(second.get_by_label("Email")).to_be_visible()


def test_wrong_credentials_are_told(context: BrowserContext, stack: Stack) -> None:
    page = context.new_page()
    page.goto(stack.url)
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password").fill("not the one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_an_ended_session_leads_to_the_sign_in(page: Page, context: BrowserContext) -> None:
    context.clear_cookies()
    page.evaluate("location.hash = '#/operations'")
    expect(page.get_by_label("Password")).to_be_visible()


def test_signing_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
