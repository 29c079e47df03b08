"""The SEC's company facts as a graph of reports, and as a table to ask for what is right."""

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb

from knowledger.domain.graphs.extension import compose
from tests.agents.graphs import SealedGraph, seal

SHARED = Path(__file__).parents[2] / "../shared/edgar/api/xbrl/companyfacts"
COMPANIES = {"0000320193": ("AAPL", "09-30", 9), "0001045810": ("NVDA", "01-31", 1)}
COLUMNS = ("ticker", "taxonomy", "concept", "unit", "start", "end", "val", "accn", "fy", "fp", "form", "filed")

Row = dict[str, str]


def rows() -> Iterator[Row]:
    for cik, (ticker, _, _) in COMPANIES.items():
        document = json.loads((SHARED / f"CIK{cik}.json").read_text(encoding="utf-8"))
        for taxonomy, concepts in document["facts"].items():
            for concept, told in concepts.items():
                for unit, facts in told["units"].items():
                    for fact in facts:
                        named = {"ticker": ticker, "taxonomy": taxonomy, "concept": concept, "unit": unit}
                        yield {
                            name: str(({**fact, **named}).get(name) or ("0" if name == "val" else ""))
                            for name in COLUMNS
                        }


def labels() -> dict[str, tuple[str, str]]:
    found = {}
    for cik in COMPANIES:
        document = json.loads((SHARED / f"CIK{cik}.json").read_text(encoding="utf-8"))
        for taxonomy, concepts in document["facts"].items():
            for concept, told in concepts.items():
                found[f"{taxonomy}:{concept}"] = (told["label"] or concept, told["description"] or "")
    return found


def table() -> duckdb.DuckDBPyConnection:
    """`facts`, and macros: `span` is a flow that ends on a day after about that many days, `day` a stock, newest."""
    connection = duckdb.connect()
    connection.execute(
        'CREATE TABLE facts(ticker TEXT, taxonomy TEXT, concept TEXT, unit TEXT, "start" DATE, "end" DATE, '
        "val DECIMAL(38,6), accn TEXT, fy TEXT, fp TEXT, form TEXT, filed DATE)"
    )
    values = [tuple(row[name] or None for name in COLUMNS) for row in rows()]
    connection.execute(
        "CREATE TEMP TABLE raw AS SELECT unnest($1, recursive := true)",
        [[dict(zip(COLUMNS, v, strict=True)) for v in values]],
    )
    connection.execute(
        f"INSERT INTO facts SELECT {', '.join(f'{chr(34)}{name}{chr(34)}' for name in COLUMNS)} FROM raw"
    )
    same = 'ticker = t AND concept = c AND "end" = CAST(e AS DATE)'
    span = f'{same} AND abs(date_diff(\'day\', "start", "end") + 1 - n) < 20'
    connection.execute(
        f"CREATE MACRO span(t, c, e, n) AS (SELECT val FROM facts WHERE {span} ORDER BY filed DESC LIMIT 1)"
    )
    connection.execute(
        f"CREATE MACRO first_span(t, c, e, n) AS (SELECT val FROM facts WHERE {span} ORDER BY filed LIMIT 1)"
    )
    connection.execute(
        f'CREATE MACRO day(t, c, e) AS (SELECT val FROM facts WHERE {same} AND "start" IS NULL ORDER '
        f"BY filed DESC LIMIT 1)"
    )
    connection.execute(
        f'CREATE MACRO first_day(t, c, e) AS (SELECT val FROM facts WHERE {same} AND "start" IS NULL '
        f"ORDER BY filed LIMIT 1)"
    )
    return connection


def graph(directory: Path) -> SealedGraph:
    """Each row a fact; fiscal years and quarters counted from the company's year end."""
    tables: dict[str, dict[str, Row]] = {name: {} for name in ("Entity", "Report", "Concept", "Period", "Unit", "Fact")}
    names = {"AAPL": "Apple Inc.", "NVDA": "NVIDIA CORP"}
    ends = {ticker: month for ticker, _, month in COMPANIES.values()}
    for cik, (ticker, year_end, _) in COMPANIES.items():
        tables["Entity"][cik] = {
            "entity_id": cik,
            "name": names[ticker],
            "cik": cik,
            "ticker": ticker,
            "fiscal_year_end": year_end,
        }
    of_ticker = {ticker: cik for cik, (ticker, _, _) in COMPANIES.items()}
    for concept, (label, text) in labels().items():
        prefix, _, name = concept.partition(":")
        tables["Concept"][concept] = {
            "concept_id": concept,
            "name": name,
            "prefix": prefix,
            "label": label,
            "documentation": text,
        }
    for row in rows():
        _add(tables, row, of_ticker[row["ticker"]], ends[row["ticker"]])
    for fact in tables["Fact"].values():
        instant = "/" not in fact["period_id"]
        tables["Concept"][fact["concept_id"]]["period_type"] = "instant" if instant else "duration"
    files = {name: _write(directory / f"{name}.csv", list(found.values())) for name, found in tables.items()}
    return seal(directory, compose(["reporting"]), files)


def _add(tables: dict[str, dict[str, Row]], row: Row, cik: str, last_month: int) -> None:
    end = date.fromisoformat(row["end"])
    start = date.fromisoformat(row["start"]) if row["start"] else None
    period = f"{start}/{end}" if start else str(end)
    days = str((end - start).days + 1) if start else ""
    kind = "duration" if start else "instant"
    tables["Period"][period] = {
        "period_id": period,
        "period_type": kind,
        "start_date": row["start"],
        "end_date": row["end"],
        "days": days,
    }
    tables["Unit"][row["unit"]] = {
        "unit_id": row["unit"],
        "name": row["unit"],
        "currency": "USD" if row["unit"] == "USD" else "",
    }
    tables["Report"][row["accn"]] = {
        "report_id": row["accn"],
        "entity_id": cik,
        "form": row["form"],
        "filed_on": row["filed"],
        "fiscal_year": row["fy"],
        "fiscal_period": row["fp"],
    }
    concept = f"{row['taxonomy']}:{row['concept']}"
    fact = f"{row['accn']} {concept} {period} {row['unit']}"
    year, quarter = _fiscal(end, last_month)
    tables["Fact"][fact] = {
        "fact_id": fact, "report_id": row["accn"], "concept_id": concept, "entity_id": cik, "period_id": period,
        "unit_id": row["unit"], "value": row["val"], "numeric_value": row["val"], "fiscal_year": str(year),
        "fiscal_period": _named(start, end, quarter),
    }  # fmt: skip


def _fiscal(end: date, last_month: int) -> tuple[int, int]:
    """Years of 52 weeks end some days around the month's end."""
    middle = end - timedelta(days=10)
    return middle.year + (1 if middle.month > last_month else 0), 4 - ((last_month - middle.month) % 12) // 3


def _named(start: date | None, end: date, quarter: int) -> str:
    if start is None:
        return "FY" if quarter == 4 else f"Q{quarter}"
    quarters = round(((end - start).days + 1) / 91)
    return {1: f"Q{quarter}", 2: f"H{quarter // 2}", 3: "9M", 4: "FY"}.get(quarters, "")


def _write(path: Path, listed: list[Row]) -> Path:
    columns = list(dict.fromkeys(name for row in listed for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(listed)
    return path
