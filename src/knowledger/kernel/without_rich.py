"""To be imported before whatever imports structlog, by processes that run for long.

structlog loads rich and pygments wherever they are installed, for tracebacks that we have it print plainly: 4 MiB of
memory a process.
"""

import importlib
import sys


def _load_structlog() -> None:
    sys.modules["rich"] = None  # type: ignore[assignment]  # whoever imports it is told that it is not there
    try:
        importlib.import_module("structlog")
    finally:
        del sys.modules["rich"]


if "structlog" not in sys.modules and "rich" not in sys.modules:
    _load_structlog()
