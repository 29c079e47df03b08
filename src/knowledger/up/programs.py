"""Our own programs, by the module that `python -m` takes, which the supervisor forks.

Each is a function of the settings. Beside it, a function `load` may import what the program is going to use.
"""

import gc
import importlib
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Final

from knowledger.settings import Settings

PROGRAMS: Final[Mapping[str, str]] = {
    "knowledger.api": "knowledger.api.server:main",
    "knowledger.host": "knowledger.host:run",
    "knowledger.tasks.worker": "knowledger.tasks.worker:main",
    "knowledger.up.prepare": "knowledger.up.prepare:prepare",
    "knowledger.dagster": "knowledger.dagster.__main__:main",
}
LOADED_BY_ITSELF: Final = "knowledger.dagster"
"""It loads a library that takes seconds, and nobody else uses it; all else that it needs it shares."""


@cache
def load_programs() -> None:
    """Import what the programs need, so that a fork has nothing left to do but its work."""
    importlib.import_module("knowledger.kernel.without_rich")
    for place in (place for program, place in PROGRAMS.items() if program != LOADED_BY_ITSELF):
        module, _ = _found(place)
        if hasattr(module, "load"):
            module.load()
    gc.collect()
    gc.freeze()  # what is never collected is never written to, and so stays shared


def run_program(program: str) -> None:
    """Blocks until it ends. It reads the settings from the environment, as it does where it is started by itself."""
    _, run = _found(PROGRAMS[program])
    run(Settings())


def _found(place: str) -> tuple[ModuleType, Callable[[Settings], None]]:
    name, _, function = place.partition(":")
    module = importlib.import_module(name)
    run: Callable[[Settings], None] = getattr(module, function)
    return module, run
