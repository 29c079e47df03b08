"""The fork server: a process with the engines already imported, which forks a child for each request.

    python -m knowledger.engine.sandbox.zygote SOCKET_PATH [--parent PID] [--jobs MODULE] [--outspoken]

One thread, and it never waits for anyone. A request is one packet: the job's name, the memory it may use, and the
child's end of a socket pair. What the job works on goes through that pair and is never seen here. The packet's
connection stays open as long as the child lives: when the client is gone, so is the child, and when the child ends, the
client is told how.
"""

import argparse
import gc
import importlib
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from ladybug._backend import get_pybind_module

from knowledger.engine.sandbox import linux
from knowledger.engine.sandbox.child import Birth, live
from knowledger.engine.sandbox.confinement import confinement_report
from knowledger.engine.sandbox.jobs import JOBS, preload
from knowledger.engine.sandbox.packets import receive_packet, send_packet
from knowledger.engine.sandbox.ward import Ward

_ENGINES = ("duckdb", "pyarrow", "pyarrow.parquet")
_SPARED = ("numpy", "pyarrow._azurefs", "pyarrow._gcsfs", "pyarrow._hdfs", "pyarrow._s3fs")
"""What the engines load wherever it is installed, and do without: no job reads from a network, or makes arrays."""
_KEPT_ENVIRONMENT = ("PYTHONPATH", "PYTHONHOME")
# A thread of Arrow's allocator would not live on in the forks.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "JE_ARROW_MALLOC_CONF": "background_thread:false"}


class Zygote:
    def __init__(self, listener: socket.socket, jobs: Mapping[str, str], *, outspoken: bool = False) -> None:
        self._listener = listener
        self._jobs = jobs
        self._outspoken = outspoken
        self._own_pid = os.getpid()
        self._clients: dict[int, socket.socket] = {}
        self._by_control: dict[int, Ward] = {}
        self._by_pidfd: dict[int, Ward] = {}
        self._poll = select.epoll()
        self._poll.register(listener.fileno(), select.EPOLLIN)

    def serve(self) -> None:
        while True:
            looks = [ward.look_in() for ward in self._by_pidfd.values()]
            # One event a turn: handling it may close files whose numbers the next event would name wrongly.
            for fd, _ in self._poll.poll(min(looks, default=None), 1):
                self._attend(fd)

    def _attend(self, fd: int) -> None:
        if fd == self._listener.fileno():
            self._accept()
        elif fd in self._by_pidfd:
            self._reap(self._by_pidfd[fd])
        elif fd in self._by_control:
            self._poll.unregister(fd)
            self._by_control.pop(fd).kill()
        elif fd in self._clients:
            self._poll.unregister(fd)
            self._begin(self._clients.pop(fd))

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError as error:
            _log(f"sandbox.not_accepted error={error.strerror}")
            time.sleep(0.01)  # out of open files, most likely: let some children end
            return
        client.setblocking(False)
        self._clients[client.fileno()] = client
        self._poll.register(client.fileno(), select.EPOLLIN)

    def _begin(self, client: socket.socket) -> None:
        fds: list[int] = []
        try:
            request, fds = receive_packet(client)
            if request is None:
                raise ValueError
            (connection_fd,) = fds
            memory_bytes = int(str(request["memory_bytes"]))
            birth = Birth(str(request["job"]), self._jobs, self._own_pid, bool(request["confined"]), self._outspoken)
        except (OSError, KeyError, ValueError):
            client.close()  # gone, or not one of ours
        else:
            self._bear(birth, memory_bytes, client, connection_fd)
        for fd in fds:
            os.close(fd)

    def _bear(self, birth: Birth, memory_bytes: int, client: socket.socket, connection_fd: int) -> None:
        try:
            pid = os.fork()
            if pid == 0:
                live(birth, connection_fd)
            ward = Ward.of(pid, client, memory_bytes)
        except OSError as error:
            _log(f"sandbox.not_started error={error.strerror}")
            client.close()
            return
        self._by_pidfd[ward.pidfd] = ward
        self._by_control[client.fileno()] = ward
        self._poll.register(ward.pidfd, select.EPOLLIN)
        self._poll.register(client.fileno(), select.EPOLLIN)
        send_packet(client, {"pid": pid}, (ward.pidfd,))

    def _reap(self, ward: Ward) -> None:
        self._poll.unregister(ward.pidfd)
        del self._by_pidfd[ward.pidfd]
        if self._by_control.pop(ward.control.fileno(), None):
            self._poll.unregister(ward.control.fileno())
        ward.bury()


def main() -> None:
    options = _options()
    _start_afresh_without_the_environment()
    if options.parent:
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != options.parent:
            sys.exit("the parent is gone")
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    jobs = {**JOBS, **(importlib.import_module(options.jobs).JOBS if options.jobs else {})}
    missing = _prepare(jobs)
    _open_many_files()
    listener = _listen(options.socket)
    _announce(missing)
    Zygote(listener, jobs, outspoken=options.outspoken).serve()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="knowledger-sandbox")
    parser.add_argument("socket", type=Path)
    parser.add_argument("--parent", type=int, help="the process to end with")
    parser.add_argument("--jobs", help="a module whose JOBS are served beside the product's own")
    parser.add_argument("--outspoken", action="store_true", help="log the text of errors, which may quote data")
    return parser.parse_args()


def _start_afresh_without_the_environment() -> None:
    """Clearing `os.environ` would leave the secrets in memory, where /proc/self/environ of every child shows them."""
    wanted = _ENVIRONMENT | {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    if dict(os.environ) != wanted:
        # By its path: what `python` alone means depends on the PATH that is left behind.
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], wanted)


def _prepare(jobs: Mapping[str, str]) -> list[str]:
    sys.modules.update(dict.fromkeys(_SPARED))  # type: ignore[arg-type]  # whoever imports one is told that it is not there
    for engine in _ENGINES:
        importlib.import_module(engine)
    get_pybind_module()  # LadybugDB's native code, which `import ladybug` leaves for later
    missing = preload(jobs)
    gc.collect()
    gc.freeze()  # so that a collection in a child does not touch, and thereby copy, what it shares with the others
    return missing


def _open_many_files() -> None:
    """Three for each child."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _listen(path: Path) -> socket.socket:
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unready = path.with_suffix(".new")
    unready.unlink(missing_ok=True)
    os.umask(0o177)
    listener.bind(str(unready))
    os.umask(0o077)
    listener.listen(128)
    listener.setblocking(False)
    unready.rename(path)  # whoever sees the socket can connect to it
    return listener


def _announce(missing: list[str]) -> None:
    resident_mb = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
    threads = sum(1 for _ in Path("/proc/self/task").iterdir())
    report = confinement_report()
    lent = " ".join(f"{name}={value}" for name, value in report.items())
    _log(f"sandbox.ready resident_mb={resident_mb} threads={threads} {lent}")
    if missing:
        _log(f"sandbox.jobs_missing jobs={','.join(missing)}")
    if not report["files"]:
        _log(
            "sandbox.FILES_NOT_CONFINED WARNING: this kernel has no Landlock (it needs Linux 5.13 or later, with "
            "`landlock` in its list of security modules): a query that escapes its engine reads what this user reads."
        )
    if not report["system_calls"]:
        _log("sandbox.SYSTEM_CALLS_NOT_CONFINED WARNING: this kernel takes no filter on system calls.")


def _log(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
