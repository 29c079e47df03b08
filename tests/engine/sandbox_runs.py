"""Driving work to its end in a test."""

from collections.abc import Iterator
from typing import TypeVar

from knowledger.domain.operations.progress import Progress, Work

R = TypeVar("R")

MEMORY_BYTES = 512 * 2**20


class Run(Iterator[Progress]):
    """Iterates over the progress of a piece of work and keeps its result."""

    def __init__(self, work: Work[R]) -> None:
        self._work = work
        self.result: object = None

    def __next__(self) -> Progress:
        try:
            return next(self._work)
        except StopIteration as end:
            self.result = end.value
            raise


def result_of(work: Work[R]) -> R:
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: R = end.value
            return result
