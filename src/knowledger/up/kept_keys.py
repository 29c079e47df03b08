"""Keys that secrets and backups are encrypted under, where the settings name none: made once, kept with the data."""

from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from pydantic import SecretStr

from knowledger.kernel.keys import new_key
from knowledger.settings import Settings
from knowledger.up.private_files import write_private


def with_kept_keys(settings: Settings) -> Settings:
    """The settings, with the keys kept in the data directory where they have none of their own.

    A key's id is the day it was made and chance: two servers that were set up on one day can have each other's keys.
    """
    kept = {
        name: SecretStr(_kept(settings.home / name.replace("_", "-")))
        for name in ("backup_keys", "secret_keys")
        if getattr(settings, name) is None
    }
    return settings.model_copy(update=kept)


def _kept(path: Path) -> str:
    if not path.exists():
        write_private(path, new_key(f"{datetime.now(UTC):%Y-%m-%d}-{token_hex(3)}") + "\n")
    return path.read_text().strip()
