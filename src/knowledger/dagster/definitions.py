"""All that the clock or new data starts, in one code location.

A module in `jobs` or `assets` is found by itself: it gives a `definitions` of its own, without resources.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from dagster import Definitions, ScheduleDefinition, in_process_executor

from knowledger.dagster import assets, jobs
from knowledger.dagster.resources import RESOURCES


def parts() -> Iterator[Definitions]:
    """What each module gives."""
    for package in (jobs, assets):
        for name in _modules_of(package):
            part = importlib.import_module(name).definitions
            assert isinstance(part, Definitions), f"{name}.definitions is no Definitions"
            yield part


def _modules_of(package: ModuleType) -> list[str]:
    found = pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    return sorted(module.name for module in found if not module.ispkg)


_parts = list(parts())
_schedules = tuple(due for part in _parts for due in part.schedules or () if isinstance(due, ScheduleDefinition))

definitions = Definitions.merge(
    Definitions(
        resources={**RESOURCES, "schedules": _schedules},
        # Steps run in the process of their run: starting one for each would take longer than most of them do.
        executor=in_process_executor,
    ),
    *_parts,
)
