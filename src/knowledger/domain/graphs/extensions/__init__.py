"""The extensions, a file each; `extension.py` reads them."""

from knowledger.domain.graphs.extension import (
    Extension,
    ExtensionConflict,
    UnknownExtension,
    compose,
    load_extensions,
)

__all__ = ["Extension", "ExtensionConflict", "UnknownExtension", "compose", "load_extensions"]
