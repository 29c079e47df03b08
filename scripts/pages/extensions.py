"""The schema extensions, from their files."""

from collections.abc import Iterator

from knowledger.domain.graphs.extension import Extension, load_extensions
from knowledger.domain.graphs.schema import GraphSchema, NodeType, Property, RelationshipType
from pages.markdown import notice, table


def page() -> str:
    found = load_extensions()
    summary = table(
        ("extension", "what it holds"), ((f"[`{e.name}`](#{e.name})", e.description) for e in found.values())
    )
    details = (line for extension in found.values() for line in _extension(extension))
    start = notice("src/knowledger/domain/graphs/extensions/*.json")
    return start + EXTENSIONS.replace("SUMMARY", "\n".join(summary)) + "\n".join(details)


EXTENSIONS = """# Schema extensions

An extension is a named set of node and relationship types. A graph takes any number of them when it is created, alone
or beside a schema of its own, and is then a graph like any other: every table below takes files, and the types can be
added to later.

SUMMARY
`GET /v1/graphs/extensions` gives the same as JSON. To create a graph with two of them, on the command line or over HTTP
(in Python: `kn.graphs.create("Books", extensions=["ledger", "banking"])`):

```sh
knowledger graph create Books --extension ledger --extension banking
curl -H "X-API-Key: $KNOWLEDGER_API_KEY" -H "Content-Type: application/json" http://localhost:8000/v1/graphs \\
  -d '{"name": "Books", "extensions": ["ledger", "banking"]}'
```

`base` comes with every other one. A schema of your own may refer to the types of the extensions and add properties to
them; it may not change what they say. This one joins two extensions, by a table whose files have the columns
`bank_transaction_id` and `transaction_id`:

```json
{
  "name": "Books",
  "extensions": ["ledger", "banking"],
  "schema": {
    "relationships": [
      {
        "name": "RECORDED_AS",
        "from": "BankTransaction", "from_columns": ["bank_transaction_id"],
        "to": "Transaction", "to_columns": ["transaction_id"]
      }
    ]
  }
}
```

## How to read the tables

- Each node type is a table of its own name, and its files have the columns listed. **Bold** is the key; * marks what no
  row may leave empty. Every other column may be left empty or out.
- A relationship read off a table needs no file: it is there where that table's column holds the key of the other end.
  A key that nobody has is reported as a rejected row, and the node stays. The others have a table of their own, with
  the columns of both ends and of their properties.
- Amounts are exact decimals. LadybugDB adds those up with `list_sum(collect(…))`; its `sum` takes none.

```cypher
MATCH (a:Account)<-[:POSTED_TO]-(l:LineItem)
RETURN a.code, a.name, list_sum(collect(l.debit - l.credit)) AS balance
ORDER BY a.code
```

`examples/accounting` holds half a year of a small firm's books for `ledger`, with queries from trial balance to open
invoices.
"""


def _extension(extension: Extension) -> Iterator[str]:
    yield from (f"\n## {extension.name}", "", extension.description, "")
    if extension.requires:
        yield from (f"Brings with it: {', '.join(f'[`{name}`](#{name})' for name in extension.requires)}.", "")
    for node in extension.types.nodes:
        yield from _node(node)
    yield from (f"### Relationships of {extension.name}", "")
    rows = (_relationship(item, extension.types) for item in extension.types.relationships)
    yield from table(("relationship", "what it says", "read off"), rows)
    for item in extension.types.relationships:
        if item.properties:
            yield from (f"Properties of `{item.name}`:", "")
            yield from table(("property", "type", "what it is"), (_property(p, item.key) for p in item.properties))


def _node(node: NodeType) -> Iterator[str]:
    yield from (f"### {node.name}", "", f"{node.description}.", "")
    yield from table(("property", "type", "what it is"), (_property(item, node.key) for item in node.properties))


def _property(item: Property, key: tuple[str, ...]) -> tuple[str, str, str]:
    name = f"**`{item.name}`**" if item.name in key else f"`{item.name}`{' *' if item.required else ''}"
    return name, f"`{item.type}`", item.description


def _relationship(item: RelationshipType, types: GraphSchema) -> tuple[str, str, str]:
    columns = ", ".join(f"`{name}`" for name in (*item.from_columns, *item.to_columns))
    path = f"`(:{item.from_node})-[:{item.name}]->(:{item.to_node})`"
    return path, item.description, f"`{item.source}`, by {columns}" if item.source else f"its own table: {columns}"
