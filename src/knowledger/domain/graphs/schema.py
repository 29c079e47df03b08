"""A graph's schema: node and relationship types with typed, keyed properties.

Rows arrive in *tables*. Every node type has the table of its own name. A relationship type either has a table of its
own, whose rows name the keys of both ends, or is read off the rows of a node type (`source`), whose columns hold the
key of the other end, as a foreign key does.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    model_validator,
)

from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.kernel.errors import InvalidInput
from knowledger.kernel.json import JsonObject, JsonValue

_NAME = re.compile(r"[^\W\d]\w{0,63}")


class InvalidSchema(InvalidInput):
    """The schema has mistakes."""

    hint = "Every mistake is listed under details.problems with its place; `schema validate` checks without creating."

    @classmethod
    def listing(cls, problems: list[tuple[str, str]]) -> Self:
        """The error for these mistakes, each a place and what is wrong there."""
        first_place, first_text = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        listed = [{"place": place, "problem": text} for place, text in problems]
        return cls(f"{cls._default_message()[:-1]}: {first_place}: {first_text}{more}", problems=listed)


def _name(value: object) -> object:
    if isinstance(value, str) and not _NAME.fullmatch(value):
        raise ValueError(f"{value!r} is not a name: a letter or _, then letters, digits and _, at most 64 in all")
    if isinstance(value, str) and value.startswith("_"):
        raise ValueError(f"{value!r}: names that begin with _ are kept for the platform")
    return value


def _type(value: object) -> object:
    if isinstance(value, PropertyType):
        return value
    if not isinstance(value, str):
        raise ValueError("a type is written as a text, such as int or decimal(18,2)")  # noqa: TRY004 (pydantic turns ValueError into a problem)
    return PropertyType.parse(value)


def _default(value: object) -> object:
    if value is not None and not isinstance(value, str | bool | int | float):
        raise ValueError("a default is a text, a number, true or false")
    return value


def _fits(value: str | bool | float, type_: PropertyType) -> bool:
    """Whether a JSON scalar can stand in for a missing value of this type. A list has no such scalar."""
    if type_.is_list:
        return False
    match type_.scalar, value:
        case (Scalar.STRING, str()) | (Scalar.BOOLEAN, bool()):
            return True
        case (_, bool()) | (Scalar.STRING | Scalar.BOOLEAN, _):
            return False
        case Scalar.INT, int():
            return -(2**63) <= value < 2**63
        case Scalar.DOUBLE, int() | float():
            return isfinite(value)
        case Scalar.DECIMAL, _:
            return _fits_decimal(str(value), type_)
        case Scalar.DATE | Scalar.TIMESTAMP, str():
            return _is_iso(value, date if type_.scalar is Scalar.DATE else datetime)
    return False


def _fits_decimal(text: str, type_: PropertyType) -> bool:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return number.is_finite() and abs(number) < 10 ** (type_.precision - type_.scale)


def _is_iso(text: str, kind: type[date]) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


Name = Annotated[str, BeforeValidator(_name)]
Header = Annotated[str, Field(min_length=1, max_length=256)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True)


class Property(_Part):
    """One typed property. `column` is its header in files, `format` how dates are written there (strptime).

    `default` stands in where a file's value is empty or absent, so that a part of a key may be left empty. Dates and
    timestamps are written in ISO 8601 there, whatever `format` says.
    """

    name: Name
    type: Annotated[PropertyType, BeforeValidator(_type), PlainSerializer(str, return_type=str)]
    description: str = ""
    required: bool = False
    column: Header | None = None
    format: str | None = Field(default=None, max_length=64)
    default: Annotated[StrictStr | StrictBool | StrictInt | StrictFloat | None, BeforeValidator(_default)] = None

    @model_validator(mode="after")
    def _default_fits(self) -> Self:
        if self.default is not None and not _fits(self.default, self.type):
            raise ValueError(f"the default {self.default!r} does not fit type {self.type}")
        return self

    @property
    def header(self) -> str:
        """The name of the column that holds this property in files."""
        return self.column or self.name


class NodeType(_Part):
    """A node type; `key` names the properties that together identify a node."""

    name: Name
    description: str = ""
    key: tuple[Name, ...] = Field(min_length=1)
    properties: tuple[Property, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _key_flags(cls, value: object) -> object:
        """Accept `is_primary_key` on a property for `key`, and `is_required` for `required`."""
        if not isinstance(value, dict) or not isinstance(value.get("properties"), list):
            return value
        properties = [dict(item) if isinstance(item, dict) else item for item in value["properties"]]
        flagged = []
        for item in properties:
            if isinstance(item, dict):
                if item.pop("is_primary_key", False):
                    flagged.append(item.get("name"))
                if "is_required" in item:
                    item["required"] = item.pop("is_required")
        key = value.get("key", flagged or None)
        plain = {**value, "properties": properties, "key": [key] if isinstance(key, str) else key}
        return plain if plain["key"] is not None else {k: v for k, v in plain.items() if k != "key"}

    def property_named(self, name: str) -> Property:
        return next(item for item in self.properties if item.name == name)

    @property
    def key_properties(self) -> tuple[Property, ...]:
        return tuple(self.property_named(name) for name in self.key)


class RelationshipType(_Part):
    """A relationship type between two node types.

    `from_columns` and `to_columns` name, in the order of the end's key, the columns that hold that key. They default to
    the key's own names, prefixed with `from_` and `to_` where the relationship has a table of its own. A relationship
    with a `key` is identified by its ends and that key, one without by its ends and all its properties.
    """

    name: Name
    description: str = ""
    from_node: Name = Field(alias="from")
    to_node: Name = Field(alias="to")
    source: Name | None = None
    from_columns: tuple[Header, ...] = ()
    to_columns: tuple[Header, ...] = ()
    key: tuple[Name, ...] = ()
    properties: tuple[Property, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _spellings(cls, value: object) -> object:
        if isinstance(value, dict):
            renamed = {"from_node": "from", "to_node": "to"}
            return {renamed.get(name, name): item for name, item in value.items()}
        return value


class GraphSchema(_Part):
    """The node and relationship types of a graph. One without any is a graph whose types are yet to be inferred."""

    name: str = Field(default="custom", max_length=64)
    version: str = Field(default="1", max_length=32)
    description: str = ""
    nodes: tuple[NodeType, ...] = ()
    relationships: tuple[RelationshipType, ...] = ()

    @classmethod
    def parse(cls, document: JsonValue) -> Self:
        """Read a schema from JSON. Raises InvalidSchema with every problem and its place at once."""
        schema = cls._read(document)
        if problems := list(inconsistencies(schema)):
            raise InvalidSchema.listing(problems)
        return schema

    @classmethod
    def parse_part(cls, document: JsonValue) -> Self:
        """Read types that may build on types elsewhere, so that only `merge` can tell whether they hold together.

        Raises InvalidSchema for what is wrong whatever they build on.
        """
        part = cls._read(document)
        if problems := list(_repetitions(part)):
            raise InvalidSchema.listing(problems)
        return part

    @classmethod
    def _read(cls, document: JsonValue) -> Self:
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            raise InvalidSchema.listing(list(_mistakes(error))) from None

    def as_json(self) -> JsonObject:
        """The document that `parse` reads back to an equal schema; defaults are left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def node(self, name: str) -> NodeType:
        return next(item for item in self.nodes if item.name == name)

    def relationship(self, name: str) -> RelationshipType:
        return next(item for item in self.relationships if item.name == name)

    @property
    def table_names(self) -> tuple[str, ...]:
        """The tables that files can be loaded into."""
        own = (item.name for item in self.relationships if item.source is None)
        return (*(item.name for item in self.nodes), *own)


