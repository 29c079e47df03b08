"""`python -m knowledger.host`: the graph host's process, a shell over the engine's host.

It needs no database, and so goes without the composition root, whose parts would be half of its memory.
"""

import knowledger.kernel.without_rich  # noqa: F401
from knowledger.adapters.object_store import open_object_store
from knowledger.engine.host.serve import main
from knowledger.logs import configure_logs
from knowledger.settings import Settings


def run(settings: Settings) -> None:
    """Serve graphs until told to stop. Blocks."""
    configure_logs(settings)
    objects = open_object_store(
        settings.object_store_url,
        directory=settings.objects_directory,
        cache=settings.cache_directory,
        scratch=settings.scratch_directory,
    )
    main(settings, objects.local)


if __name__ == "__main__":
    run(Settings())
