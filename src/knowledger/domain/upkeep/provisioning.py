"""Provisioning: what is paid for comes to be, exactly once, and goes when it is paid for no longer.

Each look at a subscription is one transaction under the customer's lock, and each attempt submits its operation under a
key of its own, so a crash leaves either nothing or an operation that the next look finds.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.backups.create import BackUp
from knowledger.domain.billing.allocation import allocate, top_up
from knowledger.domain.billing.customers import lock_customer
from knowledger.domain.billing.invoices import bill_now
from knowledger.domain.billing.plans import Plan, catalogue
from knowledger.domain.billing.subscriptions import Order, change_plan, end, move_to, require_state, subscribe
from knowledger.domain.billing.tiers import require_within, tier_named
from knowledger.domain.graphs.catalogue import count_graphs, delete_graph, lock_graph
from knowledger.domain.graphs.create import CreateGraph, GraphDraft
from knowledger.domain.graphs.extension import load_extensions
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.usage import usage_of
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.outcome import Outcome, outcome_of
from knowledger.domain.operations.submit import submit
from knowledger.domain.repositories.access import grant_access, revoke_access
from knowledger.kernel.errors import InvalidInput, KnowledgerError
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject
from knowledger.models.billing import Subscription
from knowledger.models.graphs import Graph

RETRY_AFTER: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""Between attempts; after the last the subscription has failed."""


class ResourceInvalid(InvalidInput):
    """This plan cannot be had with these particulars."""


def order_of(plan: Plan, config: JsonObject, *, key: str | None, user_id: str | None) -> Order:
    """What somebody asks for, as an order. Raises ResourceInvalid before anything is paid."""
    match plan.resource_type:
        case "graph":
            _command(plan, config)
            return Order(plan, None, config, key, user_id)
        case "repository":
            if config.get("repository_name", plan.repository) != plan.repository:
                raise ResourceInvalid(f"The plan {plan.name} is for the repository {plan.repository}.")
            return Order(plan, plan.repository, config, key, user_id)
        case _:
            raise ResourceInvalid(
                f"The plan {plan.name} is an organization's own.", hint="Change your organization's subscription."
            )


def buy_on_invoice(session: Session, organization_id: str, order: Order, at: datetime) -> Subscription:
    """Subscribe, bill it and begin to provide it. The same order again gives the same subscription."""
    subscription = subscribe(session, organization_id, order, at, paid=True)
    bill_now(session, subscription, at)
    provision(session, subscription.id, at)
    return subscription


def subscriptions_to_provision(session: Session, at: datetime, resource_type: str | None = None) -> list[str]:
    """Those with something to provide or to take back, the longest waiting first."""
    query = select(Subscription.id).where(Subscription.provision_at <= at)
    if resource_type is not None:
        query = query.where(Subscription.resource_type == resource_type)
    return list(session.scalars(query.order_by(Subscription.provision_at, Subscription.id)))


def provision_due(sessions: sessionmaker[Session], at: datetime) -> int:
    """Look at each once, in a transaction of its own, and say how many there were."""
    with sessions() as session:
        waiting = subscriptions_to_provision(session, at)
    for subscription_id in waiting:
        with sessions.begin() as session:
            provision(session, subscription_id, at)
    return len(waiting)


def provision(session: Session, subscription_id: str, at: datetime) -> None:
    """One look: submit what is to be done, or take up what became of it."""
    subscription = session.get_one(Subscription, subscription_id)
    lock_customer(session, subscription.organization_id)
    session.refresh(subscription)
    if subscription.provision_at is None or subscription.provision_at > at:
        return
    work = {"provisioning": _provide, "deprovisioning": _take_back}[subscription.status]
    try:
        with session.begin_nested():
            work(session, subscription, at)
    except KnowledgerError as error:
        session.refresh(subscription)
        subscription.provision_attempts += 1
        _failed(subscription, error.as_json(), at)
    session.flush()


def take_plan(session: Session, subscription: Subscription, new: Plan, at: datetime) -> None:
    """Change the plan, and with it the graph's tier and this month's credits. Raises TierLimit."""
    lock_customer(session, subscription.organization_id)
    session.refresh(subscription)
    old = catalogue().plan(subscription.plan)
    if old == new:
        return
    if new.tier is not None and subscription.resource_id is not None:
        graph, tier = lock_graph(session, subscription.resource_id), tier_named(new.tier)
        require_within("stored bytes", tier.stored_bytes, usage_of(session, graph).stored_bytes, tier)
        graph.tier = tier.name
    change_plan(session, subscription, new, at)
    top_up(session, subscription, old, at)


