"""What a cell's text means as a value of its type, said in SQL, and which rule it breaks when it means nothing.

DuckDB's own casts are fast but guess: '1.5' becomes the integer 2, '1_000' a thousand, a decimal loses the digits that
do not fit, a timestamp its time zone. So a cast is believed at once where the text shows at no cost that nothing was
guessed, and any other text is read by a pattern. A value is accepted when it is exactly what the text says.
"""

import re
from dataclasses import dataclass

from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.engine.staging.sql import literal

_DIGITS = "[0-9]+"
_WHOLE = r"[+-]?[0-9]+(\.0*)?"
_FRACTION = r"\.([0-9]*)"
_NUMERAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)"
_EXPONENT = "[eE][+-]?[0-9]{1,4}"
_NOT_FINITE = r"(?i)[+-]?(nan|inf|infinity)"
_DATE = "[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
_MIDNIGHT = r"([ T]0?0:00(:00(\.0*)?)?Z?)?"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]*)?)?"
_ZONE = " ?(Z|UTC|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)"
YEARS = {
    Scalar.DATE: "BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'",
    Scalar.TIMESTAMP: "BETWEEN TIMESTAMP '0001-01-01 00:00:00' AND TIMESTAMP '9999-12-31 23:59:59.999999'",
}
_SQL_NAMES = {
    Scalar.STRING: "VARCHAR",
    Scalar.INT: "BIGINT",
    Scalar.DOUBLE: "DOUBLE",
    Scalar.BOOLEAN: "BOOLEAN",
    Scalar.DATE: "DATE",
    Scalar.TIMESTAMP: "TIMESTAMP",
}


def sql_type(kind: PropertyType) -> str:
    """The type's name in DuckDB, and so in staged Parquet."""
    scalar = f"DECIMAL({kind.precision},{kind.scale})" if kind.scalar is Scalar.DECIMAL else _SQL_NAMES[kind.scalar]
    return scalar + ("[]" if kind.is_list else "")


