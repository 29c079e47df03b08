"""What stands for each id in a path or a body: something of the caller's own, something foreign, and nothing at all.

A new one needs a line in `SAMPLES`; the test over all routes fails until it has one.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sqlalchemy import insert
from sqlalchemy.orm import Session

from knowledger.domain.agents.conversations import Whose, open_conversation
from knowledger.domain.billing.invoices import finalize
from knowledger.domain.billing.lines import Line, add_line, unbilled_lines
from knowledger.domain.billing.plans import catalogue
from knowledger.domain.billing.report import list_usage_reports, write_report
from knowledger.domain.billing.subscriptions import Order, subscribe
from knowledger.domain.tenancy.api_keys import issue_api_key
from knowledger.domain.tenancy.roles import Scope
from knowledger.kernel.clock import utc_now
from knowledger.kernel.ids import new_id
from knowledger.kernel.money import Money
from knowledger.models import Backup, Connection, File, Graph, Operation
from tests.api.world import Person, Tenant
from tests.backups.making import manifest

Sample: TypeAlias = Callable[[Session, Tenant, Person], str]

MISSING = "nothing_00000000000000000000000000"


def graph_id(session: Session, tenant: Tenant, person: Person) -> str:
    return tenant.graph_id


def org_id(session: Session, tenant: Tenant, person: Person) -> str:
    return tenant.organization_id


def user_id(session: Session, tenant: Tenant, person: Person) -> str:
    return tenant.viewer.user_id


def api_key_id(session: Session, tenant: Tenant, person: Person) -> str:
    issued = issue_api_key(session, tenant.organization_id, person.user_id, "sample", [Scope.READ])
    return issued.api_key.id


def operation_id(session: Session, tenant: Tenant, person: Person) -> str:
    made = session.execute(
        insert(Operation)
        .values(
            id=new_id("op"),
            organization_id=tenant.organization_id,
            user_id=person.user_id,
            graph_id=tenant.graph_id,
            kind="create_graph",
            turn="none",
            command={},
            request_hash="",
        )
        .returning(Operation.id)
    )
    return made.scalar_one()


def file_id(session: Session, tenant: Tenant, person: Person) -> str:
    made = session.execute(
        insert(File)
        .values(id=new_id("file"), graph_id=tenant.graph_id, name="filings.csv", format="csv")
        .returning(File.id)
    )
    return made.scalar_one()


def table_name(session: Session, tenant: Tenant, person: Person) -> str:
    return tenant.table_name


def subgraph_name(session: Session, tenant: Tenant, person: Person) -> str:
    """A name that only this tenant's graph has a subgraph of."""
    name = new_id("sub")
    parent = session.get_one(Graph, tenant.graph_id)
    session.add(
        Graph(
            id=new_id("kg"),
            organization_id=tenant.organization_id,
            parent_id=parent.id,
            subgraph_name=name,
            name=name,
            tier=parent.tier,
            schema=parent.schema,
        )
    )
    session.flush()
    return name


def deleted_graph_id(session: Session, tenant: Tenant, person: Person) -> str:
    """One that can still be undeleted."""
    deleted = Graph(
        id=new_id("kg"),
        organization_id=tenant.organization_id,
        name="Deleted",
        tier="standard",
        schema={"nodes": []},
        deleted_at=utc_now(),
    )
    session.add(deleted)
    session.flush()
    return deleted.id


def backup_id(session: Session, tenant: Tenant, person: Person) -> str:
    """One whose file is gone."""
    about = manifest(b"", b"")
    backup = Backup(
        id=new_id("bk"),
        organization_id=tenant.organization_id,
        graph_id=tenant.graph_id,
        generation_id=new_id("gen"),
        kind="full",
        format="knbackup",
        object_key=f"graphs/{tenant.graph_id}/backups/none/gone.knbackup",
        manifest=about.as_json,
        wrapped_key={"key_id": "a", "wrapped": ""},
        counts=about.counts,
        size_bytes=0,
        plain_bytes=0,
        operation_id=new_id("op"),
    )
    session.add(backup)
    session.flush()
    return backup.id


def job(session: Session, tenant: Tenant, person: Person) -> str:
    """Pipelines belong to no tenant."""
    return "cleanup"


def conversation_id(session: Session, tenant: Tenant, person: Person) -> str:
    whose = Whose(tenant.organization_id, person.user_id, tenant.graph_id)
    return open_conversation(session, whose, None, "What did we spend?").id


def connection_id(session: Session, tenant: Tenant, person: Person) -> str:
    """One whose bank this server has no access to."""
    connection = Connection(
        id=new_id("conn"),
        organization_id=tenant.organization_id,
        graph_id=tenant.graph_id,
        provider="plaid",
        environment="production",
        item_id=new_id("item"),
    )
    session.add(connection)
    session.flush()
    return connection.id


def subscription_id(session: Session, tenant: Tenant, person: Person) -> str:
    """One that is free, so that nothing has to be paid or provided."""
    order = Order(catalogue().plan("community"), resource_id=new_id("org"), key=new_id("key"))
    return subscribe(session, tenant.organization_id, order, utc_now(), paid=True).id


def invoice_id(session: Session, tenant: Tenant, person: Person) -> str:
    line = Line(
        organization_id=tenant.organization_id,
        subscription_id=None,
        key=new_id("line"),
        description="A thing",
        amount=Money(100, "USD"),
        start=utc_now(),
        end=utc_now(),
        bill_at=utc_now(),
    )
    add_line(session, line)
    return finalize(session, unbilled_lines(session, tenant.organization_id), utc_now()).id


def report_id(session: Session, tenant: Tenant, person: Person) -> str:
    write_report(session, tenant.organization_id, utc_now())
    return list_usage_reports(session, tenant.organization_id)[0].id


SAMPLES: Mapping[str, Sample] = {
    "graph_id": graph_id,
    "org_id": org_id,
    "customer_id": org_id,
    "user_id": user_id,
    "api_key_id": api_key_id,
    "operation_id": operation_id,
    "file_id": file_id,
    "backup_id": backup_id,
    "connection_id": connection_id,
    "deleted_graph_id": deleted_graph_id,
    "table_name": table_name,
    "subgraph_name": subgraph_name,
    "subscription_id": subscription_id,
    "checkout_id": subscription_id,
    "invoice_id": invoice_id,
    "report_id": report_id,
    "conversation_id": conversation_id,
    "job": job,
}
