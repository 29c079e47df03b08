"""`knowledger mcp`: a graph for AI clients that start a command."""

from typing import Annotated

import typer

from knowledger.cli.session import chosen_graph, session_of


def mcp(context: typer.Context, graph: Annotated[str, typer.Argument(help="The graph's name or id.")]) -> None:
    """Serve a graph's tools by the Model Context Protocol on standard input and output, for AI clients."""
    import anyio

    from knowledger.client.mcp_stdio import serve_stdio

    session = session_of(context)
    with session.connect() as kn:
        url, graph_id = kn.url, chosen_graph(kn, graph).graph_id
    _, key = session.server()
    anyio.run(serve_stdio, url, key, graph_id)
