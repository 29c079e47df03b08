"""One graph read from a plain thread: what agents' tools ask, over the graph host."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar, cast

from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.loop_thread import LoopThread
from knowledger.domain.agents.tools.context import LONGEST_RUN, Rows
from knowledger.domain.graphs.catalogue import current_file, find_graph
from knowledger.domain.graphs.reading import (
    AnswerFormat,
    GraphReader,
    QueryError,
    QueryLimits,
    QueryRequest,
    SqlRequest,
)
from knowledger.domain.operations.history import Filter, list_operations
from knowledger.domain.tables.overview import overview, sql_tables
from knowledger.kernel.json import JsonObject, JsonValue

T = TypeVar("T")

_LONGEST_ANSWER_BYTES = 16 << 20


class HostGraphReading:
    """See `knowledger.domain.agents.tools.context.GraphReading`. It reads one generation, the first that it meets."""

    def __init__(
        self,
        graph_id: str,
        organization_id: str,
        *,
        sessions: sessionmaker[Session],
        reader: GraphReader,
        loop: LoopThread,
    ) -> None:
        self._graph_id = graph_id
        self._organization_id = organization_id
        self._sessions = sessions
        self._reader = reader
        self._loop = loop
        self._file: tuple[str, str] | None = None

    def generation(self) -> str | None:
        file = self._current()
        return None if file is None else file[0]

    def cypher(self, query: str, parameters: JsonObject, *, max_rows: int, timeout: timedelta = LONGEST_RUN) -> Rows:
        file = self._current()
        if file is None:
            raise QueryError("The graph is empty: nothing was materialized yet.")
        generation_id, object_key = file
        question = QueryRequest(
            graph_id=self._graph_id,
            generation_id=generation_id,
            object_key=object_key,
            query=query,
            parameters=parameters,
            format=AnswerFormat.JSON,
            limits=QueryLimits(timeout, max_rows, _LONGEST_ANSWER_BYTES),
        )
        return self._loop.run(self._asked(question))

    def sql(self, query: str, parameters: list[JsonValue], *, max_rows: int, timeout: timedelta = LONGEST_RUN) -> Rows:
        tables = self._look(lambda session: sql_tables(overview(session, find_graph(session, self._graph_id))))
        question = SqlRequest(
            graph_id=self._graph_id,
            tables=tables,
            sql=query,
            parameters=parameters,
            format=AnswerFormat.JSON,
            limits=QueryLimits(timeout, max_rows, _LONGEST_ANSWER_BYTES),
        )
        return self._loop.run(self._asked(question))

    def operations(self, limit: int) -> list[JsonObject]:
        """Those of the asking organization; a graph that several may read has others' too."""
        which = Filter(graph_id=self._graph_id)
        found, _ = self._look(
            lambda session: list_operations(session, self._organization_id, which, cursor=None, limit=limit)
        )
        return [
            {
                "operation_id": item.id,
                "kind": item.kind,
                "status": item.status,
                "created_at": item.created_at.isoformat(),
                "ended_at": None if item.ended_at is None else item.ended_at.isoformat(),
                "message": str((item.error or item.progress or {}).get("message", "")),
            }
            for item in found
        ]

    async def _asked(self, question: QueryRequest | SqlRequest) -> Rows:
        asked = self._reader.query(question) if isinstance(question, QueryRequest) else self._reader.sql(question)
        return _rows(await (await asked).read())

    def _current(self) -> tuple[str, str] | None:
        self._file = self._file or self._look(lambda session: current_file(session, self._graph_id))
        return self._file

    def _look(self, look: Callable[[Session], T]) -> T:
        """Each statement by itself: that saves the round trips of a transaction."""
        with self._sessions() as session:
            session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            return look(session)


def _rows(body: bytes) -> Rows:
    answer = json.loads(body)
    columns = tuple(str(column["name"]) if isinstance(column, dict) else str(column) for column in answer["columns"])
    rows = tuple(cast(JsonObject, row) for row in answer["data"])
    return Rows(columns, rows, bool(answer["truncated"]))
