"""Answers over a real database and a model provider on this machine. No live model is ever asked."""

from collections.abc import Iterator

import pytest

from tests.agents.asking import Desk, desk
from tests.stand_ins.this_machine import Held, held_to_this_machine


@pytest.fixture
def this_machine() -> Iterator[Held]:
    with held_to_this_machine() as held:
        yield held


@pytest.fixture
def asked(database_url: str, this_machine: Held) -> Iterator[Desk]:
    with desk(database_url) as made:
        yield made
