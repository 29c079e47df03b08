"""Two tenants, made straight in the database: the own one with a person in each role, and a foreign one."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from knowledger.domain.tenancy.api_keys import issue_api_key
from knowledger.domain.tenancy.organizations import add_member, create_organization
from knowledger.domain.tenancy.roles import Role, Scope
from knowledger.domain.tenancy.signin import start_session
from knowledger.domain.tenancy.users import create_user
from knowledger.kernel.ids import new_id
from knowledger.models import Graph, Organization


@dataclass(frozen=True)
class Person:
    """Somebody with an API key of each ceiling and a signed-in browser."""

    user_id: str
    email: str
    organization_id: str
    key: str
    key_id: str
    reading_key: str
    writing_key: str
    session_token: str


@dataclass(frozen=True)
class Tenant:
    organization_id: str
    graph_id: str
    table_name: str
    admin: Person
    member: Person
    viewer: Person


@dataclass(frozen=True)
class World:
    """`operator` is an admin of the first organization there was, which neither tenant is."""

    own: Tenant
    foreign: Tenant
    operator: Person


def make_world(session: Session) -> World:
    operator = make_operator(session)
    return World(own=make_tenant(session), foreign=make_tenant(session), operator=operator)


def make_operator(session: Session) -> Person:
    first = session.scalar(select(Organization.id).order_by(Organization.created_at, Organization.id).limit(1))
    if first is not None:
        return make_person(session, first, Role.ADMIN)
    user_id, email = _make_user(session)
    first = create_organization(session, "The house", user_id).organization_id
    # All of a transaction has one time, and the first organization has to stay the first.
    long_ago = func.now() - timedelta(days=1)
    session.execute(update(Organization).where(Organization.id == first).values(created_at=long_ago))
    return _with_credentials(session, user_id, email, first)


def make_tenant(session: Session) -> Tenant:
    admin_id, email = _make_user(session)
    organization_id = create_organization(session, "Ledger & Sons", admin_id).organization_id
    table_name = new_id("Table")
    return Tenant(
        organization_id=organization_id,
        graph_id=make_graph(session, organization_id, table_name),
        table_name=table_name,
        admin=_with_credentials(session, admin_id, email, organization_id),
        member=make_person(session, organization_id, Role.MEMBER),
        viewer=make_person(session, organization_id, Role.VIEWER),
    )


def make_person(session: Session, organization_id: str, role: Role) -> Person:
    user_id, email = _make_user(session)
    add_member(session, organization_id, email, role)
    return _with_credentials(session, user_id, email, organization_id)


def make_graph(session: Session, organization_id: str, table_name: str) -> str:
    graph = Graph(
        id=new_id("kg"),
        organization_id=organization_id,
        name="Filings",
        tier="standard",
        schema={
            "name": "filings",
            "version": "1",
            "nodes": [{"name": table_name, "key": ["id"], "properties": [{"name": "id", "type": "string"}]}],
            "relationships": [],
        },
    )
    session.add(graph)
    session.flush()
    return graph.id


def _make_user(session: Session) -> tuple[str, str]:
    email = f"{new_id('person')}@example.org"
    return create_user(session, email, "Ada", None).id, email


def _with_credentials(session: Session, user_id: str, email: str, organization_id: str) -> Person:
    full = issue_api_key(session, organization_id, user_id, "full", tuple(Scope))
    return Person(
        user_id=user_id,
        email=email,
        organization_id=organization_id,
        key=full.key,
        key_id=full.api_key.id,
        reading_key=issue_api_key(session, organization_id, user_id, "reading", [Scope.READ]).key,
        writing_key=issue_api_key(session, organization_id, user_id, "writing", [Scope.WRITE]).key,
        session_token=start_session(session, user_id).token,
    )
