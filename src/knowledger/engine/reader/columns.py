"""Arrow columns of an engine as what users see: the same forms that `values` gives single values, still typed.

What needs no change passes through untouched. Timestamps are microseconds in UTC and say so.
"""

from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from knowledger.engine.reader.values import KEY_PROPERTY

Column: TypeAlias = "pa.Array[Any]"

_UTC = pa.timestamp("us", tz="UTC")
_MOST_NARROW_DIGITS = 18
_ID_FIELDS = {"offset", "table"}
_SHOWN = {"_ID": "_id", "_LABEL": "_label", "_SRC": "_from", "_DST": "_to"}
_SHOWN_OF_PATH = {"_NODES": "_nodes", "_RELS": "_relationships"}


def public_batch(batch: pa.RecordBatch, names: list[str], kept: list[int]) -> pa.RecordBatch:
    """The columns at `kept`, under `names`."""
    return pa.RecordBatch.from_arrays([public_column(batch.column(index)) for index in kept], names=names)


def public_column(column: Column) -> Column:
    if not _needs_change(column.type):
        return column
    match column:
        case pa.StructArray():
            return _struct(column)
        case pa.MapArray():
            return _map(column)
        case pa.ListArray() | pa.LargeListArray() | pa.FixedSizeListArray():
            return _list(column)
        case pa.DictionaryArray():
            return public_column(column.dictionary_decode())
        case pa.Decimal128Array():
            return _signed(column)
        case pa.TimestampArray():
            return column.cast(_UTC, safe=False)
        case _:
            return pa.array([None if item is None else str(item) for item in column.to_pylist()], pa.string())


def _needs_change(type_: pa.DataType) -> bool:
    if pa.types.is_struct(type_):
        fields = [type_.field(index) for index in range(type_.num_fields)]
        names = {field.name for field in fields}
        special = names == _ID_FIELDS or "_LABEL" in names or "_NODES" in names
        return special or any(_needs_change(field.type) for field in fields)
    if pa.types.is_map(type_):
        return _needs_change(type_.key_type) or _needs_change(type_.item_type)
    if pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_):
        return _needs_change(type_.value_type)
    if pa.types.is_timestamp(type_):
        return type_ != _UTC
    if isinstance(type_, pa.Decimal128Type):
        return bool(type_.precision <= _MOST_NARROW_DIGITS)
    return pa.types.is_dictionary(type_) or pa.types.is_interval(type_) or isinstance(type_, pa.BaseExtensionType)


def _signed(column: Column) -> Column:
    """LadybugDB keeps decimals of up to 18 digits in 16, 32 or 64 bits, and hands negative ones over unsigned."""
    type_ = column.type
    bits = 16 if type_.precision <= 4 else 32 if type_.precision <= 9 else 64
    wide = pa.decimal128(22, type_.scale)
    span, half = (pa.scalar(Decimal(1 << size).scaleb(-type_.scale), wide) for size in (bits, bits - 1))
    values = column.cast(wide)
    less: Any = pc.call_function("subtract", [values, span]).cast(wide)
    negative: Any = pc.call_function("greater_equal", [values, half])
    signed: Column = pc.call_function("if_else", [negative, less, values]).cast(type_)
    return signed


def _struct(column: pa.StructArray) -> Column:
    """`flatten` lays the struct's own nulls over its fields, and minds slices."""
    names = [column.type.field(index).name for index in range(column.type.num_fields)]
    fields: dict[str, Column] = dict(zip(names, column.flatten(), strict=True))
    if set(names) == _ID_FIELDS:
        return _identifier(fields)
    shown = {**_SHOWN, **_SHOWN_OF_PATH} if "_LABEL" in fields or "_NODES" in fields else {}
    if "_LABEL" in fields:
        first = [name for name in ("_LABEL", "_ID", "_SRC", "_DST") if name in fields]
        names = [*first, *(name for name in names if name not in first and name != KEY_PROPERTY)]
    return pa.StructArray.from_arrays(
        [public_column(fields[name]) for name in names],
        names=[shown.get(name, name) for name in names],
        mask=column.is_null(),
    )


def _identifier(fields: dict[str, Column]) -> Column:
    table, offset = (fields[name].cast(pa.string()) for name in ("table", "offset"))
    joined: Column = pc.call_function("binary_join_element_wise", [table, offset, pa.scalar(":")])
    return joined


def _list(column: "pa.ListArray[Any] | pa.LargeListArray[Any] | pa.FixedSizeListArray[Any, Any]") -> Column:
    values = public_column(column.flatten())
    mask: Any = column.is_null()
    built: Column = pa.ListArray.from_arrays(_offsets(column), values, mask=mask)
    return built


def _map(column: "pa.MapArray[Any, Any]") -> Column:
    entries: Any = column.cast(pa.list_(pa.struct([("key", column.type.key_type), ("value", column.type.item_type)])))
    keys, items = entries.flatten().flatten()
    built: Column = pa.MapArray.from_arrays(
        _offsets(entries), public_column(keys), public_column(items), mask=column.is_null()
    )
    return built


def _offsets(column: Column) -> Any:
    """Where each list begins in the flattened values, from zero, whatever the column is a slice of."""
    lengths: Column = pc.call_function("list_value_length", [column]).cast(pa.int32())
    ends: Column = pc.call_function("cumulative_sum", [lengths.fill_null(0)])
    return pa.concat_arrays([pa.array([0], pa.int32()), ends])
