"""The key that backups are encrypted under, where the settings name none: made once and kept beside the data."""

import base64
import os
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from knowledger.settings import Settings
from knowledger.up.private_files import write_private

_KEY_BYTES = 32


def with_backup_keys(settings: Settings) -> Settings:
    """The settings, with the keys kept in the data directory where they have none of their own.

    The key's id is the day it was made, which tells several apart.
    """
    if settings.backup_keys is not None:
        return settings
    return settings.model_copy(update={"backup_keys": SecretStr(_kept(settings.home / "backup-keys"))})


def _kept(path: Path) -> str:
    if not path.exists():
        key = base64.b64encode(os.urandom(_KEY_BYTES)).decode()
        write_private(path, f"{datetime.now(UTC):%Y-%m-%d}:{key}\n")
    return path.read_text().strip()
