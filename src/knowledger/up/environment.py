"""What a child process is told: the settings, and the few variables of ours that any program needs."""

import os
from datetime import timedelta

from pydantic import SecretStr, TypeAdapter

from knowledger.settings import Settings

INHERITED = (
    *("PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL"),
    *(
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
    ),
)
OBJECT_STORE_PREFIX = "AWS_"
# glibc otherwise keeps up to eight heaps a core, each with what its threads once freed.
OWN = {"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"}

_duration = TypeAdapter(timedelta)


def inherited_environment() -> dict[str, str]:
    """Handed on unread; settings alone decide what we do."""
    kept = {
        name: value for name, value in os.environ.items() if name in INHERITED or name.startswith(OBJECT_STORE_PREFIX)
    }
    return kept | OWN


def bare_environment() -> dict[str, str]:
    """For what needs no settings and no secrets."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"} | OWN


def settings_environment(settings: Settings) -> dict[str, str]:
    """The variables from which a child reads these same settings."""
    return {
        f"KNOWLEDGER_{name.upper()}": _as_text(value)
        for name in sorted(settings.model_fields_set)
        if (value := getattr(settings, name)) is not None
    }


def _as_text(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case timedelta():
            return _duration.dump_json(value).decode().strip('"')
        case bool():
            return str(value).lower()
        case int():  # ByteSize prints itself rounded
            return str(int(value))
        case _:
            return str(value)
