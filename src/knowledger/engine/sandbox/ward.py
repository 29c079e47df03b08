"""A living child as the zygote sees it: watched from outside, so that no engine that holds the interpreter escapes."""

import os
import signal
import socket
import time
from dataclasses import dataclass

from knowledger.engine.sandbox.packets import send_packet

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
# As fast as a few threads can touch fresh memory: until that would fill the room left, nobody needs to look.
_FASTEST_BYTES_PER_S = 8 * 2**30
_SHORTEST_S, _LONGEST_S = 0.005, 0.25


@dataclass
class Ward:
    pid: int
    pidfd: int
    control: socket.socket
    memory_bytes: int
    statm: int
    look_at: float = 0.0
    out_of_memory: bool = False

    @classmethod
    def of(cls, pid: int, control: socket.socket, memory_bytes: int) -> "Ward":
        opened: list[int] = []
        try:
            opened.append(os.pidfd_open(pid))
            opened.append(os.open(f"/proc/{pid}/statm", os.O_RDONLY))
        except OSError:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            for fd in opened:
                os.close(fd)
            raise
        return cls(pid, opened[0], control, memory_bytes, opened[1])

    def look_in(self) -> float:
        """Kill the child if it has outgrown its memory. Answers with the seconds until the next look."""
        wait = self.look_at - time.monotonic()
        if wait > 0:
            return wait
        left = self.memory_bytes - self._resident_bytes()
        if left < 0:
            self.out_of_memory = True
            self.kill()
        wait = min(max(left / _FASTEST_BYTES_PER_S, _SHORTEST_S), _LONGEST_S)
        self.look_at = time.monotonic() + wait
        return wait

    def kill(self) -> None:
        signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def bury(self) -> None:
        """Reap the dead child and tell its client how it ended."""
        _, status, usage = os.wait4(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        peak_bytes = usage.ru_maxrss * 1024
        send_packet(
            self.control,
            {"exit_code": code, "out_of_memory": self.out_of_memory, "peak_bytes": peak_bytes},
        )
        self.control.close()
        os.close(self.pidfd)
        os.close(self.statm)

    def _resident_bytes(self) -> int:
        try:
            return int(os.pread(self.statm, 128, 0).split()[1]) * _PAGE_BYTES
        except (ProcessLookupError, IndexError):
            return 0
