"""Facts as rows: what several statements of one fact come to, and its passage."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from knowledger.domain.filings.aspects import digest, fact_id
from knowledger.domain.filings.duplicates import EXACT, Reported, agree, most_precise
from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.domain.filings.names import element_id
from knowledger.engine.xbrl.aspects import Aspects, Place
from knowledger.engine.xbrl.concepts import Concepts
from knowledger.engine.xbrl.cover import Cover
from knowledger.engine.xbrl.reading import ReadFact, ReadFootnote
from knowledger.engine.xbrl.tables import PASSAGES, Rows
from knowledger.engine.xbrl.text import plain_text
from knowledger.engine.xbrl.values import decimals_as_int

_PLACES = Decimal(1).scaleb(-12)
_GRAPH_DECIMAL = Context(prec=38, rounding=ROUND_HALF_EVEN)
_LARGEST = Decimal(10) ** 26


@dataclass(slots=True)
class KeptFact:
    """A fact once, by its aspects: what all statements of it in the filing come to."""

    id: str
    concept_id: str
    place: Place
    unit_id: str
    fact: ReadFact
    occurrences: int = 1
    is_consistent: bool = True
    is_hidden: bool = False


class FactRows:
    """Writes facts and all that they refer to."""

    def __init__(self, accession: str, cover: Cover, concepts: Concepts, rows: Rows, findings: list[Finding]) -> None:
        self._accession = accession
        self._concepts = concepts
        self._aspects = Aspects(cover, concepts, rows)
        self._rows = rows
        self._findings = findings
        self._concept_ids: dict[tuple[str, str], str] = {}
        self._ids: dict[tuple[str, str], str] = {}

    def write(self, facts: list[ReadFact]) -> list[KeptFact]:
        by_id: dict[str, list[KeptFact]] = {}
        for fact in facts:
            stated = self._identified(fact)
            by_id.setdefault(stated.id, []).append(stated)
            if fact.id:
                self._ids.setdefault((fact.document, fact.id), stated.id)
        kept = [self._kept(statements) for statements in by_id.values()]
        self._write_columns(kept)
        return kept

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
            for fact in footnote.facts:
                if (known := self._ids.get(fact)) is not None:
                    self._rows.add("HAS_FOOTNOTE", (known, id_), fact_id=known, footnote_id=id_)

    def _identified(self, fact: ReadFact) -> KeptFact:
        name = (fact.namespace, fact.name)
        concept = self._concept_ids.get(name)
        if concept is None:
            concept = self._concept_ids[name] = self._concepts.meet_fact(fact)
        unit = self._aspects.unit(fact.unit) if fact.unit else ""
        place = self._aspects.place(fact.context)
        id_ = fact_id(
            self._accession, concept, place.entity_id, place.period_id, unit, fact.language, place.dimension_set_id
        )
        return KeptFact(id_, concept, place, unit, fact, is_hidden=fact.is_hidden)

    def _kept(self, statements: list[KeptFact]) -> KeptFact:
        kept = statements[0]
        if len(statements) > 1:
            values = [reported(one.fact) for one in statements]
            kept = statements[most_precise(values)]
            kept.occurrences, kept.is_consistent = len(statements), agree(values)
            kept.is_hidden = all(one.fact.is_hidden for one in statements)
            if not kept.is_consistent:
                self._findings.append(_inconsistent(kept, statements))
        if kept.fact.markup is not None:
            self._write_passage(kept, kept.fact.markup)
        return kept

    def _write_columns(self, kept: list[KeptFact]) -> None:
        """A column at a time: there are more facts than rows of all else."""
        facts, places = [one.fact for one in kept], [one.place for one in kept]
        self._rows.add_columns(
            "Fact",
            fact_id=[one.id for one in kept],
            report_id=[self._accession] * len(kept),
            concept_id=[one.concept_id for one in kept],
            element_id=[element_id(fact.namespace, fact.name) for fact in facts],
            entity_id=[place.entity_id for place in places],
            period_id=[place.period_id for place in places],
            unit_id=[one.unit_id or None for one in kept],
            dimension_set_id=[place.dimension_set_id or None for place in places],
            value=[fact.text for fact in facts],
            numeric_value=[None if one.fact.number is None else self._graph_number(one) for one in kept],
            decimals=[decimals_as_int(fact.decimals) for fact in facts],
            is_nil=[fact.text is None and fact.markup is None for fact in facts],
            language=[fact.language or None for fact in facts],
            fiscal_year=[place.fiscal.year if place.fiscal else None for place in places],
            fiscal_period=[(place.fiscal.period or None) if place.fiscal else None for place in places],
            occurrences=[one.occurrences for one in kept],
            is_inconsistent=[not one.is_consistent for one in kept],
            is_hidden=[one.is_hidden for one in kept],
            context_ref=[fact.context_ref for fact in facts],
            document=[fact.document for fact in facts],
            anchor=[fact.anchor for fact in facts],
            line=[fact.line or None for fact in facts],
        )

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
            words=_words(text),
        )

    def _find(self, rule: Rule, severity: Severity, message: str, kept: KeptFact) -> None:
        place = kept.fact
        self._findings.append(
            Finding(rule, severity, message, place.document, place.line or None, kept.concept_id, fact_id=kept.id)
        )


def reported(fact: ReadFact) -> Reported:
    if fact.number is None:
        return Reported(fact.text if fact.markup is None else fact.markup, None, None)
    decimals = decimals_as_int(fact.decimals)
    return Reported(fact.text, fact.number, EXACT if decimals is None else decimals)


def _words(plain: str) -> int:
    """Of a plain text, which has one space, tab or line break between two words and none elsewhere."""
    return plain.count(" ") + plain.count("\t") + plain.count("\n") + 1 if plain else 0


def _inconsistent(kept: KeptFact, statements: list[KeptFact]) -> Finding:
    values = ", ".join(
        dict.fromkeys((one.fact.text or one.fact.markup or "nil")[:60] for one in statements)
    )  # fmt: skip
    message = f"{kept.concept_id} is stated {len(statements)} times with values that exclude each other: {values}."
    rule, severity = Rule.INCONSISTENT_DUPLICATE, Severity.PROBLEM
    return Finding(rule, severity, message, kept.fact.document, kept.fact.line or None, kept.concept_id, "", kept.id)