_PHRASES = {
    "missing": "this is missing",
    "extra_forbidden": "there is no such field here",
    "model_type": "this should be an object",
    "model_attributes_type": "this should be an object",
    "tuple_type": "this should be a list",
    "string_type": "this should be a text",
    "bool_type": "this should be true or false",
    "bool_parsing": "this should be true or false",
    "too_short": "this is empty",
    "string_too_short": "this is empty",
}
"""What pydantic finds, by its own names, in the words of those who write JSON."""


def _mistakes(error: ValidationError) -> Iterator[tuple[str, str]]:
    """As (place, problem). A list whose items are all wrong is not called empty."""
    found = error.errors()
    places = [item["loc"] for item in found]
    for item in found:
        place = item["loc"]
        if item["type"] == "too_short" and any(other[: len(place)] == place != other for other in places):
            continue
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).removeprefix(".")
        yield path or "schema", _PHRASES.get(item["type"], item["msg"].removeprefix("Value error, "))


def inconsistencies(schema: GraphSchema) -> Iterator[tuple[str, str]]:
    """What each part allows but the whole does not, as (place, problem)."""
    yield from _repetitions(schema)
    nodes = {item.name.lower() for item in schema.nodes}
    for item in schema.relationships:
        if item.name.lower() in nodes:
            yield "relationships", f"the name {item.name!r} is used twice"
    for index, node in enumerate(schema.nodes):
        place = f"nodes[{index}]"
        yield from _key(place, node.properties, node.key)
        for name in node.key:
            found = [item for item in node.properties if item.name == name]
            if found and found[0].type.is_list:
                yield f"{place}.key", f"a list cannot be part of a key ({name})"
    for index, relationship in enumerate(schema.relationships):
        yield from _relationship(f"relationships[{index}]", relationship, schema)