@dataclass(frozen=True)
class TextCast:
    """The reading of a text, of a type and, for dates and timestamps, of a strptime `format`.

    `text` is an SQL expression of type VARCHAR. `quick` is the bare cast and `trusted` whether it can be believed;
    both may be NULL. `value` is the whole answer: NULL where the text means nothing.
    """

    kind: PropertyType
    format: str | None = None

    def quick(self, text: str) -> str:
        scalar = self.kind.scalar
        if self.kind.is_list:
            return f"CAST(NULL AS {sql_type(self.kind)})"
        if scalar is Scalar.STRING:
            return text
        if self.format and scalar in YEARS:
            return f"TRY_CAST({_strptime(text, self.format)} AS {sql_type(self.kind)})"
        return f"TRY_CAST({text} AS {sql_type(self.kind)})"

    def trusted(self, text: str, quick: str) -> str:
        if self.kind.is_list:
            return "FALSE"
        match self.kind.scalar:
            case Scalar.STRING | Scalar.BOOLEAN:
                return f"{quick} IS NOT NULL"
            case Scalar.INT:
                return f"CAST({quick} AS VARCHAR) = {text}"
            case Scalar.DOUBLE:
                return f"(isfinite({quick}) AND NOT contains({text}, '_'))"
            case Scalar.DECIMAL:
                return _is_exact_decimal(text, quick, self.kind.scale)
            case Scalar.DATE | Scalar.TIMESTAMP if self.format:
                return f"({quick} {YEARS[self.kind.scalar]} AND {_reads_back(text, quick, self.format)})"
            case Scalar.DATE:
                return f"(strlen({text}) = 10 AND {quick} {YEARS[Scalar.DATE]})"
            case Scalar.TIMESTAMP:
                # 19 characters with the seconds in their place leave no room for a zone, which the cast would drop.
                return f"(strlen({text}) = 19 AND {text}[17] = ':' AND {quick} {YEARS[Scalar.TIMESTAMP]})"

    def careful(self, text: str) -> str:
        """The value by pattern, for a text whose quick cast is not trusted."""
        if self.kind.is_list:
            return self._list(text)
        trimmed = _trim(text)
        match self.kind.scalar:
            case Scalar.STRING:
                return "NULL"
            case Scalar.INT:
                whole = f"split_part({trimmed}, '.', 1)"
                return f"CASE WHEN {_matches(trimmed, _WHOLE)} THEN TRY_CAST({whole} AS BIGINT) END"
            case Scalar.DOUBLE:
                value = f"TRY_CAST({trimmed} AS DOUBLE)"
                numeral = _matches(trimmed, f"{_NUMERAL}({_EXPONENT})?")
                return f"CASE WHEN {numeral} AND isfinite({value}) THEN {value} END"
            case Scalar.DECIMAL:
                return _careful_decimal(trimmed, self.kind)
            case Scalar.BOOLEAN:
                return f"TRY_CAST({trimmed} AS BOOLEAN)"
            case Scalar.DATE:
                return self._within_years(self._careful_date(text, trimmed))
            case Scalar.TIMESTAMP:
                return self._within_years(self._careful_timestamp(text, trimmed))

    def value(self, text: str) -> str:
        quick = self.quick(text)
        return f"CASE WHEN {self.trusted(text, quick)} THEN {quick} ELSE {self.careful(text)} END"

    def rule(self, text: str) -> str:
        """The rule that a text breaks which is not blank and has no value."""
        trimmed = _trim(text)
        if self.kind.is_list:
            nested = f"len(list_filter({_elements(text)}, lambda e: json_type(e) IN ('ARRAY', 'OBJECT'))) > 0"
            return f"CASE WHEN {nested} THEN 'nested_value' ELSE 'wrong_type' END"
        cases = {"not_finite": _matches(trimmed, _NOT_FINITE)}
        match self.kind.scalar:
            case Scalar.INT:
                cases["out_of_range"] = _matches(trimmed, _WHOLE)
                cases["inexact"] = _matches(trimmed, _NUMERAL)
                del cases["not_finite"]
            case Scalar.DOUBLE:
                cases["out_of_range"] = _matches(trimmed, f"{_NUMERAL}({_EXPONENT})?")
            case Scalar.DECIMAL:
                whole_digits = self.kind.precision - self.kind.scale
                numeral = _matches(trimmed, f"{_NUMERAL}({_EXPONENT})?")
                cases["out_of_range"] = f"{numeral} AND {_whole_digits(trimmed)} > {whole_digits}"
                cases["inexact"] = numeral
            case Scalar.DATE | Scalar.TIMESTAMP if self.format:
                cases = {"out_of_range": _matches(trimmed, _format_shape(self.format))}
            case Scalar.DATE:
                cases = {
                    "inexact": f"TRY_CAST({trimmed} AS TIMESTAMP) IS NOT NULL AND "
                    + _matches(trimmed, f"{_DATE}[ T]{_CLOCK}({_ZONE})?"),
                    "out_of_range": _matches(trimmed, f"{_DATE}([ T]{_CLOCK}({_ZONE})?)?"),
                }
            case Scalar.TIMESTAMP:
                shape = _matches(trimmed, f"{_DATE}([ T]{_CLOCK}({_ZONE})?)?")
                cases = {"inexact": f"{shape} AND {_is_too_fine(trimmed)}", "out_of_range": shape}
            case _:
                return "'wrong_type'"
        whens = " ".join(f"WHEN {condition} THEN {literal(rule)}" for rule, condition in cases.items())
        return f"CASE {whens} ELSE 'wrong_type' END"

    def _within_years(self, value: str) -> str:
        return f"CASE WHEN {value} {YEARS[self.kind.scalar]} THEN {value} END"

    def _careful_date(self, text: str, trimmed: str) -> str:
        if self.format:
            value = f"CAST({_strptime(text, self.format)} AS DATE)"
            return f"CASE WHEN {_reads_back(trimmed, value, self.format)} THEN {value} END"
        date = f"TRY_CAST(regexp_extract({trimmed}, {literal(_DATE)}) AS DATE)"
        return f"CASE WHEN {_matches(trimmed, _DATE + _MIDNIGHT)} THEN {date} END"

    def _careful_timestamp(self, text: str, trimmed: str) -> str:
        if self.format:
            value = _strptime(text, self.format)
            return f"CASE WHEN {_reads_back(trimmed, value, self.format)} THEN {value} END"
        parts = f"({_DATE}([ T]{_CLOCK})?)({_ZONE})?"
        naive = f"TRY_CAST(regexp_extract({trimmed}, {literal(parts)}, 1) AS TIMESTAMP)"
        return (
            f"CASE WHEN {_matches(trimmed, parts)} AND NOT {_is_too_fine(trimmed)} "
            f"THEN {naive} - to_minutes({_offset_minutes(trimmed)}) END"
        )

    def _list(self, text: str) -> str:
        element = TextCast(PropertyType(self.kind.scalar, self.kind.precision, self.kind.scale), self.format)
        value = element.value(_element_text("e", self.kind.scalar))
        values = f"list_transform({_elements(text)}, lambda e: {value})"
        return f"CASE WHEN len(list_filter({values}, lambda v: v IS NULL)) = 0 THEN {values} END"


def is_blank(text: str) -> str:
    return f"({text} IS NULL OR {_trim(text)} = '')"


def _trim(text: str) -> str:
    return f"trim({text}, ' \t')"


def _matches(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {literal(pattern)})"


def _is_exact_decimal(text: str, quick: str, scale: int) -> str:
    """No more characters after the point than fit, and no negative exponent, which would hide digits.

    The order is that of the cost: few texts come to the second half of the OR.
    """
    no_exponent = f"strpos({text}, '-') <= 1"
    fits = f"strlen({text}) - strpos({text}, '.') <= {scale}"
    if scale > len("e-"):
        fits = f"({fits} AND {no_exponent})"
    is_whole = f"(strpos({text}, '.') = 0 AND {no_exponent})"
    return f"({quick} IS NOT NULL AND NOT contains({text}, '_') AND ({fits} OR {is_whole}))"


