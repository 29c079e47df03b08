"""What one organization used in one month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from knowledger.kernel.json import JsonObject
from knowledger.kernel.money import Money
from knowledger.kernel.periods import Period


@dataclass(frozen=True)
class Day:
    """Micro-credits used, and mean bytes stored. `is_estimated`: some hour of it was carried forward."""

    day: date
    used: int
    stored_bytes: int
    is_estimated: bool


@dataclass(frozen=True)
class MonthOfUse:
    """What one organization used in one month."""

    organization: str
    period: Period
    days: Sequence[Day]
    operations: Sequence[tuple[str, int]]
    invoices: Sequence[tuple[str, Money]]

    @property
    def used(self) -> int:
        return sum(day.used for day in self.days)

    def as_json(self) -> JsonObject:
        return {
            "credits_used": credits_text(self.used),
            "estimated_days": sum(day.is_estimated for day in self.days),
            "days": [
                {
                    "day": day.day.isoformat(),
                    "credits_used": credits_text(day.used),
                    "stored_bytes": day.stored_bytes,
                    "is_estimated": day.is_estimated,
                }
                for day in self.days
            ],
            "operations": dict(self.operations),
            "invoices": {number: str(total) for number, total in self.invoices},
        }


def credits_text(micro: int) -> str:
    """Micro-credits as credits, to the last digit that counts."""
    return format(Decimal(micro).scaleb(-6).normalize() + 0, "f")
