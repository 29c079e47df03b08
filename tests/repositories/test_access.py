"""A repository's graph is read by everybody who has access, and written by nobody's request."""

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from knowledger.api.access import MinRole, RepositoryReadOnly
from knowledger.domain.graphs.catalogue import count_graphs, list_graphs
from knowledger.domain.repositories.access import LoadingNotAllowed, grant_access, has_access, require_may_load
from knowledger.domain.repositories.load import LoadFilings, LoadRefused, request_load
from knowledger.domain.repositories.sec import SEC, sec_graph
from knowledger.domain.tenancy.access import Access, Credential, GraphNotFound, Place, found, lookup
from knowledger.models.filings import RepositoryAccess
from tests.api.world import Person, World, make_world


@pytest.fixture
def world(sessions: sessionmaker[Session]) -> World:
    with sessions.begin() as session:
        made = make_world(session)
        sec_graph(session)
        return made


def caller(session: Session, person: Person, credential: str = "api_key") -> Access:
    secret = person.key if credential == "api_key" else person.session_token
    asking, place = Credential("api_key" if credential == "api_key" else "session", secret), Place(SEC)
    asked = lookup(asking, place)
    row = session.connection().exec_driver_sql(asked.statement, dict(asked.values)).mappings().one()
    access = found(asking, place, dict(row))
    assert isinstance(access, Access)
    return access


@pytest.mark.parametrize("credential", ["api_key", "session"])
def test_everybody_reads_it_as_a_member_of_their_own_organization(
    sessions: sessionmaker[Session], world: World, credential: str
) -> None:
    with sessions() as session:
        for tenant in (world.own, world.foreign):
            access = caller(session, tenant.admin, credential)
            assert (access.organization_id, access.graph_id, access.is_shared) == (tenant.organization_id, SEC, True)
            assert [graph.id for graph, _ in list_graphs(session, tenant.organization_id)].count(SEC) == 1
            assert count_graphs(session, tenant.organization_id) == 1


def test_no_role_writes_it(sessions: sessionmaker[Session], world: World) -> None:
    with sessions() as session:
        admin = caller(session, world.own.admin)
    MinRole("viewer").admit(admin, "POST")
    MinRole("member", reads=True).admit(admin, "POST")
    for name in ("member", "admin"):
        with pytest.raises(RepositoryReadOnly):
            MinRole("admin" if name == "admin" else "member").admit(admin, "GET")


def test_where_access_is_granted_one_by_one_others_find_nothing(sessions: sessionmaker[Session], world: World) -> None:
    with sessions.begin() as session:
        session.execute(delete(RepositoryAccess).where(RepositoryAccess.organization_id.is_(None)))
        grant_access(session, world.own.organization_id, SEC)
    with sessions() as session:
        assert has_access(session, world.own.organization_id, SEC)
        assert not has_access(session, world.foreign.organization_id, SEC)
        assert caller(session, world.own.viewer).is_shared
        for credential in ("api_key", "session"):
            with pytest.raises(GraphNotFound):
                caller(session, world.foreign.admin, credential)


def test_only_the_first_organization_has_more_loaded(sessions: sessionmaker[Session], world: World) -> None:
    with sessions.begin() as session:
        keeper = sec_graph(session).organization_id
        require_may_load(session, keeper, SEC)
        for other in {world.own.organization_id, world.foreign.organization_id} - {keeper}:
            with pytest.raises(LoadingNotAllowed):
                require_may_load(session, other, SEC)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (LoadFilings.of_years(("AAPL",), 2003, 2005), "before 2009"),
        (LoadFilings.of_years(("AAPL",), 2200, 2201), "to come"),
        (LoadFilings.of_years(("AAPL",), 2024, 2022), "after"),
        (LoadFilings.of_years((), 2024, 2024), "companies"),
        (LoadFilings.of_years(("AAPL",), 2024, 2024, ()), "form"),
    ],
)
def test_what_cannot_be_loaded_is_refused_at_once(
    sessions: sessionmaker[Session], world: World, command: LoadFilings, why: str
) -> None:
    with sessions.begin() as session:
        grant_access(session, world.own.organization_id, SEC, may_load=True)
        by = caller(session, world.own.admin)
        with pytest.raises(LoadRefused, match=why):
            request_load(session, command, by, idempotency_key=None)
