"""Schemas for tests: small ones to write down, and any that the language allows."""

from hypothesis import strategies as st

from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject, JsonValue

NAMES = st.text(st.characters(categories=["L"]), min_size=1, max_size=12)
"""Letters of any script, keywords among them by chance."""


def node(name: str, key: list[str] | None = None, /, **types: str) -> JsonObject:
    """A node type keyed by `id` unless told otherwise; the properties that make up its key are texts."""
    parts = key or ["id"]
    properties = {**dict.fromkeys(parts, "string"), **types}
    listed: list[JsonValue] = [{"name": item, "type": kind} for item, kind in properties.items()]
    return {"name": name, "key": [*parts], "properties": listed}


def problems_of(error: KnowledgerError) -> list[tuple[str, str]]:
    """As (place, problem)."""
    listed = error.details["problems"]
    assert isinstance(listed, list)
    pairs = [item for item in listed if isinstance(item, dict)]
    return [(str(item["place"]), str(item["problem"])) for item in pairs]


@st.composite
def property_types(draw: st.DrawFn) -> PropertyType:
    scalar, is_list = draw(st.sampled_from(Scalar)), draw(st.booleans())
    if scalar is not Scalar.DECIMAL:
        return PropertyType(scalar, is_list=is_list)
    precision = draw(st.integers(1, 38))
    return PropertyType(scalar, precision, draw(st.integers(0, precision)), is_list)


@st.composite
def documents(draw: st.DrawFn) -> JsonObject:
    """A correct schema as its author might write it."""
    names = draw(st.lists(NAMES, min_size=2, max_size=6, unique_by=str.lower))
    split = draw(st.integers(1, len(names) - 1))
    nodes = [draw(_nodes(name)) for name in names[:split]]
    relationships = [draw(_relationships(name, names[:split])) for name in names[split:]]
    return {
        "name": draw(st.text(min_size=1, max_size=64)),
        "description": draw(st.text(max_size=50)),
        "nodes": [*nodes],
        "relationships": [*relationships],
    }


@st.composite
def _nodes(draw: st.DrawFn, name: str) -> JsonObject:
    properties = draw(_properties(min_size=1))
    scalars = [item["name"] for item in properties if not str(item["type"]).endswith("[]")]
    key = draw(st.lists(st.sampled_from(scalars), min_size=1, max_size=3, unique=True)) if scalars else ["id"]
    own: list[JsonObject] = properties if scalars else [{"name": "id", "type": "int"}]
    return {"name": name, "description": draw(st.text(max_size=20)), "key": [*key], "properties": [*own]}


@st.composite
def _relationships(draw: st.DrawFn, name: str, ends: list[str]) -> JsonObject:
    document: JsonObject = {
        "name": name,
        draw(st.sampled_from(["from", "from_node"])): draw(st.sampled_from(ends)),
        draw(st.sampled_from(["to", "to_node"])): draw(st.sampled_from(ends)),
        "properties": [*draw(_properties(min_size=0))],
    }
    return document


@st.composite
def _properties(draw: st.DrawFn, *, min_size: int) -> list[JsonObject]:
    names = draw(st.lists(NAMES, min_size=min_size, max_size=5, unique_by=str.lower))
    return [draw(_property(name)) for name in names]


@st.composite
def _property(draw: st.DrawFn, name: str) -> JsonObject:
    kind = draw(property_types())
    document: JsonObject = {"name": name, "type": str(kind), "required": draw(st.booleans())}
    if draw(st.booleans()):
        document["column"] = draw(st.text(min_size=1, max_size=20))
    if not kind.is_list and draw(st.booleans()):
        document["default"] = draw(_DEFAULTS[kind.scalar])
    return document


_DEFAULTS: dict[Scalar, st.SearchStrategy[JsonValue]] = {
    Scalar.STRING: st.text(max_size=10),
    Scalar.INT: st.integers(-(2**63), 2**63 - 1),
    Scalar.DOUBLE: st.floats(allow_nan=False, allow_infinity=False),
    Scalar.DECIMAL: st.sampled_from(["0", 0, "-0.0"]),
    Scalar.BOOLEAN: st.booleans(),
    Scalar.DATE: st.dates().map(str),
    Scalar.TIMESTAMP: st.datetimes().map(str),
}
