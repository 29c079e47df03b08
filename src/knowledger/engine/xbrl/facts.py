"""Facts as rows: what several statements of one fact come to, with its period, unit, dimensions and passage."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from knowledger.domain.filings.aspects import Dimension, Period, Unit, digest, dimension_set_id, fact_id
from knowledger.domain.filings.duplicates import EXACT, Reported, agree, most_precise
from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.domain.filings.fiscal import FiscalPeriod
from knowledger.domain.filings.names import element_id
from knowledger.engine.xbrl.concepts import Concepts
from knowledger.engine.xbrl.cover import Cover
from knowledger.engine.xbrl.reading import Context as ReadContext
from knowledger.engine.xbrl.reading import ReadFact, ReadFootnote
from knowledger.engine.xbrl.tables import PASSAGES, Rows
from knowledger.engine.xbrl.text import plain_text
from knowledger.engine.xbrl.values import decimals_as_int
from knowledger.engine.xbrl.vocabulary import CIK_SCHEME

_PLACES = Decimal(1).scaleb(-12)
_GRAPH_DECIMAL = Context(prec=38, rounding=ROUND_HALF_EVEN)
_LARGEST = Decimal(10) ** 26


@dataclass(slots=True)
class KeptFact:
    """A fact once, by its aspects: what all statements of it in the filing come to."""

    id: str
    concept_id: str
    entity_id: str
    period_id: str
    unit_id: str
    dimension_set_id: str
    fact: ReadFact


class FactRows:
    """Writes facts and all that they refer to."""

    def __init__(self, accession: str, cover: Cover, concepts: Concepts, rows: Rows, findings: list[Finding]) -> None:
        self._accession = accession
        self._cover = cover
        self._concepts = concepts
        self._rows = rows
        self._findings = findings
        self._contexts: dict[int, tuple[str, str, str]] = {}
        self._sets: dict[tuple[Dimension, ...], str] = {}
        self._fiscal: dict[Period, FiscalPeriod | None] = {}
        self._units: dict[Unit, str] = {}
        self._ids: dict[str, str] = {}

    def write(self, facts: list[ReadFact]) -> list[KeptFact]:
        by_id: dict[str, list[KeptFact]] = {}
        for fact in facts:
            stated = self._identified(fact)
            by_id.setdefault(stated.id, []).append(stated)
            if fact.id:
                self._ids.setdefault(fact.id, stated.id)
        return [self._write_fact(statements) for statements in by_id.values()]

    def write_footnotes(self, footnotes: list[ReadFootnote]) -> None:
        for footnote in footnotes:
            id_ = digest(self._accession, "footnote", footnote.language, footnote.text)
            self._rows.add(
                "Footnote",
                id_,
                footnote_id=id_,
                report_id=self._accession,
                language=footnote.language or None,
                text=footnote.text,
            )
            for fact in footnote.fact_ids:
                if (known := self._ids.get(fact)) is not None:
                    self._rows.add("HAS_FOOTNOTE", (known, id_), fact_id=known, footnote_id=id_)

    def _identified(self, fact: ReadFact) -> KeptFact:
        concept = self._concepts.meet_fact(fact)
        unit = self._unit(fact.unit) if fact.unit else ""
        entity, period, dimensions = self._context(fact.context)
        id_ = fact_id(self._accession, concept, entity, period, unit, fact.language, dimensions)
        return KeptFact(id_, concept, entity, period, unit, dimensions, fact)

    def _context(self, context: ReadContext) -> tuple[str, str, str]:
        """Entity, period and dimensions of a context, by their ids."""
        known = self._contexts.get(id(context))
        if known is None:
            dimensions = self._dimension_set(context.dimensions)
            known = (entity_id(context.entity), context.period.period_id, dimensions)
            self._contexts[id(context)] = known
        return known

    def _write_fact(self, statements: list[KeptFact]) -> KeptFact:
        kept, consistent = statements[0], True
        if len(statements) > 1:
            values = [reported(one.fact) for one in statements]
            kept, consistent = statements[most_precise(values)], agree(values)
            if not consistent:
                self._findings.append(_inconsistent(kept, statements))
        fact, fiscal = kept.fact, self._fiscal_period(kept.fact.context.period)
        self._rows.add(
            "Fact",
            kept.id,
            fact_id=kept.id,
            report_id=self._accession,
            concept_id=kept.concept_id,
            element_id=element_id(fact.namespace, fact.name),
            entity_id=kept.entity_id,
            period_id=kept.period_id,
            unit_id=kept.unit_id or None,
            dimension_set_id=kept.dimension_set_id or None,
            value=fact.text,
            numeric_value=self._graph_number(kept) if fact.number is not None else None,
            decimals=decimals_as_int(fact.decimals),
            is_nil=fact.is_nil,
            language=fact.language or None,
            fiscal_year=fiscal.year if fiscal else None,
            fiscal_period=(fiscal.period or None) if fiscal else None,
            occurrences=len(statements),
            is_inconsistent=not consistent,
            is_hidden=all(one.fact.is_hidden for one in statements),
            context_ref=fact.context_ref,
            document=fact.document,
            anchor=fact.anchor,
            line=fact.line or None,
        )
        if fact.markup is not None:
            self._write_passage(kept, fact.markup)
        return kept

    def _graph_number(self, kept: KeptFact) -> Decimal | None:
        """The number within the digits that the graph holds. The text has them all."""
        value = kept.fact.number
        assert value is not None
        exponent = value.as_tuple().exponent
        if abs(value) < _LARGEST and isinstance(exponent, int) and exponent >= -12:
            return value
        message = f"{kept.concept_id} has more digits than the graph's decimals hold; its text has them all."
        self._find(Rule.ROUNDED, Severity.NOTICE, message, kept)
        return None if abs(value) >= _LARGEST else value.quantize(_PLACES, context=_GRAPH_DECIMAL)

    def _write_passage(self, kept: KeptFact, markup: str) -> None:
        text = plain_text(markup)
        id_ = digest("text_block", kept.id)
        self._rows.add(PASSAGES, kept.id, fact_id=kept.id, value=markup)
        self._rows.add(
            "TextBlock",
            id_,
            text_block_id=id_,
            report_id=self._accession,
            fact_id=kept.id,
            concept_id=kept.concept_id,
            title=self._concepts.label((kept.fact.namespace, kept.fact.name), "") or None,
            text=text,
            words=len(text.split()),
        )

    def _fiscal_period(self, period: Period) -> FiscalPeriod | None:
        if period not in self._fiscal:
            self._fiscal[period] = self._write_period(period)
        return self._fiscal[period]

    def _write_period(self, period: Period) -> FiscalPeriod | None:
        write_period(period, self._rows)
        calendar = self._cover.calendar
        if calendar is None or period.end is None:
            return None
        return calendar.duration(period.start, period.end) if period.start else calendar.instant(period.end)

    def _unit(self, unit: Unit) -> str:
        if unit not in self._units:
            self._units[unit] = unit.unit_id
            write_unit(unit, self._rows)
        return self._units[unit]

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

    def _find(self, rule: Rule, severity: Severity, message: str, kept: KeptFact) -> None:
        place = kept.fact
        self._findings.append(
            Finding(rule, severity, message, place.document, place.line or None, kept.concept_id, fact_id=kept.id)
        )


def entity_id(entity: tuple[str, str]) -> str:
    """A company with the SEC by its CIK of ten digits, anyone else by scheme and identifier."""
    scheme, identifier = entity
    return identifier.zfill(10) if scheme == CIK_SCHEME else f"{scheme}#{identifier}"


def reported(fact: ReadFact) -> Reported:
    if fact.number is None:
        return Reported(fact.text if fact.markup is None else fact.markup, None, None)
    decimals = decimals_as_int(fact.decimals)
    return Reported(fact.text, fact.number, EXACT if decimals is None else decimals)


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


def _inconsistent(kept: KeptFact, statements: list[KeptFact]) -> Finding:
    values = ", ".join(
        dict.fromkeys((one.fact.text or one.fact.markup or "nil")[:60] for one in statements)
    )  # fmt: skip
    message = f"{kept.concept_id} is stated {len(statements)} times with values that exclude each other: {values}."
    rule, severity = Rule.INCONSISTENT_DUPLICATE, Severity.PROBLEM
    return Finding(rule, severity, message, kept.fact.document, kept.fact.line or None, kept.concept_id, "", kept.id)


def _short(name: str) -> str:
    return name.rpartition(":")[2]
