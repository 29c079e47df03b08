"""DuckDB as a build uses it: bounded, spilling into the working directory, reading what is linked there."""

from collections.abc import Mapping

import duckdb

from knowledger.engine.build.request import BuildJob


class Workbench:
    """A DuckDB connection. Statements are made of our own names and of columns renamed to `c0`, `c1` …"""

    def __init__(self, job: BuildJob) -> None:
        self._connection = duckdb.connect()
        for statement in (
            f"SET memory_limit = '{job.duckdb_bytes}B'",
            f"SET threads = {max(job.threads, 1)}",
            "SET temp_directory = 'spill'",
            "SET TimeZone = 'UTC'",
            # The order of rows is read off `position`, where it matters.
            "SET preserve_insertion_order = false",
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET python_scan_all_frames = false",
            "SET enable_progress_bar = false",
        ):
            self._connection.execute(statement)

    def run(self, statement: str, parameters: Mapping[str, object] | None = None) -> None:
        self._connection.execute(statement, dict(parameters or {}))

    def rows(self, statement: str, parameters: Mapping[str, object] | None = None) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = self._connection.execute(statement, dict(parameters or {})).fetchall()
        return found

    def number(self, statement: str, parameters: Mapping[str, object] | None = None) -> int:
        """The one number that a statement gives: a count, or how many rows a COPY wrote."""
        return int(str(self.rows(statement, parameters)[0][0]))

    def close(self) -> None:
        self._connection.close()
