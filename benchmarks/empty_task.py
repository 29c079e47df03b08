"""A worker of the product's kind whose one task does nothing but say when it began.

python -m benchmarks.empty_task BROKER_URL SOCKET
"""

import socket
import struct
import sys
import time

from celery import Celery

from knowledger.adapters.celery_queue import celery_app

NAME, QUEUE = "empty", "empty"
MOMENT = struct.Struct("d")


def app(broker_url: str) -> Celery:
    """With the product's own settings, on a queue of its own."""
    made = celery_app(broker_url)
    made.conf.task_default_queue = QUEUE
    return made


def main() -> None:
    broker_url, path = sys.argv[1:]
    working = app(broker_url)
    telling = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    @working.task(name=NAME)  # type: ignore[untyped-decorator]
    def empty() -> None:
        telling.sendto(MOMENT.pack(time.perf_counter()), path)

    working.Worker(
        pool="prefork",
        concurrency=2,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
        loglevel="ERROR",
    ).start()


if __name__ == "__main__":
    main()
