"""`knowledger doctor`: what is wrong here, and how to mend it."""

from collections.abc import Callable

from knowledger.settings import Settings
from knowledger.up.checks import machine, parts
from knowledger.up.checks.check import Check, Verdict, fail

CHECKS = (
    machine.python_version,
    parts.postgres_program,
    parts.valkey_program,
    machine.data_directory,
    machine.disk_space,
    machine.memory,
    machine.descriptors,
    machine.socket_paths,
    machine.port,
    machine.confinement,
    parts.database,
    parts.clock,
    parts.broker,
    parts.object_store,
    parts.pipelines,
)


def run_checks(settings: Settings) -> list[Check]:
    """Every check, in the order in which one would mend things. None of them changes anything but its own traces."""
    return [_run(check, settings) for check in CHECKS]


def _run(check: Callable[[Settings], Check], settings: Settings) -> Check:
    try:
        return check(settings)
    except Exception as error:  # a broken check must not hide what the others found
        name = check.__name__.replace("_", " ")
        return fail(name, f"could not be checked: {type(error).__name__}: {error}", "Please report this.")


__all__ = ["Check", "Verdict", "run_checks"]
