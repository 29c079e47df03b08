"""One prefixed log on the terminal, and one rotated file a process."""

import sys
from contextlib import suppress
from logging import INFO, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

FILE_BYTES, OLD_FILES = 5 * 2**20, 3
COLOURS = (36, 32, 35, 33, 34, 96, 92, 95)


class _LogFile(RotatingFileHandler):
    """On a full disk its lines are lost; the terminal has them, without a trace for each."""

    def handleError(self, record: LogRecord) -> None:  # noqa: N802 – logging's own name
        pass


class Log:
    """Writes each line to `logs/<name>.log` and, unless it is said quietly, to the terminal behind the name."""

    def __init__(self, directory: Path, terminal: TextIO | None = sys.stderr, width: int = 9) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._directory = directory
        self._terminal = terminal
        self._width = width
        self._files: dict[str, _LogFile] = {}

    def say(self, name: str, line: str, *, quietly: bool = False) -> None:
        self._file(name).emit(LogRecord(name, INFO, "", 0, line, None, None))
        if self._terminal is not None and not quietly:
            self._write(f"{self._prefix(name)} {line}\n")

    def close(self) -> None:
        for file in self._files.values():
            with suppress(OSError):
                file.close()

    def _write(self, text: str) -> None:
        """A closed terminal takes no more lines; the files still do."""
        assert self._terminal is not None
        try:
            self._terminal.write(text)
            self._terminal.flush()
        except (OSError, ValueError):
            self._terminal = None

    def _prefix(self, name: str) -> str:
        prefix = f"{name:<{self._width}}│"
        if self._terminal is None or not self._terminal.isatty():
            return prefix
        colour = COLOURS[list(self._files).index(name) % len(COLOURS)]
        return f"\x1b[{colour}m{prefix}\x1b[0m"

    def _file(self, name: str) -> RotatingFileHandler:
        if name not in self._files:
            path = self._directory / f"{name}.log"
            self._files[name] = _LogFile(
                path, maxBytes=FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8", errors="replace"
            )
            with suppress(OSError):
                path.chmod(0o600)
        return self._files[name]
