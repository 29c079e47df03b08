"""`python -m knowledger.host`: the graph host's process, a shell over the engine's host."""

from knowledger.engine.host.serve import main
from knowledger.logs import configure_logs
from knowledger.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    configure_logs(settings)
    main(settings)
