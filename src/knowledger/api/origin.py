"""A browser sends its cookie whoever wrote the page; only our own pages may use it to change something."""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from knowledger.kernel.errors import Forbidden
from knowledger.settings import Settings

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignOrigin(Forbidden):
    """This request comes from a page of another origin."""

    hint = "Outside a browser use an API key. Behind a proxy set KNOWLEDGER_PUBLIC_URL to the URL that users see."


def refuse_other_origins(request: HTTPConnection, settings: Settings, *, required: bool = True) -> None:
    """Raises ForeignOrigin unless the Origin header is ours; where not required, its absence is no offence."""
    origin = request.headers.get("origin")
    if origin is None and not required:
        return
    if origin is None or not _is_ours(origin, request, settings):
        raise ForeignOrigin


def _is_ours(origin: str, request: HTTPConnection, settings: Settings) -> bool:
    if settings.public_url is not None:
        public = urlsplit(settings.public_url)
        return origin == f"{public.scheme}://{public.netloc}"
    return urlsplit(origin).netloc == request.headers.get("host", "")
