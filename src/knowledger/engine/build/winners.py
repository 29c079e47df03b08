"""Which rows count: of those that mean the same node or relationship, the latest."""

from knowledger.engine.build.sources import Source
from knowledger.engine.build.workbench import Workbench


class Winners:
    """Sifts sources one after the other; a derived relationship after the node type that it is read off."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._superseded: dict[str, int] = {}

    def superseded(self, name: str) -> int:
        return self._superseded.get(name, 0)

    def of(self, source: Source) -> str:
        """The relation of the rows that count, with the columns of the scan."""
        conditions = [_not_in(name) for name in (source.table.shape.table, source.name) if self.superseded(name)]
        if source.derived:
            conditions += [f"{end.key} IS NOT NULL" for end in source.ends]
        where = " AND ".join(dict.fromkeys(conditions)) or "true"
        return f"(SELECT * FROM {source.table.scan} AS r WHERE {where})"

    def sift(self, source: Source) -> None:
        """Find the rows that a later one supersedes. Costs little where there are none: only hashes are compared."""
        if not source.identity:
            return
        rows, same = self.of(source), f"hash({', '.join(source.identity)})"
        [(total, distinct)] = self._bench.rows(f"SELECT count(*), count(DISTINCT {same}) FROM {rows}")
        if total == distinct:
            return
        suspects = f"SELECT {same} AS h FROM {rows} GROUP BY h HAVING count(*) > 1"
        self._bench.run(f"CREATE OR REPLACE TEMP TABLE suspects AS {suspects}")
        suspicious = f"(SELECT * FROM {rows} WHERE {same} IN (SELECT h FROM suspects))"
        latest = f"SELECT max(position) AS position FROM {suspicious} GROUP BY {', '.join(source.identity)}"
        self._bench.run(
            f"CREATE TEMP TABLE {_table(source.name)} AS SELECT position FROM {suspicious} "
            f"ANTI JOIN ({latest}) AS latest USING (position)"
        )
        self._superseded[source.name] = self._bench.number(f"SELECT count(*) FROM {_table(source.name)}")


def _not_in(name: str) -> str:
    return f"NOT EXISTS (SELECT 1 FROM {_table(name)} AS s WHERE s.position = r.position)"


def _table(name: str) -> str:
    return f'"superseded_{name}"'
