"""Answers over a real database and a model provider on this machine. No live model is ever asked."""

from collections.abc import Iterator

import pytest

from tests.agents.asking import Desk, desk


@pytest.fixture
def asked(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as made:
        yield made