def provision_again(session: Session, subscription: Subscription, at: datetime) -> None:
    """An operator has removed what made it fail."""
    lock_customer(session, subscription.organization_id)
    session.refresh(subscription)
    require_state(subscription, "failed")
    move_to(subscription, "provisioning")
    subscription.provision_attempts, subscription.provision_at = 0, at
    subscription.ended_at = None


def _provide(session: Session, subscription: Subscription, at: datetime) -> None:
    plan = catalogue().plan(subscription.plan)
    if plan.resource_type == "repository":
        grant_access(session, subscription.organization_id, str(plan.repository))
        _provided(session, subscription, at)
    elif subscription.operation_id is None:
        tier = tier_named(str(plan.tier))
        require_within("graphs", tier.graphs, count_graphs(session, subscription.organization_id) + 1, tier)
        subscription.resource_id = new_id("kg")
        _submit(session, subscription, "provision", _command(plan, subscription.resource_config))
    elif outcome := _ended(session, subscription):
        if outcome.status == "completed":
            _provided(session, subscription, at)
        else:
            subscription.resource_id = None
            _failed(subscription, _why(outcome), at)


def _take_back(session: Session, subscription: Subscription, at: datetime) -> None:
    """The last backup is made first; without it nothing is deleted."""
    plan = catalogue().plan(subscription.plan)
    if plan.resource_type == "repository":
        revoke_access(session, subscription.organization_id, str(plan.repository))
        return end(subscription, "canceled", at)
    graph = session.get(Graph, subscription.resource_id) if subscription.resource_id else None
    if graph is None or graph.deleted_at is not None:
        return end(subscription, "canceled", at)
    if subscription.operation_id is None:
        kept_until = at + timedelta(days=plan.retention_days)
        return _submit(session, subscription, "last-backup", BackUp(backup_kind="full", expires_at=kept_until))
    if outcome := _ended(session, subscription):
        if outcome.status != "completed":
            return _failed(subscription, _why(outcome), at)
        delete_graph(session, graph.id)
        end(subscription, "canceled", at)
    return None


def _command(plan: Plan, config: JsonObject) -> CreateGraph:
    """Raises ResourceInvalid, and what is wrong with the schema or the extensions."""
    known = {"name", "graph_name", "description", "tags", "extensions", "schema"}
    if unknown := config.keys() - known:
        raise ResourceInvalid(f"Unknown: {', '.join(sorted(unknown))}.", hint=f"Known are {', '.join(sorted(known))}.")
    name = config.get("graph_name") or config.get("name")
    tags, extensions = config.get("tags") or [], config.get("extensions") or []
    if not isinstance(name, str) or not isinstance(tags, list) or not isinstance(extensions, list):
        raise ResourceInvalid("A graph needs a name; tags and extensions are lists of names.")
    if unknown_extensions := {str(item) for item in extensions} - load_extensions().keys():
        raise ResourceInvalid(f"There is no extension {', '.join(sorted(unknown_extensions))}.")
    draft = GraphDraft(
        name,
        str(config.get("description") or ""),
        tuple(map(str, tags)),
        str(plan.tier),
        tuple(map(str, extensions)),
        GraphSchema.parse_part(config["schema"]) if config.get("schema") is not None else None,
    )
    return CreateGraph.model_validate(draft.fields())


def _submit(session: Session, subscription: Subscription, verb: str, command: Command) -> None:
    subscription.provision_attempts += 1
    operation = submit(
        session,
        command,
        organization_id=subscription.organization_id,
        user_id=subscription.created_by,
        graph_id=subscription.resource_id,
        idempotency_key=f"{verb}:{subscription.id}:{subscription.resource_id}:{subscription.provision_attempts}",
    )
    subscription.operation_id = operation.id


def _ended(session: Session, subscription: Subscription) -> Outcome | None:
    assert subscription.operation_id is not None
    return outcome_of(session, subscription.operation_id)


def _provided(session: Session, subscription: Subscription, at: datetime) -> None:
    move_to(subscription, "active")
    subscription.provision_at, subscription.provision_error, subscription.operation_id = None, None, None
    session.flush()
    allocate(session, subscription.organization_id, at=at)


def _failed(subscription: Subscription, error: JsonObject, at: datetime) -> None:
    """Say why, and try again later; a graph that cannot be taken back is kept and tried for ever."""
    attempts = subscription.provision_attempts
    subscription.provision_error = {**error, "attempt": attempts}
    subscription.operation_id = None
    if attempts <= len(RETRY_AFTER):
        subscription.provision_at = at + RETRY_AFTER[attempts - 1]
    elif subscription.status == "deprovisioning":
        subscription.provision_at = at + RETRY_AFTER[-1]
    else:
        end(subscription, "failed", at)


def _why(outcome: Outcome) -> JsonObject:
    return {"message": outcome.message, "retryable": outcome.retryable}
