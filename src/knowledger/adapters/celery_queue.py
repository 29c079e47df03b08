"""The doorbell: a Celery message that carries an operation's id and nothing else."""

from collections.abc import Collection

import structlog
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger()

QUEUE = "operations"
WAITING_QUEUE = "waiting"
"""For operations that mostly wait for others: one worker has many of them in hand at a time."""
_PATIENCE_S = 1.0


def celery_app(broker_url: str, waiting: Collection[str] = ()) -> Celery:
    """A Celery application for ringing and for working. It stores no results: PostgreSQL has the record.

    `waiting` are the kinds of operations that mostly wait.
    """
    app = Celery("knowledger", broker=broker_url)
    app.conf.update(
        task_default_queue=QUEUE,
        task_routes={kind: {"queue": WAITING_QUEUE} for kind in waiting},
        task_ignore_result=True,
        task_acks_late=False,  # a message is only a doorbell: once heard it has done its work
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_pool_limit=4,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
    )
    if broker_url.startswith("redis"):
        app.conf.broker_transport_options = {"socket_connect_timeout": _PATIENCE_S, "socket_timeout": _PATIENCE_S * 10}
    return app


class Doorbell:
    """Rings for operations. A broker that is away is no error: the sweep rings again when it is back.

    Nor is a queue that is not declared yet: the worker declares it, and sweeps.
    """

    def __init__(self, app: Celery) -> None:
        self._app = app

    def ring(self, kind: str, operation_id: str) -> None:
        try:
            # What the arguments look like, and that the queue exists, Celery would find out at a quarter of the cost.
            self._app.send_task(kind, (operation_id,), retry=False, argsrepr=operation_id, kwargsrepr="", declare=())
        except (OperationalError, RedisError, OSError) as error:
            log.warning("doorbell.unheard", operation_id=operation_id, reason=type(error).__name__)
