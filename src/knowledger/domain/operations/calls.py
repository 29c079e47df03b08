"""Calls: who is called by name over the control channel, heard over one connection for all attempts of a process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from knowledger.domain.operations.cancel import CONTROL_CHANNEL
from knowledger.domain.operations.listening import Listener

_LINGER_S = 1.0


class Calls:
    """The connection is there only while somebody waits to be called, and a moment longer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: dict[str, threading.Event] = {}
        self._listens = False

    @contextmanager
    def of(self, operation_id: str, called: threading.Event) -> Iterator[None]:
        """Set `called` whenever the operation is called by name. A call may be missed while a connection is made."""
        with self._lock:
            self._waiting[operation_id] = called
            if not self._listens:
                self._listens = True
                threading.Thread(target=self._listen, name="calls", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                del self._waiting[operation_id]

    def _listen(self) -> None:
        with Listener(self._engine, CONTROL_CHANNEL) as control:
            while self._is_needed():
                name = control.wait(_LINGER_S)
                with self._lock:
                    called = self._waiting.get(name) if name else None
                if called is not None:
                    called.set()

    def _is_needed(self) -> bool:
        with self._lock:
            self._listens = bool(self._waiting)
            return self._listens
