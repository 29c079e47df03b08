"""`python -m knowledger.host`: the graph host's process, a shell over the engine's host."""

from knowledger.engine.host.serve import main
from knowledger.logs import configure_logs
from knowledger.settings import Settings
from knowledger.wiring import Wiring


def run(settings: Settings) -> None:
    """Serve graphs until told to stop. Blocks."""
    configure_logs(settings)
    main(settings, Wiring(settings).objects.local)


if __name__ == "__main__":
    run(Settings())
