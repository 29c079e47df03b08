"""The caller and their API keys."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field
from sqlalchemy.orm import Session

from knowledger.api.access import AsUser, AsUserOfGraphs, Router
from knowledger.api.shapes import Answer, Name, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.tenancy.access import Caller
from knowledger.domain.tenancy.api_keys import issue_own_key, own_keys, revoke_own_key
from knowledger.domain.tenancy.operators import governed_first
from knowledger.domain.tenancy.organizations import Belonging, organizations_of
from knowledger.domain.tenancy.roles import Role, Scope
from knowledger.domain.tenancy.users import get_user
from knowledger.models.tenancy import ApiKey

router = Router(tags=["user"])


class OrganizationOfUser(Answer):
    org_id: str
    name: str
    role: Role

    @classmethod
    def of(cls, belonging: Belonging) -> "OrganizationOfUser":
        return cls(org_id=belonging.organization_id, name=belonging.name, role=belonging.role)


class UserAnswer(Answer):
    """`is_operator`: whether this user runs the deployment, and may see its pipelines."""

    id: str
    email: str
    name: str
    organizations: list[OrganizationOfUser]
    is_operator: bool


class ApiKeyAnswer(Answer):
    id: str
    name: str
    prefix: str
    org_id: str
    scopes: list[Scope]
    is_active: bool
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    graph_ids: list[str] | None = Field(description="The only graphs that it reaches; null for all.")

    @classmethod
    def of(cls, key: ApiKey) -> "ApiKeyAnswer":
        return cls(
            id=key.id,
            name=key.name,
            prefix=key.prefix,
            org_id=key.organization_id,
            scopes=[Scope(scope) for scope in key.scopes],
            is_active=True,
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            graph_ids=key.graph_ids,
        )


class ApiKeysAnswer(Answer):
    api_keys: list[ApiKeyAnswer]


class NewApiKey(RequestBody):
    """Without scopes it may read and write; `admin` has to be asked for. Without graphs it reaches all."""

    name: Name
    scopes: Annotated[frozenset[Scope], Field(min_length=1)] = frozenset({Scope.READ, Scope.WRITE})
    expires_at: AwareDatetime | None = None
    graph_ids: Annotated[frozenset[str], Field(min_length=1, max_length=100)] | None = None


class IssuedKeyAnswer(Answer):
    key: str = Field(description="The key itself. It is shown this once.")
    api_key: ApiKeyAnswer


def user_answer(session: Session, user_id: str, only_organization_id: str | None = None) -> UserAnswer:
    user = get_user(session, user_id)
    belongings = organizations_of(session, user_id, only_organization_id)
    return UserAnswer(
        id=user.id,
        email=user.email,
        name=user.name,
        organizations=[OrganizationOfUser.of(belonging) for belonging in belongings],
        is_operator=governed_first(session, user.id) is not None,
    )


def confinement(caller: Caller) -> str | None:
    """The one organization that an API key may know of."""
    return caller.organization_id if caller.kind == "api_key" else None


@router.get("/user")
def read_user(caller: AsUserOfGraphs, session: Transaction) -> UserAnswer:
    """You, and the organizations you belong to; by API key only the key's own."""
    return user_answer(session, caller.user_id, confinement(caller))


@router.get("/user/api-keys")
def list_api_keys(caller: AsUser, session: Transaction) -> ApiKeysAnswer:
    """Your keys that still work, newest first; by API key only those of its organization."""
    return ApiKeysAnswer(api_keys=[ApiKeyAnswer.of(key) for key in own_keys(session, caller)])


@router.post("/user/api-keys", status_code=201)
def create_api_key(body: NewApiKey, caller: AsUser, session: Transaction) -> IssuedKeyAnswer:
    """A key for the organization where you act. An API key can make only keys that may do no more than itself."""
    issued = issue_own_key(session, caller, body.name, body.scopes, body.expires_at, body.graph_ids)
    return IssuedKeyAnswer(key=issued.key, api_key=ApiKeyAnswer.of(issued.api_key))


@router.delete("/user/api-keys/{api_key_id}", status_code=204)
def revoke_api_key(api_key_id: str, caller: AsUser, session: Transaction) -> None:
    """The key stops working at once."""
    revoke_own_key(session, caller, api_key_id)
