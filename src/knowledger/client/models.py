"""Which model answers an organization's questions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from knowledger.client.effects import Flow, call, fetch, fetch_all
from knowledger.client.errors import KnowledgerClientError
from knowledger.client.json import JsonObject
from knowledger.client.wire import Request, delete, get, path, with_json

Provider = Literal["anthropic", "openai", "openai-chat", "openai-compatible"]


class OrganizationUnclear(KnowledgerClientError):
    """You belong to several organizations: say which is meant."""


@dataclass(frozen=True)
class OrganizationRecord:
    org_id: str
    name: str


@dataclass(frozen=True)
class ModelRecord:
    """`provider` is `offline` where no model is chosen. Of the key only its last characters are told."""

    provider: str
    model: str
    base_url: str | None = None
    key_hint: str | None = None
    updated_at: datetime | None = None


def shown(organization_id: str | None) -> Flow[ModelRecord]:
    where = yield from _place(organization_id)
    return (yield from fetch(ModelRecord, get(where)))


def chosen(
    organization_id: str | None, provider: Provider, model: str, base_url: str | None, key: str | None
) -> Flow[ModelRecord]:
    where = yield from _place(organization_id)
    body: JsonObject = {"provider": provider, "model": model, "base_url": base_url}
    if key is not None:
        body["key"] = key
    return (yield from fetch(ModelRecord, with_json(Request("PUT", where), body)))


def forgotten(organization_id: str | None) -> Flow[None]:
    where = yield from _place(organization_id)
    yield from call(delete(where))


def _place(organization_id: str | None) -> Flow[str]:
    if organization_id is None:
        mine = yield from fetch_all(OrganizationRecord, get("/orgs"), "orgs")
        if len(mine) != 1:
            names = ", ".join(f"{item.name} ({item.org_id})" for item in mine)
            raise OrganizationUnclear(f"Say which organization is meant: {names or 'you belong to none'}.")
        organization_id = mine[0].org_id
    return path("/orgs/{}/model", organization_id)
