"""The worker: Celery with a pool of processes for what computes, with threads for what waits, and the sweep."""

import knowledger.kernel.without_rich  # noqa: I001 - first
import gc
import importlib
import os
import pkgutil
import threading
import warnings
from functools import partial

import structlog
from celery import signals
from celery.exceptions import SecurityWarning
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import configure_mappers

import knowledger.tasks
from knowledger.adapters.celery_queue import QUEUE, WAITING_QUEUE
from knowledger.domain.operations.sweep import due_operations
from knowledger.logs import configure_logs
from knowledger.settings import Settings
from knowledger.tasks.beside import Beside, die_with
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import OperationTask
from knowledger.wiring import Wiring

log = structlog.get_logger()

SWEEP_PAUSE_S = 1.0
LOADED_BY_CELERY_WHEN_IT_STARTS = (
    "celery.app.control",
    "celery.apps.worker",
    "celery.backends.base",
    "celery.concurrency.prefork",
    "celery.concurrency.thread",
    "celery.loaders.app",
    "celery.worker.components",
    "celery.worker.consumer.delayed_delivery",
    "kombu.transport.redis",
)


def main(settings: Settings) -> None:
    """Run operations until told to stop. Blocks."""
    # Root is fine: tenant data is touched in the sandbox only, and messages hold nothing but ids.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    configure_logs(settings)
    load()
    wiring = Wiring(settings)
    make_before_the_fork(wiring)
    waiting = Beside(partial(serve_waiting, settings, wiring))
    waiting.start()
    serve_working(settings, wiring, waiting)


def serve_working(settings: Settings, wiring: Wiring, waiting: Beside) -> None:
    """Files and computing: a process for each operation under way. Sweeps, for itself and for what waits."""
    stopping, worker = threading.Event(), os.getpid()

    @signals.worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]
    def prepare_process(**_: object) -> None:
        die_with(worker)  # else one that has only begun may wait for ever for what nobody sends

    @signals.worker_ready.connect(weak=False)  # type: ignore[untyped-decorator]
    def start_sweep(**_: object) -> None:
        own = Wiring(settings)  # its connections are not for the processes that are forked from this one later
        threading.Thread(target=sweep_until, args=(own, stopping), name="sweep", daemon=True).start()
        log.info("worker.ready", processes=settings.worker_processes, threads=settings.worker_threads)

    @signals.worker_shutting_down.connect(weak=False)  # type: ignore[untyped-decorator]
    def stop_the_rest(**_: object) -> None:
        stopping.set()
        waiting.stop()

    serve(settings, wiring, pool="prefork", concurrency=settings.worker_processes, queue=QUEUE)


def serve_waiting(settings: Settings, wiring: Wiring) -> None:
    """Waiting for models and the like: a thread for each operation under way."""
    serve(settings, wiring, pool="threads", concurrency=settings.worker_threads, queue=WAITING_QUEUE)


def serve(settings: Settings, wiring: Wiring, *, pool: str, concurrency: int, queue: str) -> None:
    wiring.celery.Worker(
        pool=pool,
        concurrency=concurrency,
        queues=[queue],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
        loglevel=settings.log_level.upper(),
    ).start()


def load() -> None:
    """Import what the worker is going to use."""
    import_tasks()
    for module in LOADED_BY_CELERY_WHEN_IT_STARTS:
        importlib.import_module(module)
    configure_mappers()


def make_before_the_fork(wiring: Wiring) -> None:
    """Make what the tasks need, once for all processes that run them. Each connects when it first has to.

    No connection may be opened here: it would cross the fork.
    """
    OperationTask.runtime, OperationTask.deps = wiring.runtime, Deps.of(wiring)
    wiring.celery.finalize()
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
