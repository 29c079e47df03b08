"""The worker: Celery with a pool of processes, and the sweep that needs no doorbell."""

import gc
import importlib
import pkgutil
import threading
import warnings

import structlog
from celery import signals
from celery.exceptions import SecurityWarning
from sqlalchemy.exc import SQLAlchemyError

import knowledger.tasks
from knowledger.domain.operations.sweep import due_operations
from knowledger.logs import configure_logs
from knowledger.settings import Settings
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import OperationTask
from knowledger.wiring import Wiring

log = structlog.get_logger()

SWEEP_PAUSE_S = 1.0


def main(settings: Settings) -> None:
    """Run operations until told to stop. Blocks."""
    # Root is fine: tenant data is touched in the sandbox only, and messages hold nothing but ids.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    configure_logs(settings)
    import_tasks()
    wiring = Wiring(settings)
    stopping = threading.Event()

    @signals.worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
    def prepare_process(**_: object) -> None:
        own = Wiring(settings)  # connections do not cross a fork
        OperationTask.runtime = own.runtime
        OperationTask.deps = Deps(own.sessions, own.objects, own.engine, own.backup_keys, own.pipelines)

    @signals.worker_ready.connect(weak=False)  # type: ignore[untyped-decorator]
    def start_sweep(**_: object) -> None:
        threading.Thread(target=sweep_until, args=(wiring, stopping), name="sweep", daemon=True).start()
        log.info("worker.ready", processes=settings.worker_processes)

    @signals.worker_shutting_down.connect(weak=False)  # type: ignore[untyped-decorator]
    def stop_sweep(**_: object) -> None:
        stopping.set()

    load_before_the_fork(wiring)
    wiring.celery.Worker(
        pool="prefork",
        concurrency=settings.worker_processes,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
        loglevel=settings.log_level.upper(),
    ).start()


def load_before_the_fork(wiring: Wiring) -> None:
    """Make once here what each process of the pool makes for itself: they then share the memory of its code."""
    _ = wiring.runtime, wiring.objects, wiring.engine
    gc.collect()
    gc.freeze()


def import_tasks() -> None:
    """Import every module of tasks, so that each operation in it is declared."""
    for module in pkgutil.walk_packages(knowledger.tasks.__path__, "knowledger.tasks."):
        if module.name.count(".") > 2 and not module.ispkg:
            importlib.import_module(module.name)


def sweep_until(wiring: Wiring, stopping: threading.Event) -> None:
    """Every second, ring for what waits unheard and for what a dead worker left."""
    while not stopping.is_set():
        for kind, operation_id in _due(wiring):
            wiring.doorbell.ring(kind, operation_id)
        stopping.wait(SWEEP_PAUSE_S)


def _due(wiring: Wiring) -> list[tuple[str, str]]:
    try:
        with wiring.sessions.begin() as session:
            return due_operations(session)
    except SQLAlchemyError as error:
        log.warning("sweep.database_away", reason=type(error).__name__)
        return []


if __name__ == "__main__":
    main(Settings())
