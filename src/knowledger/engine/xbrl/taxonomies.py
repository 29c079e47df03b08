"""Standard taxonomies, compiled once: a small Parquet file for each namespace, in which concepts are looked up.

A compiled taxonomy is a file `<digest of its namespace>.parquet` in a directory. Nothing in it depends on a filing.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from knowledger.domain.filings.aspects import digest
from knowledger.engine.xbrl.package import Document
from knowledger.engine.xbrl.schema import DeclaredElement, declared
from knowledger.engine.xbrl.xml import parse_xml

_COLUMNS: Mapping[str, pa.DataType] = {
    "namespace": pa.string(),
    "name": pa.string(),
    "data_type": pa.string(),
    "substitution_group": pa.string(),
    "period_type": pa.string(),
    "balance": pa.string(),
    "is_abstract": pa.bool_(),
    "is_nillable": pa.bool_(),
}
_SCHEMA = pa.schema(_COLUMNS)


def compile_taxonomies(schemas: Iterable[tuple[str, bytes]], directory: Path) -> list[str]:
    """Compile schemas, by document name; those without elements give nothing. Gives the namespaces, sorted.

    Raises MalformedXbrl, HostileXml, FilingTooLarge.
    """
    by_namespace: dict[str, list[DeclaredElement]] = {}
    for name, content in schemas:
        for _, element in declared(Document(name, parse_xml(name, content), content)):
            by_namespace.setdefault(element.namespace, []).append(element)
    for namespace, elements in by_namespace.items():
        rows = sorted(set(elements), key=lambda element: element.name)
        columns = [[getattr(row, name) for row in rows] for name in _SCHEMA.names]
        pq.write_table(pa.table(columns, schema=_SCHEMA), taxonomy_path(directory, namespace), compression="zstd")
    return sorted(by_namespace)


def taxonomy_path(directory: Path, namespace: str) -> Path:
    return directory / f"{digest('taxonomy', namespace)}.parquet"


class Taxonomies:
    """The compiled taxonomies of a directory; without one, nothing is known and nothing fails."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._known: dict[str, Mapping[str, DeclaredElement]] = {}

    def has(self, namespace: str) -> bool:
        return self._directory is not None and taxonomy_path(self._directory, namespace).is_file()

    def find(self, namespace: str, name: str) -> DeclaredElement | None:
        known = self._known.get(namespace)
        if known is None:
            known = _loaded(taxonomy_path(self._directory, namespace)) if self._directory else {}
            self._known[namespace] = known
        return known.get(name)


@lru_cache(maxsize=48)
def _loaded(path: Path) -> Mapping[str, DeclaredElement]:
    if not path.is_file():
        return {}
    columns = pq.read_table(path, schema=_SCHEMA, use_threads=False).to_pydict()
    rows = (DeclaredElement(*row) for row in zip(*(columns[name] for name in _SCHEMA.names), strict=True))
    return {row.name: row for row in rows}
