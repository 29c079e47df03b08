"""Named extensions: node and relationship types that a graph can take when it is created.

Each is a file in `extensions/`: a schema with the names of those it `requires`. A graph takes any number of them,
alone or beside types of its own.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from importlib.resources import files
from types import MappingProxyType

from knowledger.domain.graphs.merge import conflicts, merge
from knowledger.domain.graphs.schema import GraphSchema, InvalidSchema
from knowledger.kernel.errors import InvalidInput
from knowledger.kernel.json import JsonObject

_FILES = "knowledger.domain.graphs.extensions"


class UnknownExtension(InvalidInput):
    """There is no such extension."""


class ExtensionConflict(InvalidSchema):
    """The schema would change what an extension of this graph says."""

    hint = "Give your own types other names, or leave the extension out; properties may be added to its types."


@dataclass(frozen=True)
class Extension:
    """`types` may build on those of the extensions that it requires."""

    name: str
    description: str
    requires: tuple[str, ...]
    types: GraphSchema


@cache
def load_extensions() -> Mapping[str, Extension]:
    """All extensions by name, those that others require first."""
    found = (_read(file.read_text("utf-8")) for file in files(_FILES).iterdir() if file.name.endswith(".json"))
    ordered = sorted(found, key=lambda extension: (len(extension.requires), extension.name))
    return MappingProxyType({extension.name: extension for extension in ordered})


def compose(names: Iterable[str], custom: GraphSchema | None = None) -> GraphSchema:
    """One schema of the extensions named, of those they require and of a graph's own types.

    A graph's own types may refer to an extension's, and add properties to them. Raises UnknownExtension, and
    ExtensionConflict or InvalidSchema with every problem and its place in the own schema.
    """
    chosen = [load_extensions()[name] for name in with_required(names)]
    nothing = GraphSchema(name="+".join(extension.name for extension in chosen) or "custom")
    if custom is not None:
        nothing = custom.model_copy(update={"nodes": (), "relationships": ()})
    shared = reduce(merge, (extension.types for extension in chosen), nothing)
    if custom is None:
        return shared
    if found := conflicts(shared, custom):
        raise ExtensionConflict.listing(found)
    return merge(shared, custom)


def with_required(wanted: Iterable[str]) -> tuple[str, ...]:
    """The extensions named and those that they require, each after what it requires. Raises UnknownExtension."""
    extensions, names = load_extensions(), tuple(wanted)
    for name in names:
        if name not in extensions:
            raise UnknownExtension(f"There is no extension {name!r}.", hint=f"The extensions: {', '.join(extensions)}.")
    needed = {*names, *(required for name in names for required in extensions[name].requires)}
    return tuple(name for name in extensions if name in needed)


def _read(text: str) -> Extension:
    document: JsonObject = json.loads(text)
    required = document.pop("requires")
    assert isinstance(required, list)
    types = GraphSchema.parse_part(document)
    return Extension(types.name, types.description, tuple(map(str, required)), types)
