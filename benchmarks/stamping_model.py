"""A model provider, as a process of its own, whose words are the moments at which it says them."""

import threading
import time
from collections.abc import Iterator, Sequence
from typing import overload

from tests.stand_ins.model_server import Heard, ModelServer, Turn

PACE_S = 0.04


class Moments(Sequence[str]):
    """So many words, each made when it is said."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[str]:
        return (f"{time.monotonic():.6f} " for _ in range(self._count))

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return f"{time.monotonic():.6f} " if isinstance(index, int) else list(self)


def speak(heard: Heard) -> Turn:
    """As many words as the question asks for."""
    return Turn(words=Moments(int(heard.texts[-1])), pace_s=PACE_S, first_word_after_s=0.1)


def main() -> None:
    with ModelServer(speak) as server:
        print(server.url, flush=True)
        told = 0
        while True:
            for moment in server.hung_up_at[told:]:
                print(f"{moment:.6f}", flush=True)
                told += 1
            threading.Event().wait(0.01)


if __name__ == "__main__":
    main()
