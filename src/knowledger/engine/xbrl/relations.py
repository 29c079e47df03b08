"""What no filing knows alone: facts that restate those of an earlier one, reports that amend another, and entities that
are only spoken of. An entity that files has its row from its own filings, whoever else speaks of it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa

from knowledger.domain.filings.amendments import Filed, amendments
from knowledger.domain.filings.duplicates import EXACT, Reported
from knowledger.domain.filings.restatement import Stated, restatements, without_year
from knowledger.engine.xbrl.tables import arrow_schemas, between_schema, write_parquet

_BATCH = 10_000
_KEY = "f.entity_id, f.concept_id, f.period_id, f.unit_id, f.dimension_set_id, f.language"
# Only facts that several filings state with different values can restate each other: few of all.
_CANDIDATES = f"""
    SELECT hash(row({_KEY})) AS aspects, f.fact_id, f.report_id, coalesce(r.filed_on, DATE '0001-01-01') AS filed,
           f.value, CAST(f.numeric_value AS VARCHAR) AS number, f.decimals
    FROM read_parquet($facts) f JOIN read_parquet($reports) r ON r.report_id = f.report_id
    WHERE f.value IS NOT NULL
    WINDOW same AS (PARTITION BY {_KEY})
    QUALIFY min(f.value) OVER same <> max(f.value) OVER same
       AND min(f.report_id) OVER same <> max(f.report_id) OVER same
    ORDER BY {_KEY}, filed, f.report_id
"""
_REPORTS = """
    SELECT report_id, entity_id, form, period_id, filed_on, coalesce(is_amendment, false)
    FROM read_parquet($reports) ORDER BY report_id
"""
# Those that are in no table of entities, as with the subsidiaries and guarantors in whose name a parent files.
_SPOKEN_OF = """
    SELECT DISTINCT entity_id FROM read_parquet($facts)
    WHERE entity_id NOT IN (SELECT entity_id FROM read_parquet($entities)) ORDER BY entity_id
"""


def relate(parsed: Sequence[Path], directory: Path) -> dict[str, int]:
    """Write RESTATES, AMENDS and the missing rows of Entity for the parsed filings in these directories; gives their
    rows."""
    facts = [str(path / "Fact.parquet") for path in parsed]
    reports, entities = ([str(path / f"{name}.parquet") for path in parsed] for name in ("Report", "Entity"))
    with duckdb.connect() as connection:
        amended = _amends(connection, reports) if parsed else []
        restated = _restates(connection, facts, reports) if parsed else iter(())
        spoken_of = _spoken_of(connection, facts, entities) if parsed else []
        rows = {"AMENDS": amended, "RESTATES": list(restated), "Entity": spoken_of}
    for name, found in rows.items():
        schema = arrow_schemas().get(name) or between_schema(name)
        write_parquet(pa.Table.from_pylist(found, schema=schema), directory / f"{name}.parquet")
    return {name: len(found) for name, found in rows.items()}


def _amends(connection: duckdb.DuckDBPyConnection, reports: list[str]) -> list[dict[str, object]]:
    rows = connection.execute(_REPORTS, {"reports": reports}).fetchall()
    filed = [Filed(*row) for row in rows]
    return [
        {"report_id": later.report_id, "amended_report_id": earlier.report_id} for later, earlier in amendments(filed)
    ]


def _restates(
    connection: duckdb.DuckDBPyConnection, facts: list[str], reports: list[str]
) -> Iterator[dict[str, object]]:
    cursor = connection.execute(_CANDIDATES, {"facts": facts, "reports": reports})
    for _, group in groupby(_rows(cursor), key=lambda row: row[0]):
        for later, earlier in restatements([_stated(row) for row in group]):
            old, new = earlier.reported.number, later.reported.number
            yield {
                "fact_id": later.fact_id,
                "restated_fact_id": earlier.fact_id,
                "difference": None if old is None or new is None else new - old,
            }


def _spoken_of(connection: duckdb.DuckDBPyConnection, facts: list[str], entities: list[str]) -> list[dict[str, object]]:
    """What is known of them is what they are called in the register that their scheme stands for."""
    found = connection.execute(_SPOKEN_OF, {"facts": facts, "entities": entities}).fetchall()
    return [
        {"entity_id": id_, "name": str(id_).rpartition("#")[2], "cik": None if "#" in str(id_) else id_}
        for (id_,) in found
    ]


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    while batch := cursor.fetchmany(_BATCH):
        yield from batch


def _stated(row: tuple[object, ...]) -> Stated:
    _, fact_id, accession, filed, value, number, decimals = row
    exact = None if number is None else Decimal(str(number))
    precision = None if exact is None else EXACT if decimals is None else int(str(decimals))
    return Stated(
        str(fact_id),
        str(accession),
        cast(date, filed).isoformat(),
        Reported(without_year(str(value)), exact, precision),
    )
