"""Rows that the graph has no place for: relationships with an end that is not there."""

from collections.abc import Mapping
from pathlib import Path

from knowledger.engine.build.sources import End, Source
from knowledger.engine.build.staged import BITS_OF_ROW
from knowledger.engine.build.workbench import Workbench

_LONGEST_VALUE = 200
_LONGEST_RAW = 2000
_COLUMNS = 'file_id, "table", "row", line, "column", value, rule, reason, raw'


class Rejects:
    """Gathers them and writes them to one Parquet file, by table, file and row."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        bench.run(
            'CREATE TEMP TABLE rejects (type VARCHAR, position BIGINT, file_id VARCHAR, "table" VARCHAR, "row" BIGINT, '
            'line BIGINT, "column" VARCHAR, value VARCHAR, rule VARCHAR, reason VARCHAR, raw VARCHAR)'
        )

    def find(self, source: Source, rows: str, nodes: Mapping[str, Source]) -> int:
        """Take in the rows of a relationship whose ends are not all among `nodes`; gives their number.

        A row that misses both ends is one rejected row, and says so of the first.
        """
        for end in source.ends:
            self._bench.run(*_insert(source, end, rows, nodes.get(end.node.name)))
        return self.count(source.name)

    def left_over(self, source: Source, rows: str) -> str:
        """Those of the rows that are not rejected."""
        if not self.count(source.name):
            return rows
        rejected = f"SELECT 1 FROM rejects AS x WHERE x.type = {_literal(source.name)} AND x.position = l.position"
        return f"(SELECT * FROM {rows} AS l WHERE NOT EXISTS ({rejected}))"

    def count(self, type_name: str) -> int:
        return self._bench.number("SELECT count(*) FROM rejects WHERE type = $type", {"type": type_name})

    def by_rule(self) -> dict[str, int]:
        found = self._bench.rows("SELECT rule, count(*) FROM rejects GROUP BY rule ORDER BY rule")
        return {str(rule): int(str(count)) for rule, count in found}

    def write(self, path: Path) -> None:
        """To the working directory first: DuckDB then sees no name but ours."""
        order = 'ORDER BY "table", file_id, "row"'
        self._bench.run(f"COPY (SELECT {_COLUMNS} FROM rejects {order}) TO 'rejects.parquet' (FORMAT parquet)")
        Path("rejects.parquet").rename(path)


def _insert(source: Source, end: End, rows: str, node: Source | None) -> tuple[str, dict[str, object]]:
    table = source.table
    keys = f"SELECT {node.keys[0]} AS key FROM {node.table.scan}" if node else "SELECT NULL AS key WHERE false"
    value = f"left(concat_ws(' | ', {', '.join(_text(table.column(item)) for item in end.columns)}), {_LONGEST_VALUE})"
    raw = ", ".join(f"{_literal(item.name)}: {table.column(item)}" for item in table.shape.columns)
    statement = f"""
        INSERT INTO rejects
        SELECT $type, position, $files[(position >> {BITS_OF_ROW}) + 1], $table,
            (position & {(1 << BITS_OF_ROW) - 1}) + 1, NULL, $column, {value},
            CASE WHEN {end.key} IS NULL THEN 'missing_key' ELSE 'dangling_end' END,
            CASE WHEN {end.key} IS NULL THEN $unnamed ELSE $dangling || {value} || '.' || $left_over END,
            left({_text(f"to_json({{{raw}}})")}, {_LONGEST_RAW})
        FROM {rows} AS r
        WHERE NOT EXISTS (SELECT 1 FROM ({keys}) AS k WHERE k.key = {end.key})
          AND NOT EXISTS (SELECT 1 FROM rejects AS x WHERE x.type = $type AND x.position = r.position)
    """
    key = " | ".join(end.node.key)
    return statement, {
        "type": source.name,
        "files": [file.file_id for file in table.files],
        "table": table.shape.table,
        "column": ", ".join(column.header for column in end.columns),
        "unnamed": f"A {source.name} needs the {key} of its {end.node.name}.",
        "dangling": f"{source.name}: there is no {end.node.name} with {key} ",
        "left_over": f" The {table.shape.table} itself is in the graph." if source.derived else "",
    }


def _text(column: str) -> str:
    return f"CAST({column} AS VARCHAR)"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
