"""Whether totals are the sums of their parts (Calculations 1.1: by intervals), and if not, which part is off."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from knowledger.domain.filings.duplicates import EXACT, interval
from knowledger.domain.filings.findings import Finding, Rule, Severity
from knowledger.engine.xbrl.aspects import Place
from knowledger.engine.xbrl.facts import KeptFact
from knowledger.engine.xbrl.links import SUMMATION, Arc, Links, Name
from knowledger.engine.xbrl.values import decimals_as_int

Shared = tuple[Place, str]
"""What a total and its parts must share: entity, period and dimensions; and unit."""


@dataclass(slots=True)
class _Part:
    name: Name
    weight: Decimal
    fact: KeptFact

    @property
    def amount(self) -> Decimal:
        assert self.fact.fact.number is not None
        return self.weight * self.fact.fact.number


def check_calculations(links: Links, facts: Iterable[KeptFact]) -> Iterator[Finding]:
    """One finding for each total that its parts, as far as they are reported, cannot sum up to."""
    by_concept: dict[Name, dict[Shared, KeptFact]] = {}
    for kept in facts:
        fact = kept.fact
        if fact.number is not None:
            aspects = (kept.place, kept.unit_id)
            by_concept.setdefault((fact.namespace, fact.name), {}).setdefault(aspects, kept)
    for role, arcs in links.arcs.items():
        sums: dict[Name, list[Arc]] = {}
        for arc in arcs:
            if arc.arcrole in SUMMATION:
                sums.setdefault(arc.source, []).append(arc)
        for total, parts in sums.items():
            yield from _check(role, total, parts, by_concept)


def _check(
    role: str, total: Name, arcs: list[Arc], by_concept: dict[Name, dict[Shared, KeptFact]]
) -> Iterator[Finding]:
    known = [(arc, by_concept[arc.target]) for arc in arcs if arc.target in by_concept]
    for aspects, reported in by_concept.get(total, {}).items():
        parts = [_Part(arc.target, arc.weight, facts[aspects]) for arc, facts in known if aspects in facts]
        if parts and not _holds(reported, parts):
            missing = [arc for arc in arcs if aspects not in by_concept.get(arc.target, {})]
            yield _finding(role, reported, parts, missing)


def _holds(total: KeptFact, parts: list[_Part]) -> bool:
    """Most sums are exact: where they are, no interval can be beside another."""
    if sum([part.amount for part in parts], Decimal(0)) == total.fact.number:
        return True
    low, high = _interval(total)
    least = most = Decimal(0)
    for part in parts:
        ends = [part.weight * end for end in _interval(part.fact)]
        least, most = least + min(ends), most + max(ends)
    return least <= high and low <= most


def _interval(kept: KeptFact) -> tuple[Decimal, Decimal]:
    assert kept.fact.number is not None
    decimals = decimals_as_int(kept.fact.decimals)
    return interval(kept.fact.number, EXACT if decimals is None else decimals)


def _finding(role: str, total: KeptFact, parts: list[_Part], missing: list[Arc]) -> Finding:
    assert total.fact.number is not None
    summed = sum((part.amount for part in parts), Decimal(0))
    difference = total.fact.number - summed
    suspect, why = _suspect(difference, parts, missing)
    place = f"{total.concept_id} of {total.fact.context.period.period_id}"
    message = (
        f"{place} is reported as {total.fact.number:f}, its {len(parts)} reported parts sum to {summed:f}: "
        f"off by {difference:f}. {why} (In {role}.)"
    )
    return Finding(
        Rule.CALCULATION,
        Severity.NOTICE,
        message,
        document=total.fact.document,
        line=total.fact.line or None,
        concept_id=total.concept_id,
        part_concept_id=suspect,
        fact_id=total.id,
        difference=difference,
    )


def _suspect(difference: Decimal, parts: list[_Part], missing: list[Arc]) -> tuple[str, str]:
    """The part that most likely causes the difference: one whose amount is it, or one that is not reported."""
    for part in parts:
        if part.amount == -difference:
            return part.fact.concept_id, f"{part.fact.concept_id} is {part.amount:f}: the total leaves it out."
    for part in parts:
        if 2 * part.amount == -difference:
            return part.fact.concept_id, f"{part.fact.concept_id} is {part.amount:f}: the total has it the other way."
    if missing:
        names = ", ".join(arc.target[1] for arc in missing[:5])
        return "", f"Not reported in this context: {names}."
    largest = max(parts, key=lambda part: abs(part.amount))
    return largest.fact.concept_id, f"The largest part is {largest.fact.concept_id}, {largest.amount:f}."
