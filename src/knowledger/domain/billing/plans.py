"""Plans and rates, as `plans.toml` declares them."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledger.domain.billing.ledger import CREDIT
from knowledger.kernel.errors import InvalidInput
from knowledger.kernel.money import Money

ResourceType = Literal["organization", "graph", "repository"]

GIB = 2**30
_MONTHS = {"month": 1, "year": 12}


class UnknownPlan(InvalidInput):
    """There is no such plan."""


class _Declared(BaseModel):
    """A table of the file. A name that nobody reads is a mistake in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Plan(_Declared):
    """What one subscription costs and gives. `credits` and `overage_credits` are micro-credits a month."""

    name: str
    title: str
    resource_type: ResourceType
    price: Money
    interval: Literal["month", "year"]
    credits: int = Field(ge=0)
    overage_credits: int = Field(ge=0)
    included_bytes: int = Field(ge=0)
    retention_days: int = Field(ge=0)
    tier: str | None = None
    repository: str | None = None

    @property
    def months(self) -> int:
        return _MONTHS[self.interval]


class TierLimits(_Declared):
    """The limits of a tier as the file has them."""

    graphs: int
    subgraphs: int
    files: int
    file_gib: int
    stored_gib: int
    staged_rows: int
    backups: int


@dataclass(frozen=True)
class Catalogue:
    """All that is sold, and on which terms."""

    currency: str
    default_plan: str
    credit_rate: Decimal
    storage_rate: Decimal
    payment_days: int
    dunning_days: tuple[int, ...]
    suspended_days: int
    tiers: dict[str, TierLimits]
    plans: dict[str, Plan]

    def plan(self, name: str) -> Plan:
        """Raises UnknownPlan. The names of the predecessor's plans (`ladybug-standard` …) are understood."""
        try:
            return self.plans[name.removeprefix("ladybug-")]
        except KeyError:
            raise UnknownPlan(f"There is no plan {name!r}.", hint=f"The plans are {', '.join(self.plans)}.") from None


@cache
def catalogue() -> Catalogue:
    return parse(files(__package__).joinpath("plans.toml").read_text("utf-8"))


def parse(text: str) -> Catalogue:
    """The catalogue that a text in the file's form declares."""
    declared = tomllib.loads(text, parse_float=Decimal)
    currency: str = declared["currency"]
    return Catalogue(
        currency=currency,
        default_plan=declared["default_plan"],
        credit_rate=Decimal(declared["credit_rate"]),
        storage_rate=Decimal(declared["storage_rate"]),
        payment_days=declared["payment_days"],
        dunning_days=tuple(declared["dunning_days"]),
        suspended_days=declared["suspended_days"],
        tiers={name: TierLimits.model_validate(tier) for name, tier in declared["tiers"].items()},
        plans={name: _plan(name, plan, currency) for name, plan in declared["plans"].items()},
    )


def _plan(name: str, declared: dict[str, Any], currency: str) -> Plan:
    terms = {
        **declared,
        "name": name,
        "price": Money(declared["price"], currency),
        "credits": declared["credits"] * CREDIT,
        "overage_credits": declared["overage_credits"] * CREDIT,
        "included_bytes": declared["included_gib"] * GIB,
    }
    del terms["included_gib"]
    return Plan.model_validate(terms)
