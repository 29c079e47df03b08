"""Categories: what money was spent on or came from, in the two levels that Plaid gives.

Codes are Plaid's personal finance categories (its API reference, "Personal finance category taxonomy"): a wide one
such as FOOD_AND_DRINK, and a finer one that begins with it, such as FOOD_AND_DRINK_COFFEE.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

Direction = Literal["income", "expense", "transfer"]

_DIRECTIONS: dict[str, Direction] = {
    "INCOME": "income",
    "TRANSFER_IN": "transfer",
    "TRANSFER_OUT": "transfer",
    "LOAN_PAYMENTS": "transfer",
    "LOAN_DISBURSEMENTS": "transfer",
}


@dataclass(frozen=True)
class Category:
    category_id: str
    name: str
    parent_id: str | None
    direction: Direction


@cache
def categories_of(fine: str | None, wide: str | None) -> tuple[Category, ...]:
    """The category of a transaction and the wider one it is part of, the wider first."""
    wide = wide or fine
    if wide is None:
        return ()
    direction = _DIRECTIONS.get(wide, "expense")
    wider = Category(wide, _name(wide), None, direction)
    if fine is None or fine == wide:
        return (wider,)
    return (wider, Category(fine, _name(fine.removeprefix(f"{wide}_")), wide, direction))


def _name(code: str) -> str:
    return code.replace("_", " ").capitalize()