def _careful_decimal(trimmed: str, kind: PropertyType) -> str:
    value = f"TRY_CAST({trimmed} AS {sql_type(kind)})"
    plain = _matches(trimmed, rf"[+-]?[0-9]*(\.[0-9]{{0,{kind.scale}}}0*)?")
    scientific = _matches(trimmed, _NUMERAL + _EXPONENT)
    fraction = f"regexp_extract({trimmed}, {literal(_FRACTION)}, 1)"
    exponent = f"TRY_CAST(regexp_extract({trimmed}, {literal('[eE]([+-]?[0-9]+)')}, 1) AS INTEGER)"
    digits = f"strlen(rtrim({fraction}, '0')) - {exponent} <= {kind.scale}"
    return f"CASE WHEN {plain} OR ({scientific} AND {digits}) THEN {value} END"


def _is_too_fine(trimmed: str) -> str:
    """Whether there are digits beyond the microseconds."""
    return f"regexp_matches({trimmed}, '\\.[0-9]{{6}}[0-9]*[1-9]')"


def _whole_digits(trimmed: str) -> str:
    """How many digits a numeral has before its point, leading zeros aside."""
    plain = f"strlen(ltrim(split_part(ltrim({trimmed}, '+-'), '.', 1), '0'))"
    scaled = f"floor(log10(greatest(abs(TRY_CAST({trimmed} AS DOUBLE)), 1))) + 1"
    return f"CASE WHEN regexp_matches({trimmed}, '[eE]') THEN {scaled} ELSE {plain} END"


def _offset_minutes(trimmed: str) -> str:
    """The minutes that local time is ahead of UTC; 0 where there is no zone."""
    zone = literal(":[0-9.:]* ?([+-])([0-9]{2}):?([0-9]{2})?$")
    hours = f"coalesce(TRY_CAST(regexp_extract({trimmed}, {zone}, 2) AS BIGINT), 0)"
    minutes = f"coalesce(TRY_CAST(regexp_extract({trimmed}, {zone}, 3) AS BIGINT), 0)"
    sign = f"CASE WHEN regexp_extract({trimmed}, {zone}, 1) = '-' THEN -1 ELSE 1 END"
    return f"({sign}) * ({hours} * 60 + {minutes})"


def _strptime(text: str, date_format: str) -> str:
    """The moment in UTC. With `%z` in the format, DuckDB's answer has a zone, which this takes off."""
    parsed = f"try_strptime({text}, {literal(date_format)})"
    return f"make_timestamp(epoch_us({parsed}))" if "%z" in date_format.lower() else parsed


def _is_compact(date_format: str) -> bool:
    """Whether fields stand side by side, so that only their widths tell them apart."""
    return re.search("%[A-Za-z]%", date_format) is not None and "%z" not in date_format.lower()


def _reads_back(text: str, value: str, date_format: str) -> str:
    """Whether the fields were cut where they should be: '2009063' is no %Y%m%d, though DuckDB takes it for one."""
    return f"strftime({value}, {literal(date_format)}) = {text}" if _is_compact(date_format) else "TRUE"


def _format_shape(date_format: str) -> str:
    """A pattern that every text of this format matches, whether or not there is such a day."""
    pair = "[0-9]{2}" if _is_compact(date_format) else "[0-9]{1,2}"
    digits = {"Y": "[0-9]{4}", "y": "[0-9]{2}", "j": "[0-9]{1,3}", "f": _DIGITS, **dict.fromkeys("mdHIMS", pair)}
    pieces = re.split("(%-?[A-Za-z])", date_format)
    return "".join(digits.get(p[-1], ".+") if p.startswith("%") else re.escape(p) for p in pieces)


def _elements(text: str) -> str:
    """The elements of a JSON array, each as JSON; NULL where the text is none."""
    is_list = f"CASE WHEN json_valid({text}) THEN json_type({text}) = 'ARRAY' ELSE FALSE END"
    return f"CASE WHEN {is_list} THEN from_json({text}, '[\"JSON\"]') END"


def _element_text(element: str, scalar: Scalar) -> str:
    """The text of one element; NULL where it has none, or is a number that JSON did not keep exactly."""
    bare = f"CAST({element} AS VARCHAR)"
    if scalar is Scalar.DECIMAL:
        # DuckDB reads a number of JSON as a double, which keeps 15 digits.
        bare = f"CASE WHEN strlen(regexp_replace({bare}, '[^0-9]|[eE].*', '', 'g')) <= 15 THEN {bare} END"
    return (
        f"CASE json_type({element}) WHEN 'VARCHAR' THEN json_extract_string({element}, '$') "
        f"WHEN 'NULL' THEN NULL WHEN 'ARRAY' THEN NULL WHEN 'OBJECT' THEN NULL ELSE {bare} END"
    )