def _relationship(place: str, relationship: RelationshipType, schema: GraphSchema) -> Iterator[tuple[str, str]]:
    nodes = {item.name: item for item in schema.nodes}
    yield from _key(place, relationship.properties, relationship.key)
    for field, end, columns in (
        ("from", relationship.from_node, relationship.from_columns),
        ("to", relationship.to_node, relationship.to_columns),
    ):
        if end not in nodes:
            yield f"{place}.{field}", f"there is no node type {end!r}"
        elif columns and len(columns) != len(nodes[end].key):
            key = ", ".join(nodes[end].key)
            yield f"{place}.{field}_columns", f"{end} is keyed by ({key}): name one column for each, in that order"
    if relationship.source is None:
        return
    if relationship.source not in (relationship.from_node, relationship.to_node):
        yield f"{place}.source", f"must be one of its ends: {relationship.from_node} or {relationship.to_node}"
    elif {relationship.from_node, relationship.to_node} <= nodes.keys():
        yield from _derived(place, relationship, nodes)


def _derived(place: str, relationship: RelationshipType, nodes: dict[str, NodeType]) -> Iterator[tuple[str, str]]:
    """Whether the rows of `source` have what the relationship is read off."""
    assert relationship.source is not None
    types = {item.name: item.type for item in nodes[relationship.source].properties}
    for field, end, columns in (
        ("from_columns", relationship.from_node, relationship.from_columns),
        ("to_columns", relationship.to_node, relationship.to_columns),
    ):
        keys = [item for name in nodes[end].key for item in nodes[end].properties if item.name == name]
        own = () if end == relationship.source else nodes[end].key
        for column in columns or own:
            if column not in types:
                yield f"{place}.{field}", f"{relationship.source} has no property {column!r}"
        for column, part in zip(columns or own, keys, strict=False):
            if column in types and types[column] != part.type:
                yield f"{place}.{field}", f"{column} is {types[column]}, but {end}.{part.name} is {part.type}"
    for item in relationship.properties:
        if item.name not in types:
            yield f"{place}.properties", f"{relationship.source} has no property {item.name!r} to read it from"


def _repetitions(schema: GraphSchema) -> Iterator[tuple[str, str]]:
    """Types of a kind, and properties of a type, that stand there more than once."""
    types: dict[str, tuple[NodeType | RelationshipType, ...]]
    types = {"nodes": schema.nodes, "relationships": schema.relationships}
    for field, items in types.items():
        yield from _twice(field, [item.name for item in items])
        for index, item in enumerate(items):
            yield from _twice(f"{field}[{index}].properties", [found.name for found in item.properties])


def _key(place: str, properties: tuple[Property, ...], key: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield from _twice(f"{place}.key", list(key))
    names = {item.name for item in properties}
    for name in key:
        if name not in names:
            yield f"{place}.key", f"there is no property {name!r}"


def _twice(place: str, names: list[str]) -> Iterator[tuple[str, str]]:
    """The engine compares names without case, and so must we."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            yield place, f"the name {name!r} is used twice"
        seen.add(name.lower())
