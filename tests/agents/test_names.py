"""What a text names: accounts by some of their words, companies by their nicknames, and what names nothing."""

import pytest

from knowledger.domain.agents.tools.named import Named, singular
from knowledger.domain.agents.tools.names import NameIndex
from knowledger.domain.agents.tools.nicknames import ORDINARY_WORDS, ticker_of

ACCOUNTS = (
    Named("Account", "1", "Bank"),
    Named("Account", "2", "Bank and card fees"),
    Named("Account", "3", "Wages and salaries"),
    Named("Account", "4", "Value added tax due"),
    Named("Account", "5", "Output tax", about="Value added tax on sales"),
    Named("Account", "6", "Sales of clay and glazes"),
)
INDEX = NameIndex(ACCOUNTS, ORDINARY_WORDS, ("Account",))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("what are our bank fees", {"2"}),
        ("bank charges in May", {"2"}),
        ("salarys in May", {"3"}),
        ("clay & glazes sales", {"6"}),
        ("VAT due at the end of June", {"4"}),
        ("how much VAT did we charge", {"4", "5"}),
        ("the bank", {"1"}),
        ("total sales", set()),
        ("what did travel cost", set()),
    ],
)
def test_things_are_known_by_some_of_their_words(text: str, ids: set[str]) -> None:
    found = INDEX.mentions(text)
    assert {item.named.id for item in found if item.score == max(one.score for one in found)} == ids


def test_the_plural_of_a_word_is_the_word() -> None:
    assert singular("salaries") == singular("salarys") == singular("salary")
    assert singular("taxes") == singular("tax")
    assert singular("groceries") == singular("grocery")


def test_a_company_has_the_ticker_of_its_name() -> None:
    assert ticker_of(("general", "electric")) == "ge"
    assert ticker_of(("exxon", "mobil")) == "xom"
    assert ticker_of(("some", "other", "firm")) == ""
