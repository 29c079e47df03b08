"""Our own programs, by the module that `python -m` takes: what the supervisor loads once and forks.

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
}


@cache
def load_programs() -> None:
    """Import all there is to import, so that a fork has nothing left to do but its work."""
    importlib.import_module("knowledger.kernel.without_rich")
    for place in PROGRAMS.values():
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
