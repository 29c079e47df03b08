"""What facts share, as rows: periods, units and sets of dimensions, each looked up and written once."""

from dataclasses import dataclass

from knowledger.domain.filings.aspects import Dimension, Period, Unit, dimension_set_id
from knowledger.domain.filings.fiscal import FiscalPeriod
from knowledger.engine.xbrl.concepts import Concepts
from knowledger.engine.xbrl.cover import Cover
from knowledger.engine.xbrl.reading import Context
from knowledger.engine.xbrl.tables import Rows
from knowledger.engine.xbrl.vocabulary import CIK_SCHEME


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A context by the ids of what it says, with the fiscal period that it is for the filer. One for all contexts of a
    filing that say the same."""

    entity_id: str
    period_id: str
    dimension_set_id: str
    fiscal: FiscalPeriod | None


class Aspects:
    """Contexts and units of one filing. They are told apart by identity first: each is stated once, and used often."""

    def __init__(self, cover: Cover, concepts: Concepts, rows: Rows) -> None:
        self._cover = cover
        self._concepts = concepts
        self._rows = rows
        self._places: dict[int, Place] = {}
        self._same: dict[tuple[str, str, str], Place] = {}
        self._sets: dict[tuple[Dimension, ...], str] = {}
        self._periods: dict[Period, tuple[str, FiscalPeriod | None]] = {}
        self._units: dict[int, str] = {}

    def place(self, context: Context) -> Place:
        known = self._places.get(id(context))
        if known is None:
            known = self._places[id(context)] = self._place(context)
        return known

    def unit(self, unit: Unit) -> str:
        known = self._units.get(id(unit))
        if known is None:
            known = self._units[id(unit)] = unit.unit_id
            write_unit(unit, self._rows)
        return known

    def _place(self, context: Context) -> Place:
        period = context.period
        if period not in self._periods:
            self._periods[period] = (period.period_id, self._write_period(period))
        period_id, fiscal = self._periods[period]
        ids = (entity_id(context.entity), period_id, self._dimension_set(context.dimensions))
        return self._same.setdefault(ids, Place(*ids, fiscal))

    def _write_period(self, period: Period) -> FiscalPeriod | None:
        write_period(period, self._rows)
        calendar = self._cover.calendar
        if calendar is None or period.end is None:
            return None
        return calendar.duration(period.start, period.end) if period.start else calendar.instant(period.end)

    def _dimension_set(self, dimensions: tuple[Dimension, ...]) -> str:
        if not dimensions:
            return ""
        if dimensions not in self._sets:
            self._sets[dimensions] = self._write_dimension_set(dimensions)
        return self._sets[dimensions]

    def _write_dimension_set(self, dimensions: tuple[Dimension, ...]) -> str:
        set_id = dimension_set_id(dimensions)
        label = ", ".join(
            f"{_short(one.axis)} = {_short(one.member) or one.typed_value or 'nil'}" for one in dimensions
        )
        self._rows.add("DimensionSet", set_id, dimension_set_id=set_id, label=label, size=len(dimensions))
        for one in dimensions:
            self._concepts.meet_id(one.axis)
            if one.member:
                self._concepts.meet_id(one.member)
            id_ = one.dimension_id
            self._rows.add(
                "Dimension",
                id_,
                dimension_id=id_,
                axis_concept_id=one.axis,
                member_concept_id=one.member or None,
                typed_value=one.typed_value,
            )
            self._rows.add("HAS_DIMENSION", (set_id, id_), dimension_set_id=set_id, dimension_id=id_)
        return set_id


def entity_id(entity: tuple[str, str]) -> str:
    """A company with the SEC by its CIK of ten digits, anyone else by scheme and identifier."""
    scheme, identifier = entity
    return identifier.zfill(10) if scheme == CIK_SCHEME else f"{scheme}#{identifier}"


def write_period(period: Period, rows: Rows) -> None:
    rows.add(
        "Period",
        period.period_id,
        period_id=period.period_id,
        period_type=period.period_type,
        start_date=period.start,
        end_date=period.end,
        days=period.days,
    )


def write_unit(unit: Unit, rows: Rows) -> None:
    currency = next((one.partition(":")[2] for one in unit.numerator if one.startswith("iso4217:")), None)
    names = ["-".join(_short(one) for one in part) for part in (unit.numerator, unit.denominator) if part]
    rows.add(
        "Unit",
        unit.unit_id,
        unit_id=unit.unit_id,
        name=" per ".join(names),
        unit_type=_unit_type(unit, currency),
        currency=currency,
        numerator=list(unit.numerator),
        denominator=list(unit.denominator),
    )


def _unit_type(unit: Unit, currency: str | None) -> str:
    if unit.denominator:
        return "per share" if unit.denominator == ("xbrli:shares",) else "ratio"
    kinds = {"xbrli:shares": "shares", "xbrli:pure": "pure"}
    return "monetary" if currency else kinds.get(unit.unit_id, "quantity")


def _short(name: str) -> str:
    return name.rpartition(":")[2]
