"""Access tokens are sealed, each for its own row, and come under a new key."""

import json

import pytest
from sqlalchemy import text

from knowledger.domain.connections.tokens import (
    SecretKeys,
    SecretKeysInvalid,
    SecretKeysMissing,
    TokenUnreadable,
    reseal,
)
from knowledger.kernel.keys import new_key
from tests.connections.conftest import Fed
from tests.connections.customers import customer


def test_a_token_is_its_own_rows_alone() -> None:
    keys = SecretKeys.parse(new_key("a"))
    sealed = keys.seal_token("conn_1", "access-secret")
    assert "access-secret" not in json.dumps(sealed)
    assert keys.open_token("conn_1", sealed) == "access-secret"
    for other, token in (("conn_2", sealed), ("conn_1", {**sealed, "sealed": "AAAA"})):
        with pytest.raises(TokenUnreadable):
            keys.open_token(other, token)


def test_tokens_swapped_between_rows_are_found_out(fed: Fed) -> None:
    graph_id = fed.new_graph()
    one, two = (fed.link(graph_id, customer(("TEA", 1)))[0] for _ in range(2))
    with fed.sessions.begin() as session:
        assert "access-example" not in session.scalar(text("SELECT string_agg(connections::text, '') FROM connections"))
        swap = (
            "UPDATE connections a SET access_token = b.access_token FROM connections b"
            " WHERE a.graph_id = b.graph_id AND a.id <> b.id"
        )
        session.execute(text(swap))
    for connection_id in (one, two):
        done = fed.run(fed.submit(graph_id, connection_id))
        assert (done.status, done.error and done.error["code"]) == ("failed", "TokenUnreadable")


def test_every_token_comes_under_the_new_key(fed: Fed) -> None:
    graph_id = fed.new_graph()
    connection_id, _ = fed.link(graph_id, customer(("TEA", 1)))
    old = fed.deps.banks.keys
    token = old.open_token(connection_id, fed.connection(graph_id, connection_id).access_token)
    new = SecretKeys.parse(new_key("new"))
    both = SecretKeys({**new.keys, **old.keys})
    with fed.sessions.begin() as session:
        assert (reseal(session, both), reseal(session, both)) == (1, 0)
    sealed = fed.connection(graph_id, connection_id).access_token
    assert new.open_token(connection_id, sealed) == token
    with pytest.raises(TokenUnreadable):
        old.open_token(connection_id, sealed)


def test_keys_that_cannot_be_read_are_not_quoted() -> None:
    with pytest.raises(SecretKeysInvalid) as refused:
        SecretKeys.parse("a:verysecret")
    assert "verysecret" not in refused.value.message
    with pytest.raises(SecretKeysMissing):
        SecretKeys.parse("").seal_token("conn_1", "x")
