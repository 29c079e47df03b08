"""Changing a plan within a period: the days that are left are given back at the old price and paid at the new."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from knowledger.domain.billing.plans import Plan
from knowledger.kernel.money import Money
from knowledger.kernel.periods import Period


@dataclass(frozen=True)
class Proration:
    """Both positive: what comes back, and what is to pay."""

    credited: Money
    debited: Money


def prorate(old: Plan, new: Plan, period: Period, day: date) -> Proration:
    """What a change on that day comes to; the day itself is the new plan's.

    To a plan of another interval the change begins a new period, which is paid in full.
    """
    share = Fraction(period.days_left(day), period.days)
    debited = new.price.times(share) if new.interval == old.interval else new.price
    return Proration(credited=old.price.times(share), debited=debited)
