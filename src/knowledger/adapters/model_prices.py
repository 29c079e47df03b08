"""What models cost, by the price table that comes with the pinned `genai-prices`."""

from decimal import Decimal
from functools import cached_property
from importlib.metadata import version

from knowledger.domain.agents.choice import ModelChoice, Provider
from knowledger.domain.agents.mind import Tokens

_TABLES = {Provider.ANTHROPIC: "anthropic", Provider.OPENAI: "openai", Provider.OPENAI_CHAT: "openai"}


class PriceTable:
    """A snapshot: it is never updated while running, so that a bill can be checked against its version."""

    @cached_property
    def version(self) -> str:
        return f"genai-prices {version('genai-prices')}"

    def dollars(self, choice: ModelChoice, tokens: Tokens) -> Decimal | None:
        from genai_prices import Usage, calc_price  # 0.3 s, which nobody pays who asks no model

        usage = Usage(
            input_tokens=tokens.input,
            output_tokens=tokens.output,
            cache_read_tokens=tokens.cache_read,
            cache_write_tokens=tokens.cache_write,
        )
        try:
            if choice.provider in _TABLES:
                return calc_price(usage, choice.model, provider_id=_TABLES[choice.provider]).total_price
            return calc_price(usage, choice.model, provider_api_url=choice.base_url).total_price
        except LookupError:
            return None
