"""A month of use to read: as CSV, and as one HTML page with its charts drawn as SVG."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from html import escape

from knowledger.domain.billing.plans import GIB
from knowledger.domain.billing.usage import MonthOfUse, credits_text


def as_csv(month: MonthOfUse) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["day", "credits_used", "stored_bytes", "is_estimated"])
    for day in month.days:
        rows.writerow([day.day.isoformat(), credits_text(day.used), day.stored_bytes, str(day.is_estimated).lower()])
    return text.getvalue()


def as_html(month: MonthOfUse) -> str:
    """One page that needs nothing else: styles and charts are in it."""
    title = f"Usage of {escape(month.organization)}, {month.period.first_day:%B %Y}"
    estimated = sum(day.is_estimated for day in month.days)
    note = (
        f"<p>On {estimated} days (hatched) an hour's snapshot was missing; the one before counts.</p>"
        if estimated
        else ""
    )
    days, used, stored = zip(*((day.day, day.used, day.stored_bytes) for day in month.days), strict=True)
    flags = [day.is_estimated for day in month.days]
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}}
table{{border-collapse:collapse;width:100%}}td,th{{padding:.3rem .5rem;border-bottom:1px solid #ddd;text-align:left}}
td:last-child,th:last-child{{text-align:right}}svg{{width:100%;height:auto}}</style>
<h1>{title}</h1>
<p>{month.period.first_day} to before {month.period.end_day}.</p>
<h2>Credits: {credits_text(month.used)}</h2>
{bars(days, used, "credits used", [credits_text(amount) for amount in used])}
<h2>Storage</h2>{note}
{bars(days, stored, "mean storage", [_gib(size) for size in stored], flags)}
<h2>Operations</h2>
{_table("Operation", "Count", [(kind.replace("_", " "), f"{count:,}") for kind, count in month.operations])}
<h2>Invoices</h2>
{_table("Invoice", "Total", [(number, str(total)) for number, total in month.invoices])}
</html>
"""


def bars(
    days: Sequence[date], values: Sequence[int], name: str, shown: Sequence[str], flags: Sequence[bool] = ()
) -> str:
    """A bar a day as SVG, each with its day and value to read; whole numbers throughout."""
    height, width, most = 120, 20, max([*values, 1])
    columns = []
    for place, (day, value) in enumerate(zip(days, values, strict=True)):
        tall = value * height // most
        fill = "url(#estimated)" if place < len(flags) and flags[place] else "#2b6cb0"
        columns.append(
            f'<rect x="{place * width + 2}" y="{height - tall}" width="{width - 4}" height="{tall}" fill="{fill}">'
            f"<title>{day}: {escape(shown[place])}</title></rect>"
            f'<text x="{place * width + 10}" y="{height + 14}" font-size="9" text-anchor="middle">{day.day}</text>'
        )
    label = f"{name}, day by day; the most is {shown[values.index(max(values))]}" if values else name
    hatch = (
        '<defs><pattern id="estimated" width="4" height="4" patternUnits="userSpaceOnUse">'
        '<rect width="4" height="4" fill="#bee3f8"/><path d="M0 4L4 0" stroke="#2b6cb0"/></pattern></defs>'
    )
    return (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {len(days) * width} {height + 20}">'
        f"{hatch}{''.join(columns)}</svg><p>Most on a day: {escape(shown[values.index(max(values))])}</p>"
    )


def _table(left: str, right: str, rows: Sequence[tuple[str, str]]) -> str:
    if not rows:
        return "<p>None.</p>"
    cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table><tr><th>{left}</th><th>{right}</th></tr>{cells}</table>"


def _gib(size: int) -> str:
    return f"{Decimal(size * 1000 // GIB).scaleb(-3):,} GiB"
