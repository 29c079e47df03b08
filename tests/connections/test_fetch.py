"""Reading what changed, by Plaid's own SDK over a socket."""

from decimal import Decimal

import pytest

from knowledger.adapters.plaid import PlaidFeed
from knowledger.domain.connections.feed import (
    BankAccessRevoked,
    BankFeedBusy,
    BankFeedChanged,
    BankFeedNotSetUp,
    BankFeedUnavailable,
    BankSignInRequired,
    LinkedItem,
    LinkWish,
)
from knowledger.domain.connections.fetch import Fetched, fetch
from knowledger.domain.operations.progress import result_of
from knowledger.examples.plaid_sandbox.problems import broken, mutated, too_often
from knowledger.examples.plaid_sandbox.server import CLIENT_ID, SECRET
from tests.connections.conftest import HASTE
from tests.connections.customers import customer, spending
from tests.stand_ins.plaid import SYNC, PlaidStandIn

PAST = customer(*((f"DAY {day}", day + 0.1) for day in range(1, 29)))


@pytest.fixture
def feed(stand_in: PlaidStandIn) -> PlaidFeed:
    stand_in.api.asked.clear()
    return PlaidFeed(stand_in.url, CLIENT_ID, SECRET)


@pytest.fixture
def item(feed: PlaidFeed) -> LinkedItem:
    return feed.exchange(feed.public_token("ins_test", PAST, None))


def fetched(feed: PlaidFeed, item: LinkedItem, cursor: str | None = None) -> Fetched:
    return result_of(fetch(feed, item.access_token, cursor, HASTE))


def names(found: Fetched) -> list[str]:
    return sorted(item.description for item in found.changes.there.values())


def test_amounts_are_exact_and_positive_where_money_goes_out(feed: PlaidFeed, item: LinkedItem) -> None:
    found = fetched(feed, item).changes.there.values()
    assert {item.amount for item in found} == {Decimal(day) + Decimal("0.10") for day in range(1, 29)}
    assert fetched(feed, item).accounts[0].current_balance == Decimal("100.25")


def test_a_cursor_leads_to_what_changed_after_it(feed: PlaidFeed, item: LinkedItem, stand_in: PlaidStandIn) -> None:
    first = fetched(feed, item)
    known = next(iter(stand_in.bank.transactions(item.item_id)))
    new = spending(stand_in.bank, item.item_id, "NEW", 3)
    stand_in.bank.change(item.item_id, there=[new], gone=[str(known["transaction_id"])])
    later = fetched(feed, item, first.cursor)
    assert (names(later), later.changes.gone) == (["NEW"], {known["transaction_id"]})


def test_pages_come_one_after_the_other(feed: PlaidFeed, item: LinkedItem) -> None:
    page = feed.page(item.access_token, None, 10)
    assert (len(page.added), page.has_more) == (10, True)
    assert len(feed.page(item.access_token, page.next_cursor, 500).added) == 18


def test_data_that_changes_between_pages_is_read_again_from_the_start(
    feed: PlaidFeed, item: LinkedItem, stand_in: PlaidStandIn
) -> None:
    first = feed.page(item.access_token, None, 10)
    stand_in.bank.change(item.item_id, there=[spending(stand_in.bank, item.item_id, "MEANWHILE", 1)])
    with pytest.raises(BankFeedChanged):
        feed.page(item.access_token, first.next_cursor, 10)
    stand_in.api.happenings.extend([mutated(), mutated()])
    found = fetched(feed, item)
    assert (found.restarts, len(found.changes.there)) == (2, 29)


def test_a_busy_feed_is_waited_for(feed: PlaidFeed, item: LinkedItem, stand_in: PlaidStandIn) -> None:
    stand_in.api.happenings.extend([too_often(), too_often()])
    assert len(fetched(feed, item).changes.there) == 28
    assert stand_in.api.asked.count(SYNC) == 3


def test_a_feed_that_stays_busy_is_given_up(feed: PlaidFeed, item: LinkedItem, stand_in: PlaidStandIn) -> None:
    stand_in.api.happenings.extend(too_often() for _ in range(1000))
    with pytest.raises(BankFeedBusy):
        fetched(feed, item)
    stand_in.api.happenings.clear()


def test_refusals_are_told_in_our_words(feed: PlaidFeed, item: LinkedItem, stand_in: PlaidStandIn) -> None:
    stand_in.api.happenings.append(broken())
    with pytest.raises(BankFeedUnavailable):
        fetched(feed, item)
    feed.reset_login(item.access_token)
    with pytest.raises(BankSignInRequired):
        fetched(feed, item)
    assert isinstance(feed.item(item.access_token).problem, BankSignInRequired)
    feed.remove(item.access_token)
    feed.remove(item.access_token)
    with pytest.raises(BankAccessRevoked):
        fetched(feed, item)


def test_wrong_credentials_and_no_answer_are_told_apart(stand_in: PlaidStandIn) -> None:
    with pytest.raises(BankFeedNotSetUp):
        PlaidFeed(stand_in.url, CLIENT_ID, "wrong").link_token(LinkWish("ada"))
    with pytest.raises(BankFeedUnavailable):
        PlaidFeed("http://127.0.0.1:1", CLIENT_ID, SECRET).link_token(LinkWish("ada"))
