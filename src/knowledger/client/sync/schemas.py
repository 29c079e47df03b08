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
    from knowledger.client.sync.driver import Driver


class Schema:
    """The node and relationship types of a graph, as the JSON that users write."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def get(self) -> JsonObject:
        return self._driver.run(calls.schema(self._graph_id))

    def export(self) -> JsonObject:
        """`{"schema": …, "ddl": […]}`"""
        return self._driver.run(calls.schema_export(self._graph_id))

    def extend(self, added: JsonObject) -> JsonObject:
        """Add types, or optional properties to types. Raises ApiError where that would change what is there."""
        return self._driver.run(calls.extend_schema(self._graph_id, added))

    def validate(self, schema: JsonObject, *, extensions: Iterable[str] = ()) -> SchemaVerdict:
        """Check a schema, which may build on this graph's types and on those of extensions. Changes nothing."""
        return self._driver.run(calls.validate_schema(self._graph_id, schema, tuple(extensions)))

    def infer(self, *file_ids: str) -> InferredSchema:
        """Types and keys that would fit these uploaded files. Changes nothing."""
        return self._driver.run(calls.infer_schema(self._graph_id, file_ids))
