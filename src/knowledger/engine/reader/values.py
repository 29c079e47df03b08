"""Single values of an engine as what users see: plain JSON values.

A node comes as a dict with `_ID` and `_LABEL`, a relationship with `_SRC` and `_DST` besides, a path with `_NODES` and
`_RELS` (LadybugDB's Python values). `knowledger.domain.graphs.reading.AnswerFormat` documents what they turn into.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from knowledger.kernel.json import JsonObject, JsonValue

KEY_PROPERTY = "_key"
"""The generated primary key of types whose key has several properties: the platform's own, not the user's."""


def plain(value: object) -> JsonValue:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if isfinite(value) else None
        case Decimal():
            return format(value, "f")
        case datetime():
            return timestamp_text(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return duration_text(value)
        case bytes():
            return b64encode(value).decode()
        case Mapping():
            return _plain_mapping(value)
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return str(value)


def timestamp_text(value: datetime) -> str:
    """ISO 8601 in UTC. A timestamp without a zone is in UTC already."""
    naive = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat() + "Z"


def duration_text(value: timedelta) -> str:
    seconds = value.seconds + value.microseconds / 1_000_000
    return f"P{value.days}DT{seconds:g}S"


def _plain_mapping(value: Mapping[object, object]) -> JsonValue:
    if "_LABEL" in value:
        return _element(value)
    if "_NODES" in value and "_RELS" in value:
        return {"_nodes": plain(value["_NODES"]), "_relationships": plain(value["_RELS"])}
    if len(value) == 2 and "offset" in value and "table" in value:
        return f"{value['table']}:{value['offset']}"
    if "_label" in value:
        return {str(name): plain(item) for name, item in value.items() if item is not None}
    return {name if isinstance(name, str) else str(plain(name)): plain(item) for name, item in value.items()}


_SYSTEM_NAMES = {"_LABEL": "_label", "_ID": "_id", "_SRC": "_from", "_DST": "_to"}


def _element(value: Mapping[object, object]) -> JsonObject:
    """A node or relationship. A property that it does not have is left out, as Cypher has it."""
    element: JsonObject = {shown: plain(value[name]) for name, shown in _SYSTEM_NAMES.items() if name in value}
    for name, item in value.items():
        if item is not None and name not in _SYSTEM_NAMES and name != KEY_PROPERTY:
            element[str(name)] = plain(item)
    return element
