"""The Python client of Knowledger.

    with Client() as kn:
        graph = kn.graphs.create("Filings", schema=schema).result()
        graph.tables["Fact"].load("num.txt").result()
        graph.materialize().result()
        print(graph.query("MATCH (f:Fact) RETURN count(*) AS facts").rows)

`AsyncClient` is the same with `await`.
"""

from knowledger.client.asynchronous.client import AsyncClient
from knowledger.client.asynchronous.graphs import AsyncGraph
from knowledger.client.asynchronous.operations import AsyncOperation
from knowledger.client.asynchronous.queries import AsyncQueryResult
from knowledger.client.asynchronous.tables import AsyncTable
from knowledger.client.errors import (
    ApiError,
    ConnectionFailed,
    IncompleteAnswer,
    KnowledgerClientError,
    MissingPackage,
    OperationCancelled,
    OperationFailed,
    StreamLost,
    TimedOut,
    UnexpectedAnswer,
)
from knowledger.client.events import (
    Cancelled,
    Completed,
    Error,
    OperationEvent,
    Progress,
    Queued,
    Retrying,
    Started,
    Unknown,
)
from knowledger.client.sync.client import Client
from knowledger.client.sync.graphs import Graph
from knowledger.client.sync.operations import Operation
from knowledger.client.sync.queries import QueryResult
from knowledger.client.sync.tables import Table

__all__ = [
    "ApiError",
    "AsyncClient",
    "AsyncGraph",
    "AsyncOperation",
    "AsyncQueryResult",
    "AsyncTable",
    "Cancelled",
    "Client",
    "Completed",
    "ConnectionFailed",
    "Error",
    "Graph",
    "IncompleteAnswer",
    "KnowledgerClientError",
    "MissingPackage",
    "Operation",
    "OperationCancelled",
    "OperationEvent",
    "OperationFailed",
    "Progress",
    "QueryResult",
    "Queued",
    "Retrying",
    "Started",
    "StreamLost",
    "Table",
    "TimedOut",
    "UnexpectedAnswer",
    "Unknown",
]
