"""Who asks is looked up on connections of the event loop's own."""

import httpx
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from tests.api.world import World

END_THE_LOOKUPS = text("""
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%FROM api_keys k%'
""")


def test_a_connection_that_the_database_ended_is_made_again(
    client: httpx.Client, world: World, sessions: sessionmaker[Session]
) -> None:
    headers = {"X-API-Key": world.own.admin.key}
    assert client.get("/v1/user", headers=headers).status_code == 200
    with sessions.begin() as session:
        assert session.execute(END_THE_LOOKUPS).scalar_one() > 0
    assert client.get("/v1/user", headers=headers).status_code == 200
