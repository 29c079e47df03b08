"""Where a stack is found: the URL that people open, and the file that holds their way in."""

from pathlib import Path

from knowledger.settings import Settings

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104 - what to call it, not what to bind


def public_url(settings: Settings) -> str:
    """What a person opens: the public URL where one is set, else this machine's own address."""
    if settings.public_url is not None:
        return settings.public_url.rstrip("/")
    return f"http://{ANYWHERE.get(settings.host, _bracketed(settings.host))}:{settings.port}"


def local_host(settings: Settings) -> str:
    """The address at which this machine reaches its own API."""
    return ANYWHERE.get(settings.host, settings.host).strip("[]")


def signin_link_path(settings: Settings) -> Path:
    return settings.home / "signin-link"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
