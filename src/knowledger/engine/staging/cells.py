"""A cell of the source: where it comes from, and how it becomes a value of its column."""

import datetime as dt
from dataclasses import dataclass

from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.domain.graphs.table_shape import TableColumn
from knowledger.engine.staging.casts import YEARS, TextCast, is_blank, sql_type
from knowledger.engine.staging.sql import literal

_TEXT = "VARCHAR"
_FLOATS = ("FLOAT", "DOUBLE")
_NUMBERS = ("INT", "INTEGER", *_FLOATS)
_OF_WHOLE_NUMBERS = (Scalar.INT, Scalar.DATE, Scalar.TIMESTAMP)


@dataclass(frozen=True)
class Cell:
    """`source` is an SQL expression of type `source_type`; NULL where the file has no such column."""

    column: TableColumn
    source: str = f"CAST(NULL AS {_TEXT})"
    source_type: str = _TEXT

    @property
    def default(self) -> str:
        """What an empty cell means."""
        return "NULL" if self.column.default is None else f"CAST({literal(self._default_text())} AS {self.type})"

    @property
    def type(self) -> str:
        return sql_type(self.column.type)

    @property
    def _is_native(self) -> bool:
        """Whether the source has the column's own type, so that no text need be read."""
        return self.source_type == self.type

    @property
    def _is_nested(self) -> bool:
        """Whether the source holds many values where the column holds one."""
        is_list = self.source_type.endswith("]")
        return self.source_type.startswith(("STRUCT", "MAP", "UNION")) or (is_list and not self.column.type.is_list)

    @property
    def _cast(self) -> TextCast:
        is_written = self.source_type == _TEXT or self.source_type.endswith(_NUMBERS)
        return TextCast(self.column.type, self.column.format if is_written else None)

    @property
    def is_as_it_stands(self) -> bool:
        """Whether every value of the source, and none, is a value of the column."""
        return self._is_native and self.column.type == PropertyType(Scalar.STRING) and not self._empty_is_none

    @property
    def _empty_is_none(self) -> bool:
        return self.column.must_be_given or self.column.default is not None

    def _default_text(self) -> str:
        value = self.column.default
        match self.column.type.scalar:
            case Scalar.DATE:
                return dt.date.fromisoformat(str(value)).isoformat()
            case Scalar.TIMESTAMP:
                moment = dt.datetime.fromisoformat(str(value))
                return (moment.astimezone(dt.UTC) if moment.tzinfo else moment).replace(tzinfo=None).isoformat(" ")
            case _:
                return str(value)

    def text(self, source: str) -> str:
        """The source as text."""
        if self.source_type == _TEXT:
            return source
        if self._is_nested or self.source_type.endswith("]"):
            return f"CAST(to_json({source}) AS VARCHAR)"
        if self.source_type == "BLOB":
            return f"TRY(decode({source}))"
        if self.source_type in _FLOATS and self.column.type.scalar in _OF_WHOLE_NUMBERS:
            # Of a double that is whole, 20090630.0 say, neither a point nor an exponent is meant.
            whole = f"CAST(TRY_CAST({source} AS HUGEINT) AS VARCHAR)"
            return f"CASE WHEN trunc({source}) = {source} THEN {whole} ELSE CAST({source} AS VARCHAR) END"
        return f"CAST({source} AS VARCHAR)"

    def quick(self, source: str) -> str:
        """The value where it costs least: right only where `trusted` says so."""
        if self._is_native and self.column.type.scalar is Scalar.STRING and self._empty_is_none:
            return f"nullif({source}, '')"
        if self._is_native and self.source_type != _TEXT:
            return source
        return f"CAST(NULL AS {self.type})" if self._is_nested else self._cast.quick(self.text(source))

    def trusted(self, source: str, quick: str) -> str:
        if not self._is_native or self.source_type == _TEXT:
            return "FALSE" if self._is_nested else self._cast.trusted(self.text(source), quick)
        if self.column.type.is_list:
            bad = " OR NOT isfinite(e)" if self.column.type.scalar is Scalar.DOUBLE else ""
            return f"len(list_filter({quick}, lambda e: e IS NULL{bad})) = 0"
        if self.column.type.scalar is Scalar.DOUBLE:
            return f"isfinite({quick})"
        return f"{quick} {YEARS.get(self.column.type.scalar, 'IS NOT NULL')}"

    def careful(self, source: str) -> str:
        return f"CAST(NULL AS {self.type})" if self._is_nested else self._cast.careful(self.text(source))

    def value(self, source: str) -> str:
        quick = self.quick(source)
        blank = f"WHEN {self.is_blank(source)} THEN {self.default}"
        return f"CASE WHEN {self.trusted(source, quick)} THEN {quick} {blank} ELSE {self.careful(source)} END"

    def is_blank(self, source: str) -> str:
        return f"({source} IS NULL)" if self._is_nested or self.source_type == "BLOB" else is_blank(self.text(source))

    def rule(self, source: str) -> str:
        """The rule that a cell breaks which has no value and should."""
        missing = literal("missing_key" if self.column.is_key else "missing_value")
        if self._is_nested:
            broken = "'nested_value'"
        elif self.source_type == "BLOB":
            broken = "'bad_encoding'"
        else:
            broken = self._cast.rule(self.text(source))
        return f"CASE WHEN {self.is_blank(source)} THEN {missing} ELSE {broken} END"
