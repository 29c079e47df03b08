"""The types of JSON, for values that cross a boundary as JSON."""

from typing import TypeAlias, Union

from typing_extensions import TypeAliasType

# A named alias, so that pydantic and SQLAlchemy can follow the recursion at run time.
JsonValue = TypeAliasType("JsonValue", Union[bool, int, float, str, "list[JsonValue]", "dict[str, JsonValue]", None])
JsonObject: TypeAlias = dict[str, JsonValue]
