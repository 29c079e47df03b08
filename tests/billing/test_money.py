"""Money is exact, rounded once, and never a float."""

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledger
from knowledger.kernel.money import CurrencyMismatch, Money, priced, round_half_even

SOURCES = Path(knowledger.__file__).parent
MONEY_PATHS = (
    "kernel/money.py",
    "kernel/periods.py",
    "models/billing.py",
    "models/credits.py",
    "domain/billing/*.py",
    "api/billing/*.py",
    "adapters/stripe.py",
    "dagster/jobs/billing.py",
    "cli/billing.py",
)


def floats_in(tree: ast.AST) -> list[str]:
    """Where a float could come from: a literal, the type, a true division, `round`, or seconds as a float."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float()) | ast.Name(id="float" | "round") | ast.BinOp(op=ast.Div()):
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
            case ast.AugAssign(op=ast.Div()) | ast.Attribute(attr="total_seconds" | "timestamp"):
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def test_no_float_is_anywhere_near_money() -> None:
    paths = [path for pattern in MONEY_PATHS for path in SOURCES.glob(pattern)]
    assert len(paths) > len(MONEY_PATHS)
    assert {str(path): found for path in paths if (found := floats_in(ast.parse(path.read_text("utf-8"))))} == {}


@pytest.mark.parametrize("source", ["1.5", "float(x)", "x / 2", "round(x)", "x /= 2", "t.total_seconds()"])
def test_that_test_finds_floats(source: str) -> None:
    assert floats_in(ast.parse(source))


def test_a_float_is_refused_as_an_amount_a_rate_and_a_quantity() -> None:
    with pytest.raises(TypeError):
        Money(1.0, "USD")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(100, "USD").times(0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quantity", "minor"), [("0.005", 0), ("0.015", 2), ("0.025", 2), ("0.0250001", 3), ("-0.015", -2), ("-0.025", -2)]
)
def test_a_half_goes_to_the_even_neighbour(quantity: str, minor: int) -> None:
    assert Money(100, "USD").times(Decimal(quantity)) == Money(minor, "USD")


@given(st.fractions())
def test_rounding_agrees_with_the_standard_library(number: Fraction) -> None:
    assert round_half_even(number) == round(number)


def test_currencies_do_not_mix_and_have_their_own_digits() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "USD") + Money(1, "EUR")
    assert str(Money(123456, "USD")) == "1,234.56 USD"
    assert str(Money(-123456, "JPY")) == "-123,456 JPY"
    assert priced(3, Decimal("0.25"), "JPY") == Money(1, "JPY")
    assert priced(3, Decimal("0.25"), "KWD") == Money(750, "KWD")
