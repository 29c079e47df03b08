"""Where the engines touch tenant data: children of a fork server, each confined to its own files."""

from knowledger.engine.sandbox.client import Child, Sandbox
from knowledger.engine.sandbox.confinement import Confinement, confinement_report
from knowledger.engine.sandbox.errors import EngineCrashed, EngineTimeout, MemoryLimitExceeded, SandboxUnavailable
from knowledger.engine.sandbox.landlock import landlock_abi

__all__ = [
    "Child",
    "Confinement",
    "EngineCrashed",
    "EngineTimeout",
    "MemoryLimitExceeded",
    "Sandbox",
    "SandboxUnavailable",
    "confinement_report",
    "landlock_abi",
]
