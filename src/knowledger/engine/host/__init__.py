"""The process that holds graphs open and answers questions about them."""

from knowledger.engine.host.config import HostSettings
from knowledger.engine.host.serve import main

__all__ = ["HostSettings", "main"]
