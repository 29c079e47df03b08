"""The schema of a graph."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from knowledger.client import calls
from knowledger.client.json import JsonObject
from knowledger.client.records import (
    InferredSchema,
    SchemaVerdict,
)

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncSchema:
    """See `Schema`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    async def get(self) -> JsonObject:
        return await self._driver.run(calls.schema(self._graph_id))

    async def export(self) -> JsonObject:
        return await self._driver.run(calls.schema_export(self._graph_id))

    async def extend(self, added: JsonObject) -> JsonObject:
        return await self._driver.run(calls.extend_schema(self._graph_id, added))

    async def validate(self, schema: JsonObject, *, extensions: Iterable[str] = ()) -> SchemaVerdict:
        return await self._driver.run(calls.validate_schema(self._graph_id, schema, tuple(extensions)))

    async def infer(self, *file_ids: str) -> InferredSchema:
        return await self._driver.run(calls.infer_schema(self._graph_id, file_ids))
