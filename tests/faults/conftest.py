"""A stack of its own for each fault test, with a short lease; everything here carries the mark `faults`."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.load import Persistent
from tests.faults.parts import Parts
from tests.stack import Stack, running_stack

LEASE = timedelta(seconds=1.5)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.faults)
            item.add_marker(pytest.mark.timeout(420))


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("faults"), lease=LEASE, log_level="warning") as stack:
        yield stack


@pytest.fixture
def user(stack: Stack) -> Iterator[Persistent]:
    with Persistent(stack) as user:
        yield user


@pytest.fixture
def parts(stack: Stack) -> Parts:
    return Parts(stack.supervisor_pid)
