"""JSON objects into frozen dataclasses, by the types that their fields declare. Unknown keys are let through."""

import dataclasses
import types
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from knowledger.client.errors import UnexpectedAnswer
from knowledger.client.json import JsonObject, JsonValue

T = TypeVar("T")


def decode(kind: type[T], value: JsonValue) -> T:
    """Read `value` as a dataclass. Raises UnexpectedAnswer, naming the field, where it does not fit."""
    return _dataclass(kind, value, kind.__name__)  # type: ignore[no-any-return]


def encode(record: object) -> JsonValue:
    """The reverse of `decode`: a record as plain JSON."""
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        shown = (item.name for item in dataclasses.fields(record) if item.repr)
        return {name: encode(getattr(record, name)) for name in shown}
    match record:
        case datetime():
            return record.isoformat()
        case dict():
            return {str(name): encode(item) for name, item in record.items()}
        case list() | tuple():
            return [encode(item) for item in record]
        case None | bool() | int() | float() | str():
            return record
    return str(record)


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    # JSON's own type names itself, and a record's module need not know that name.
    return get_type_hints(kind, localns={"JsonValue": object})


def _dataclass(kind: Any, value: JsonValue, place: str) -> Any:
    if not isinstance(value, dict):
        raise UnexpectedAnswer(f"The server's answer has no object at {place}.")
    return kind(**dict(_fields(kind, value, place)))


def _fields(kind: Any, value: JsonObject, place: str) -> list[tuple[str, Any]]:
    hints = _hints(kind)
    found = []
    for item in dataclasses.fields(kind):
        if not item.init:
            continue
        if value.get(item.name) is not None:
            found.append((item.name, _value(hints[item.name], value[item.name], f"{place}.{item.name}")))
        elif item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING:
            if not _takes_none(hints[item.name]):
                raise UnexpectedAnswer(f"The server's answer lacks {place}.{item.name}.")
            found.append((item.name, None))
    return found


def _takes_none(hint: Any) -> bool:
    return type(None) in get_args(hint)


def _value(hint: Any, value: Any, place: str) -> Any:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        chosen = [part for part in parts if part is not type(None)]
        # A union of several is JSON of any shape; only "this or null" says more about it.
        return _value(chosen[0], value, place) if len(chosen) == 1 else value
    if origin is tuple and isinstance(value, list):
        return tuple(_value(parts[0], item, f"{place}[{index}]") for index, item in enumerate(value))
    if origin is dict and isinstance(value, dict):
        return {name: _value(parts[1], item, f"{place}.{name}") for name, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return _dataclass(hint, value, place)
    return _scalar(hint, value, place)


def _scalar(hint: Any, value: Any, place: str) -> Any:
    if hint in (date, datetime) and isinstance(value, str):
        return hint.fromisoformat(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and not isinstance(value, hint):
        raise UnexpectedAnswer(f"The server's answer has {value!r} at {place}, which is not {hint.__name__}.")
    return value
