"""What the supervisor is told about one process that it keeps alive."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from signal import SIGKILL, SIGTERM, Signals

from knowledger.up.identity import Identity

ReadinessCheck = Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class Service:
    """A process to keep alive; or, with `once`, a step that has to end well before what needs it starts.

    A `program` is one of ours, by its name in `programs`: it is forked where that can be, instead of started by its
    command. What a `quiet` one says goes to its file only. `death_signal` is what the process gets when the supervisor
    dies without a word. Nothing of ours has to say goodbye: what a killed process leaves half-made, nobody points at.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    program: str | None = None
    needs: tuple[str, ...] = ()
    once: bool = False
    quiet: bool = False
    before_start: Callable[[], None] | None = None
    is_ready: ReadinessCheck | None = None
    identity: Identity | None = None
    stop_signal: Signals = SIGTERM
    death_signal: Signals = SIGKILL
    patience: timedelta = timedelta(seconds=3)
