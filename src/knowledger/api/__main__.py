"""`python -m knowledger.api`."""

import knowledger.kernel.without_rich  # noqa: F401
from knowledger.api.server import main
from knowledger.settings import Settings

main(Settings())
