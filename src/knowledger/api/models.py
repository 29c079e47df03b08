"""Which model answers an organization's questions."""

from datetime import datetime

from pydantic import Field, SecretStr

from knowledger.api.access import AsAdmin, AsViewer, Router
from knowledger.api.deps import Deps
from knowledger.api.shapes import Answer, Name, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.agents.choice import ModelChoice, Provider, choose_model, forget_model
from knowledger.models.agents import AgentModel

router = Router(tags=["agent"])


class ModelBody(RequestBody):
    """`key` may be left out to keep the one there is, and for an `openai-compatible` server that needs none."""

    provider: Provider
    model: Name
    base_url: str | None = Field(default=None, max_length=500)
    key: SecretStr | None = Field(default=None, min_length=1, max_length=1000)


class ModelAnswer(Answer):
    """`provider` is `offline` where no model is chosen. Of the key only its last characters are ever told."""

    provider: str = "offline"
    model: str = "offline-analyst"
    base_url: str | None = None
    key_hint: str | None = None
    updated_at: datetime | None = None

    @classmethod
    def of(cls, row: AgentModel | None) -> "ModelAnswer":
        return cls() if row is None else cls.model_validate(row)


@router.get("/orgs/{org_id}/model")
def model(org_id: str, access: AsViewer, transaction: Transaction) -> ModelAnswer:
    """The model that answers questions of an organization."""
    return ModelAnswer.of(transaction.get(AgentModel, access.organization_id))


@router.put("/orgs/{org_id}/model")
def choose(org_id: str, body: ModelBody, access: AsAdmin, transaction: Transaction, deps: Deps) -> ModelAnswer:
    """Choose a provider and a model of it. The key is kept encrypted."""
    key = None if body.key is None else body.key.get_secret_value()
    choice = ModelChoice(body.provider, body.model, body.base_url, key)
    row = choose_model(transaction, access.organization_id, choice, keys=deps.secret_keys, prices=deps.prices)
    return ModelAnswer.of(row)


@router.delete("/orgs/{org_id}/model", status_code=204)
def forget(org_id: str, access: AsAdmin, transaction: Transaction) -> None:
    """Have the offline analyst answer; the key is deleted."""
    forget_model(transaction, access.organization_id)
