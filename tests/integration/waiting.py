"""Steps that most tests take on their way."""

from knowledger.client import Graph
from knowledger.client.records import Staged


def staged(graph: Graph, table: str, name: str, content: bytes) -> Staged:
    """What came of uploading a file into a table and staging it; its counts add up."""
    result = graph.tables[table].load(content, name=name).result(timeout=60)
    assert result.rows_read == result.rows_accepted + result.rows_rejected
    assert sum(result.rejects_by_rule.values()) == result.rows_rejected
    return result
