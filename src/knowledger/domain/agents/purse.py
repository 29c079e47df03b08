"""What an answer may cost: reserved before its first call, billed step by step, given back in the end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

from sqlalchemy.orm import Session

from knowledger.domain.agents.mind import Tokens
from knowledger.domain.agents.modes import LONGEST_RUN, Limits
from knowledger.domain.billing.credits import InsufficientCredits, balance, post, reserve
from knowledger.domain.billing.ledger import CREDIT
from knowledger.domain.billing.plans import catalogue

Rate = Callable[[Tokens], int]
"""What tokens cost, in micro-credits."""

RESERVED_FOR = LONGEST_RUN * 2 + timedelta(minutes=30)
"""A run that is retried again and again ends within this time."""

_LEAST = Tokens(input=8_000, output=500)
"""What the shortest answer takes. Who cannot afford that need not begin."""


def free(tokens: Tokens) -> int:
    return 0


def microcredits(dollars: Decimal) -> int:
    """Rounded up, so that nothing that costs something is free."""
    return int((dollars / catalogue().credit_rate * CREDIT).to_integral_value(ROUND_CEILING))


def worst_case(limits: Limits, rate: Rate) -> int:
    """What a run costs that uses all it may."""
    return rate(Tokens(input=limits.input_tokens, output=limits.output_tokens))


def reserve_for(session: Session, organization_id: str, operation_id: str, limits: Limits, rate: Rate) -> int:
    """Reserve the worst case, or all there is, and say how much that was. Raises InsufficientCredits."""
    wanted = worst_case(limits, rate)
    if wanted == 0:
        return 0
    available = balance(session, organization_id).available
    if available < rate(_LEAST):
        raise InsufficientCredits(required=rate(_LEAST), available=available)
    amount = min(wanted, available)
    reserve(session, organization_id, amount, transfer_id=operation_id, expires_in=RESERVED_FOR)
    return amount


@dataclass
class Purse:
    """What a run has left of its reservation, None where it costs nothing."""

    operation_id: str
    rate: Rate
    left: int | None

    def affordable(self, input_tokens: int, most: int) -> int:
        """How many tokens an answer to that much input may have."""
        if self.left is None:
            return most
        rest = self.left - self.rate(Tokens(input=input_tokens))
        each = max(1, self.rate(Tokens(output=1_000)))
        return max(0, min(most, rest * 1_000 // each))

    def bill(self, session: Session, number: int, tokens: Tokens) -> int:
        """Post what a step took, and say how much that was: never more than is left. The same step is billed once."""
        if self.left is None:
            return 0
        amount = min(self.rate(tokens), self.left)
        self.left = post(session, self.operation_id, amount, post_id=f"{self.operation_id}:{number}")
        return amount
