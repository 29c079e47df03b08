"""The asset that syncs all that is linked: thin, and once for each tick."""

import threading
from pathlib import Path

import pytest
from dagster import materialize
from sqlalchemy import select

from knowledger.dagster.assets.plaid import plaid
from knowledger.dagster.clockwork import DUE_AT
from knowledger.examples.plaid_sandbox.server import CLIENT_ID, SECRET
from knowledger.models import Operation
from knowledger.settings import Settings
from knowledger.wiring import Wiring
from tests.connections.conftest import Fed
from tests.connections.customers import customer
from tests.stand_ins.plaid import PlaidStandIn


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("default")
def test_a_tick_syncs_every_bank_once(
    fed: Fed, stand_in: PlaidStandIn, emptied_database_url: str, broker_url: str, tmp_path: Path
) -> None:
    graph_id = fed.new_graph()
    connection_id, first = fed.link(graph_id, customer(("TEA", 1)))
    fed.run(first)
    settings = Settings.model_validate(
        {
            "home": tmp_path / "home",
            "database_url": emptied_database_url,
            "broker_url": broker_url,
            "plaid_url": stand_in.url,
            "plaid_client_id": CLIENT_ID,
            "plaid_secret": SECRET,
        }
    )
    wiring = Wiring(settings)
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.05):
            for operation_id in pending(fed):
                fed.run(operation_id)

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(2):
        assert materialize([plaid], resources={"wiring": wiring}, tags={DUE_AT: "2026-11-23T00:17:00+00:00"}).success
    done.set()
    worker.join()
    wiring.close()
    with fed.sessions() as session:
        syncs = session.scalars(select(Operation.status).where(Operation.id != first)).all()
    assert syncs == ["completed"]
    assert fed.connection(graph_id, connection_id).synced_at is not None


def pending(fed: Fed) -> list[str]:
    with fed.sessions() as session:
        return list(session.scalars(select(Operation.id).where(Operation.status == "pending")))
