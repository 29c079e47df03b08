"""The few variables of the environment that a process of ours may have, whoever started us."""

import os

INHERITED = (
    *("PATH", "HOME", "XDG_DATA_HOME", "TMPDIR", "TZ", "LANG", "LC_ALL"),
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
OBJECT_STORE_PREFIX, PREFIX = "AWS_", "KNOWLEDGER_"
# glibc otherwise keeps up to eight heaps a core, each with what its threads once freed.
OWN = {"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"}


def inherited_environment() -> dict[str, str]:
    """Handed on unread; settings alone decide what we do."""
    kept = {
        name: value for name, value in os.environ.items() if name in INHERITED or name.startswith(OBJECT_STORE_PREFIX)
    }
    return kept | OWN


def supervisor_environment() -> dict[str, str]:
    """For the supervisor, whose children have the memory that it has: with the settings, and nothing else of ours."""
    return inherited_environment() | {name: os.environ[name] for name in os.environ if name.startswith(PREFIX)}


def bare_environment() -> dict[str, str]:
    """For what needs no settings and no secrets."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"} | OWN
