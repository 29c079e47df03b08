"""The narrowest type that every value of a column has."""

import re
from dataclasses import dataclass

import duckdb

from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.domain.graphs.table_shape import TableColumn
from knowledger.engine.staging.casts import is_blank
from knowledger.engine.staging.cells import Cell
from knowledger.engine.staging.infer_columns import FileColumn, FileColumns
from knowledger.engine.staging.sql import literal

_SAMPLE_ROWS = 500
_STRING = PropertyType(Scalar.STRING)
_WIDEST = PropertyType(Scalar.DECIMAL, 38, 4)
_USUAL_PRECISION = 18
_IN_LISTS = (Scalar.INT, Scalar.DOUBLE, Scalar.STRING)
_TOO_LARGE = ("UBIGINT", "HUGEINT", "UHUGEINT")

_DATE_NAME = re.compile(r"(?i)(date|period|day|dt)$|^(date|period|filed|changed|booked)")
# Digits with leading zeros are a code, not a number.
_NUMBER = "[+-]?(0|[1-9][0-9]*)"
# Of more digits than any amount has, as in an account's number, none is to be lost.
_ROUNDABLE = "[+-]?(0|[1-9][0-9]{0,37})"
_CLOCK = "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]*)?)?"
_WRITTEN_DATES = {
    "%d.%m.%Y": "[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}",
    "%m/%d/%Y": "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}",
    "%d/%m/%Y": "[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}",
    "%d-%m-%Y": "[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}",
    "%d %b %Y": "[0-9]{1,2} [A-Za-z]{3} [0-9]{4}",
    "%b %d, %Y": "[A-Za-z]{3} [0-9]{1,2}, [0-9]{4}",
}


@dataclass(frozen=True)
class ProposedType:
    kind: PropertyType
    format: str | None = None


@dataclass(frozen=True)
class _Candidate:
    """A type to try. Each text matches `pattern` beside having a value of the type."""

    kind: PropertyType
    pattern: str
    format: str | None = None

    @property
    def _whole_pattern(self) -> str:
        return f"(?si) *({self.pattern}) *"

    def may_fit(self, texts: list[str]) -> bool:
        pattern = re.compile(self._whole_pattern)
        # A column that says only NO may well be full of Norwegians.
        least_different = 2 if self.kind.scalar is Scalar.BOOLEAN else 1
        return len(set(texts)) >= least_different and all(pattern.fullmatch(text) for text in texts)

    def fits(self, column: FileColumn) -> str:
        cell = Cell(TableColumn("x", "x", self.kind, self.format), column.source, column.type)
        matches = f"regexp_full_match({cell.text(column.source)}, {literal(self._whole_pattern)})"
        return f"({matches} AND ({cell.value(column.source)}) IS NOT NULL)"


def propose_types(connection: duckdb.DuckDBPyConnection, columns: FileColumns) -> list[ProposedType]:
    """By the patterns of a sample, then proved on every row; where a row disproves a type, the next is tried."""
    found = [_native(column) for column in columns.columns]
    texts = _sample(connection, columns)
    remaining = {
        place: [item for item in _candidates(columns.columns[place]) if item.may_fit(texts[place])]
        for place, kind in enumerate(found)
        if kind is None
    }
    while remaining := {place: candidates for place, candidates in remaining.items() if candidates}:
        first = {place: candidates.pop(0) for place, candidates in remaining.items()}
        for place in _proved(connection, columns, first):
            found[place] = ProposedType(first[place].kind, first[place].format)
            del remaining[place]
    widest = [item or _own_type(column) for item, column in zip(found, columns.columns, strict=True)]
    return _with_sizes(connection, columns, widest)


def _sample(connection: duckdb.DuckDBPyConnection, columns: FileColumns) -> list[list[str]]:
    """The texts of each column in the first rows, blank ones left out."""
    listed = ", ".join(f"CAST({column.source} AS VARCHAR)" for column in columns.columns)
    rows = connection.execute(f"SELECT {listed} FROM {columns.relation} LIMIT {_SAMPLE_ROWS}").fetchall()
    return [[row[place] for row in rows if (row[place] or "").strip(" \t")] for place in range(len(columns.columns))]


