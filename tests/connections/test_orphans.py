"""A deleted graph's bank is told that it is over: once, whoever does it, and later where it cannot be reached."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.disconnect import Orphans, end_orphans
from knowledger.domain.graphs.catalogue import delete_graph
from knowledger.domain.graphs.collect import collect_garbage
from knowledger.domain.graphs.undelete import undelete_graph
from knowledger.domain.upkeep.banks import unlink_deleted
from knowledger.models import Connection, Graph
from tests.connections.conftest import Fed
from tests.connections.customers import customer
from tests.connections.feeds import banks_at
from tests.stand_ins.plaid import PlaidStandIn

REMOVE = "/item/remove"
NO_GRACE = timedelta(0)


def linked(fed: Fed) -> tuple[str, str]:
    graph_id = fed.new_graph()
    return graph_id, fed.link(graph_id, customer(("TEA", 1)))[0]


def deleted(fed: Fed) -> tuple[str, str]:
    graph_id, connection_id = linked(fed)
    with fed.sessions.begin() as session:
        delete_graph(session, graph_id)
    return graph_id, connection_id


def unreachable(fed: Fed) -> Banks:
    """The same tokens, and nobody at the other end."""
    return banks_at("http://127.0.0.1:1", fed.deps.banks.keys)


def collect(fed: Fed) -> None:
    with fed.sessions() as session:
        collect_garbage(session, fed.deps.objects, grace=NO_GRACE)


def test_the_bank_of_a_deleted_graph_is_told_once_by_however_many_at_once(fed: Fed, stand_in: PlaidStandIn) -> None:
    linked(fed)
    _, connection_id = deleted(fed)
    before = stand_in.api.asked.count(REMOVE)
    with ThreadPoolExecutor(4) as crowd:
        found = list(crowd.map(end_orphans, [fed.sessions] * 4, [fed.deps.banks] * 4))
    assert [ended for orphans in found for ended in orphans.ended] == [connection_id]
    assert end_orphans(fed.sessions, fed.deps.banks) == Orphans([], {})
    assert stand_in.api.asked.count(REMOVE) == before + 1


def test_a_bank_that_cannot_be_reached_is_told_later_and_its_token_waits(fed: Fed, stand_in: PlaidStandIn) -> None:
    graph_id, connection_id = deleted(fed)
    report = unlink_deleted(fed.sessions, unreachable(fed))
    assert [(finding.severity, finding.code) for finding in report.findings] == [("warning", "bank_still_linked")]
    collect(fed)
    before = stand_in.api.asked.count(REMOVE)
    assert unlink_deleted(fed.sessions, fed.deps.banks).figures == {"banks_unlinked": 1, "banks_still_linked": 0}
    assert stand_in.api.asked.count(REMOVE) == before + 1
    collect(fed)
    with fed.sessions() as session:
        assert session.get(Graph, graph_id) is None
        assert session.get(Connection, connection_id) is None


def test_a_bank_of_a_graph_that_is_back_is_not_told(fed: Fed, stand_in: PlaidStandIn) -> None:
    graph_id, connection_id = deleted(fed)
    with fed.sessions.begin() as session:
        undelete_graph(session, fed.access.organization_id, graph_id)
    assert end_orphans(fed.sessions, fed.deps.banks) == Orphans([], {})
    assert fed.connection(graph_id, connection_id).status == "healthy"
