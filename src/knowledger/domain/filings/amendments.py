"""Which report an amendment amends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Filed:
    """A report with what tells which one it amends: a 10-K/A is for the same entity, form and period as its 10-K."""

    report_id: str
    entity_id: str
    form: str | None
    period_id: str | None
    filed_on: date | None
    is_amendment: bool


def amendments(reports: Iterable[Filed]) -> list[tuple[Filed, Filed]]:
    """Pairs (amendment, amended): the latest report filed before it that is for the same entity, form and period."""
    by_subject: dict[tuple[str, str, str], list[Filed]] = {}
    for report in sorted(reports, key=lambda one: (one.filed_on or date.min, one.report_id)):
        if report.form and report.period_id:
            subject = (report.entity_id, report.form.removesuffix("/A"), report.period_id)
            by_subject.setdefault(subject, []).append(report)
    return [
        (later, earlier) for group in by_subject.values() for earlier, later in pairwise(group) if later.is_amendment
    ]