def _candidates(column: FileColumn) -> list[_Candidate]:
    """From the narrowest to the widest. An integer may be written as 12.0, as tools do where some are missing."""
    compact = _Candidate(PropertyType(Scalar.DATE), "(19|20)[0-9]{6}([.]0)?", "%Y%m%d")
    dates = [compact] if _DATE_NAME.search(column.header) else []
    numbers = [
        _Candidate(PropertyType(Scalar.INT), f"{_NUMBER}([.]0?)?"),
        _Candidate(PropertyType(Scalar.DOUBLE), f"({_ROUNDABLE}([.][0-9]*)?|[+-]?[.][0-9]+)([eE][+-]?[0-9]+)?"),
    ]
    if column.type != "VARCHAR":
        return [*dates, *numbers]
    return [
        _Candidate(PropertyType(Scalar.BOOLEAN), "true|false|yes|no|y|n|t|f"),
        *dates,
        numbers[0],
        _Candidate(_WIDEST, f"{_NUMBER}([.][0-9]{{0,4}}0*)?"),
        numbers[1],
        _Candidate(PropertyType(Scalar.DATE), "[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"),
        *(_Candidate(PropertyType(Scalar.DATE), shape, written) for written, shape in _WRITTEN_DATES.items()),
        _Candidate(PropertyType(Scalar.TIMESTAMP), f"[0-9]{{4}}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}([ T]{_CLOCK}.*)?"),
        *(
            _Candidate(PropertyType(item, is_list=True), r"\[.*\]")
            for item in (Scalar.INT, Scalar.DOUBLE, Scalar.STRING)
        ),
    ]


def _proved(connection: duckdb.DuckDBPyConnection, columns: FileColumns, tried: dict[int, _Candidate]) -> list[int]:
    """The places of the columns whose every value fits the type that is tried."""
    misfits = []
    for place, candidate in tried.items():
        column = columns.columns[place]
        blank = is_blank(f"CAST({column.source} AS VARCHAR)")
        misfits.append(f"count(*) FILTER (WHERE NOT {blank} AND {candidate.fits(column)} IS NOT TRUE)")
    counts = connection.execute(f"SELECT {', '.join(misfits)} FROM {columns.relation}").fetchall()[0]
    return [place for place, count in zip(tried, counts, strict=True) if count == 0]


def _native(column: FileColumn) -> ProposedType | None:
    """The type of a column that has one already; None where it is text, or a number that may be meant otherwise."""
    may_be_narrower = column.type == "VARCHAR" or column.type.endswith(("INT", "INTEGER", "FLOAT", "DOUBLE"))
    return None if may_be_narrower and column.type not in _TOO_LARGE else _own_type(column)


def _own_type(column: FileColumn) -> ProposedType:
    is_list = column.type.endswith("[]")
    name = column.type.removesuffix("[]")
    if sizes := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", name):
        return ProposedType(PropertyType(Scalar.DECIMAL, int(sizes[1]), int(sizes[2]), is_list))
    return ProposedType(PropertyType(_scalar(name), is_list=is_list))


def _scalar(name: str) -> Scalar:
    if name in _TOO_LARGE:
        return Scalar.STRING
    if name.endswith(("INT", "INTEGER")):
        return Scalar.INT
    if name.startswith("TIMESTAMP"):
        return Scalar.TIMESTAMP
    known = {"FLOAT": Scalar.DOUBLE, "DOUBLE": Scalar.DOUBLE, "BOOLEAN": Scalar.BOOLEAN, "DATE": Scalar.DATE}
    return known.get(name, Scalar.STRING)


def _with_sizes(
    connection: duckdb.DuckDBPyConnection, columns: FileColumns, found: list[ProposedType]
) -> list[ProposedType]:
    """Decimals with the scale that their texts have, and room for more digits than they need."""
    places = [place for place, item in enumerate(found) if item.kind == _WIDEST]
    if not places:
        return found
    sizes = ", ".join(_digits(columns.columns[place].source) for place in places)
    row = connection.execute(f"SELECT {sizes} FROM {columns.relation}").fetchall()[0]
    for place, (whole, scale) in zip(places, zip(row[::2], row[1::2], strict=True), strict=True):
        is_usual = int(whole) + int(scale) <= _USUAL_PRECISION - 2
        kind = PropertyType(Scalar.DECIMAL, _USUAL_PRECISION if is_usual else 38, int(scale))
        found[place] = ProposedType(kind)
    return found


def _digits(source: str) -> str:
    text = f"trim(CAST({source} AS VARCHAR), ' +-\t')"
    scale = f"CASE WHEN contains({text}, '.') THEN strlen(split_part({text}, '.', 2)) ELSE 0 END"
    return f"max(strlen(split_part({text}, '.', 1))), least(max({scale}), {_WIDEST.scale})"
