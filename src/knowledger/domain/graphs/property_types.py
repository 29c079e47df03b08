"""The types a property can have, as users write them: `string`, `int`, `decimal(18,4)`, `date[]` …"""

import re
from dataclasses import dataclass
from enum import StrEnum

_SPELLING = re.compile(r"^\s*([a-z0-9]+)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*(\[\s*\])?\s*$", re.IGNORECASE)
_SYNONYMS = {
    "str": "string", "text": "string", "varchar": "string",
    "integer": "int", "int64": "int", "int32": "int", "bigint": "int",
    "float": "double", "float64": "double", "number": "double",
    "numeric": "decimal", "bool": "boolean", "datetime": "timestamp",
}  # fmt: skip
_WIDEST_DECIMAL = 38


class Scalar(StrEnum):
    """`int` is 64 bits wide, `timestamp` has microseconds and is in UTC, `decimal` is exact."""

    STRING = "string"
    INT = "int"
    DOUBLE = "double"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True)
class PropertyType:
    """A scalar or a list of one; `precision` and `scale` (total digits, digits after the point) belong to decimals."""

    scalar: Scalar
    precision: int = 0
    scale: int = 0
    is_list: bool = False

    @classmethod
    def parse(cls, spelling: str) -> "PropertyType":
        """Read a type as users write it. Raises ValueError, whose message says what is wrong and what is allowed."""
        match = _SPELLING.match(spelling)
        name = _SYNONYMS.get(match[1].lower(), match[1].lower()) if match else ""
        if match is None or name not in list(Scalar):
            raise ValueError(
                f"unknown type {spelling!r}; the types are {', '.join(Scalar)}, and lists such as string[]"
            )
        scalar, is_list = Scalar(name), match[4] is not None
        if scalar is not Scalar.DECIMAL:
            if match[2]:
                raise ValueError(f"type {name} takes no size; only decimal(precision, scale) does")
            return cls(scalar, is_list=is_list)
        precision, scale = int(match[2] or 18), int(match[3] or (0 if match[2] else 4))
        if not 1 <= precision <= _WIDEST_DECIMAL or scale > precision:
            raise ValueError(f"decimal({precision},{scale}): precision is 1 to {_WIDEST_DECIMAL}, scale at most that")
        return cls(scalar, precision, scale, is_list)

    def __str__(self) -> str:
        size = f"({self.precision},{self.scale})" if self.scalar is Scalar.DECIMAL else ""
        return f"{self.scalar}{size}{'[]' if self.is_list else ''}"
