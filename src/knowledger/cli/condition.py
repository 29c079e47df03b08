"""`knowledger graph info|limits|usage|health` and `knowledger usage`: how graphs are, and what they use."""

from typing import TYPE_CHECKING, cast

import typer

from knowledger.cli.bars import size
from knowledger.cli.problems import Exit
from knowledger.cli.session import AsJson, GraphArgument, GraphNamed, chosen_graph, session_of
from knowledger.cli.terminal import Cell, Terminal

if TYPE_CHECKING:
    from knowledger.client.json import JsonObject


def add_to(graphs: typer.Typer) -> None:
    for command in (info, limits, usage, health):
        graphs.command()(command)


def info(
    context: typer.Context, graph: GraphArgument = None, named: GraphNamed = None, as_json: AsJson = False
) -> None:
    """Show what a graph holds: its types, and how many there are of each."""
    terminal = session_of(context).terminal
    with session_of(context).connect() as kn:
        found = chosen_graph(kn, named or graph).info()
    if terminal.json:
        terminal.data(found)
        return
    terminal.facts(
        {
            "graph": str(found["graph_id"]),
            "name": str(found["name"]),
            "files": cast(int, found["file_count"]),
            "subgraphs": cast(int, found["subgraph_count"]),
            "nodes": cast(int, found["node_count"]),
            "relationships": cast(int, found["relationship_count"]),
        }
    )
    types = [
        (str(item["name"]), kind, cast(int, item["properties"]), cast(int, item["count"]), str(item["description"]))
        for kind in ("node", "relationship")
        for item in cast("list[JsonObject]", found[f"{kind}_types"])
    ]
    terminal.table(("type", "kind", "properties", "count", "description"), types)


def limits(
    context: typer.Context, graph: GraphArgument = None, named: GraphNamed = None, as_json: AsJson = False
) -> None:
    """Show what a graph's tier allows, and how much of it is used."""
    from knowledger.client.decode import encode

    terminal = session_of(context).terminal
    with session_of(context).connect() as kn:
        found = chosen_graph(kn, named or graph).limits()
    if terminal.json:
        terminal.data(encode(found))
        return
    rows = [(item.name, _amount(terminal, item.name, item.use), _amount(terminal, item.name, item.limit),
             f"{100 * item.use / item.limit:.1f} %") for item in found]  # fmt: skip
    terminal.table(("limit", "used", "allowed", "share"), rows)


def usage(
    context: typer.Context, graph: GraphArgument = None, named: GraphNamed = None, as_json: AsJson = False
) -> None:
    """Show the bytes of a graph's layers, its rows, and its operations of the last 30 days."""
    terminal = session_of(context).terminal
    with session_of(context).connect() as kn:
        found = chosen_graph(kn, named or graph).usage()
    if terminal.json:
        terminal.data(found)
        return
    amounts = {name: count for name, count in found.items() if isinstance(count, int)}
    terminal.facts({name.removesuffix("_bytes"): _amount(terminal, name, count) for name, count in amounts.items()})
    operations = cast("list[JsonObject]", found["operations"])
    rows = [(str(item["kind"]), str(item["status"]), cast(int, item["count"])) for item in operations]
    terminal.table(("operation", "status", "count"), rows, title="The last 30 days")


def health(
    context: typer.Context, graph: GraphArgument = None, named: GraphNamed = None, as_json: AsJson = False
) -> None:
    """Open a graph and count what is in it: ends with 4 where it is unhealthy."""
    from knowledger.client.decode import encode

    terminal = session_of(context).terminal
    with session_of(context).connect() as kn:
        found = chosen_graph(kn, named or graph).health()
    if terminal.json:
        terminal.data(encode(found))
    else:
        terminal.facts({"graph": found.graph_id, "status": found.status, "generation": found.generation_id})
        if found.findings:
            rows = [(item.severity, item.code, item.message) for item in found.findings]
            terminal.table(("severity", "code", "what"), rows)
    if found.status == "unhealthy":
        raise typer.Exit(Exit.FAILED)


def all_usage(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what each of your graphs uses."""
    terminal = session_of(context).terminal
    with session_of(context).connect() as kn:
        found = [(graph.name, kn.graphs.get(graph.graph_id).usage()) for graph in kn.graphs.list()]
    if terminal.json:
        terminal.data([{"name": name, **used} for name, used in found])
        return
    columns = ("rows", "files", "stored_bytes", "backups", "backup_bytes", "subgraphs")
    rows = [
        (str(used["graph_id"]), name, *(_amount(terminal, column, cast(int, used[column])) for column in columns))
        for name, used in found
    ]
    terminal.table(("graph", "name", *(column.removesuffix("_bytes") for column in columns)), rows)


def _amount(terminal: Terminal, name: str, count: int) -> Cell:
    """Bytes in units for eyes, in numbers for programs."""
    return size(count) if name.endswith("bytes") and terminal.out.is_terminal else count
