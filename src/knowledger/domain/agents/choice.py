"""Which model answers for an organization: by its settings, or else the offline analyst."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.agents.mind import Mind, Tokens
from knowledger.domain.agents.purse import Rate, free, microcredits
from knowledger.domain.connections.tokens import SecretKeys, TokenUnreadable
from knowledger.kernel.errors import Conflict, InvalidInput
from knowledger.models.agents import AgentModel


class Provider(StrEnum):
    """`openai` speaks Responses, `openai-chat` Chat Completions; `openai-compatible` that too, at a URL of its own."""

    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    OPENAI_CHAT = "openai-chat"
    OPENAI_COMPATIBLE = "openai-compatible"


class ModelPriceUnknown(InvalidInput):
    """What this model costs is not known."""

    hint = "Choose a model that the price table has, or reach it as `openai-compatible` by its URL."


class ModelSettingsInvalid(InvalidInput):
    """These settings name no model that could be reached."""


class ModelKeyUnreadable(Conflict):
    """The key of the organization's model cannot be read."""

    hint = "Set it again: `knowledger model set`; or put its key back into KNOWLEDGER_SECRET_KEYS."


@dataclass(frozen=True)
class ModelChoice:
    """A model and the way to it. `key` is the secret itself: never logged, never sent anywhere but to the provider."""

    provider: Provider
    model: str
    base_url: str | None = None
    key: str | None = None

    def __repr__(self) -> str:
        return f"ModelChoice({self.provider}, {self.model!r}, {self.base_url!r})"


class Minds(Protocol):
    """Makes minds of choices; what they need is loaded with the first."""

    def mind(self, choice: ModelChoice) -> Mind: ...


class Prices(Protocol):
    """A table of what models cost."""

    @property
    def version(self) -> str:
        """Names the table, so that an old bill can be checked against it."""

    def dollars(self, choice: ModelChoice, tokens: Tokens) -> Decimal | None:
        """None where the table does not have the model."""


def rate_of(choice: ModelChoice | None, prices: Prices) -> Rate:
    """What the choice costs. A model at a URL of its own that the table does not have is its owner's, and free.

    Raises ModelPriceUnknown.
    """
    if choice is None:
        return free
    chosen = choice

    def rate(tokens: Tokens) -> int:
        return microcredits(prices.dollars(chosen, tokens) or Decimal())

    if prices.dollars(chosen, Tokens(1, 1)) is not None:
        return rate
    if chosen.provider is Provider.OPENAI_COMPATIBLE:
        return free
    raise ModelPriceUnknown(f"The price table {prices.version} does not have {chosen.model!r}.")


def chosen_model(session: Session, organization_id: str, keys: SecretKeys) -> ModelChoice | None:
    """None: the offline analyst answers."""
    row = session.get(AgentModel, organization_id)
    if row is None:
        return None
    return ModelChoice(Provider(row.provider), row.model, row.base_url, _opened(row, keys))


def choose_model(
    session: Session, organization_id: str, choice: ModelChoice, *, keys: SecretKeys, prices: Prices
) -> AgentModel:
    """Have a model answer from now on. Without a key the one that is kept stays, for the same provider and URL.

    Raises ModelSettingsInvalid and ModelPriceUnknown.
    """
    _require_reachable(choice)
    rate_of(choice, prices)
    row = session.get(AgentModel, organization_id)
    is_same_door = row is not None and (row.provider, row.base_url) == (choice.provider, choice.base_url)
    if row is None:
        row = AgentModel(organization_id=organization_id)
        session.add(row)
    if choice.key is not None or not is_same_door:
        row.sealed_key = None if choice.key is None else keys.seal_token(_place(organization_id), choice.key)
        row.key_hint = None if choice.key is None else choice.key[-4:]
    row.provider, row.model, row.base_url = choice.provider.value, choice.model, choice.base_url
    _require_key(row)
    session.flush()
    session.refresh(row)
    return row


def forget_model(session: Session, organization_id: str) -> None:
    """Back to the offline analyst; the key is gone."""
    row = session.get(AgentModel, organization_id)
    if row is not None:
        session.delete(row)
        session.flush()


def reseal_model_keys(session: Session, keys: SecretKeys) -> int:
    """Seal anew under the current key what another key that is here had sealed; gives how many."""
    if not keys.keys:
        return 0
    key_id = AgentModel.sealed_key["key_id"].astext
    old = select(AgentModel).where(key_id.in_(keys.keys), key_id != keys.current).with_for_update()
    changed = session.scalars(old).all()
    for row in changed:
        row.sealed_key = keys.seal_token(_place(row.organization_id), _opened(row, keys) or "")
    return len(changed)


def _opened(row: AgentModel, keys: SecretKeys) -> str | None:
    if row.sealed_key is None:
        return None
    try:
        return keys.open_token(_place(row.organization_id), row.sealed_key)
    except TokenUnreadable:
        raise ModelKeyUnreadable from None


def _require_reachable(choice: ModelChoice) -> None:
    url = choice.base_url
    if url is not None and not url.startswith(("http://", "https://")):
        raise ModelSettingsInvalid("`base_url` does not begin with http:// or https://.")
    if url is None and choice.provider is Provider.OPENAI_COMPATIBLE:
        raise ModelSettingsInvalid("`openai-compatible` needs a `base_url`.", hint="Such as http://localhost:11434/v1.")


def _require_key(row: AgentModel) -> None:
    if row.sealed_key is None and row.provider != Provider.OPENAI_COMPATIBLE:
        raise ModelSettingsInvalid(f"{row.provider} needs a `key`.")


def _place(organization_id: str) -> str:
    return f"the model of {organization_id}"
