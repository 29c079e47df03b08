"""The data directory and the run directory, made for us alone."""

import os
import stat
from pathlib import Path

from knowledger.settings import Settings
from knowledger.up.lock import HomeNotOurs

PRIVATE = 0o700
PASSABLE = 0o711  # root's PostgreSQL is `nobody`, who has to get through to its own directory


def make_directories(settings: Settings) -> None:
    """Raises HomeNotOurs, for a run directory below /tmp above all: anybody could have made that one."""
    passable = PASSABLE if os.geteuid() == 0 else PRIVATE
    for directory, mode in (
        (settings.home, passable),
        (settings.run_directory, passable),
        (settings.home / "logs", PRIVATE),
        (settings.objects_directory, PRIVATE),
        (settings.scratch_directory, PRIVATE),
    ):
        _make(directory, mode)
    if settings.run_directory.lstat().st_uid not in (os.geteuid(), settings.home.lstat().st_uid):
        raise _not_ours(settings.run_directory, "it belongs to another user")


def _make(directory: Path, mode: int) -> None:
    try:
        directory.mkdir(mode=mode, parents=True, exist_ok=True)
        status = directory.lstat()
    except OSError as error:
        raise _not_ours(directory, error.strerror or "it cannot be made") from None
    if not stat.S_ISDIR(status.st_mode) or not os.access(directory, os.W_OK | os.X_OK):
        raise _not_ours(directory, "we may not write there")
    if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) != mode:
        directory.chmod(mode)


def _not_ours(directory: Path, reason: str) -> HomeNotOurs:
    return HomeNotOurs(
        f"The directory {directory} cannot be used: {reason}.",
        hint="Start as the user who owns it, or set KNOWLEDGER_HOME to a directory of your own.",
    )
