"""`python -m knowledger.api`."""

from knowledger.api.server import main
from knowledger.settings import Settings

main(Settings())
