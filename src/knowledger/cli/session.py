"""Which server a command speaks to, as whom, and about which graph."""

import json
import os
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knowledger.cli.problems import UsageProblem
from knowledger.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledger.client import Client, Graph
    from knowledger.client.records import GraphRecord


@dataclass
class Session:
    """What the options before the command say. One for each run of the CLI."""

    url: str | None = None
    api_key: str | None = None
    terminal: Terminal = field(default_factory=Terminal)

    def server(self) -> tuple[str | None, str | None]:
        """Address and key: by options, else the environment, else what `knowledger login` kept, else this machine's."""
        from knowledger.client import environment

        kept = environment.kept_credentials()
        url = self.url or environment.url()
        key = self.api_key or environment.api_key()
        if url is None or url.rstrip("/") == kept.get("url"):
            key = key or kept.get("api_key")
        return url or kept.get("url"), key

    def connect(self) -> "Client":
        from knowledger.client import Client

        return Client(*self.server())


def session_of(context: typer.Context) -> Session:
    found = context.find_object(Session)
    assert found is not None
    return found


def _ask_for_json(context: typer.Context, value: bool) -> bool:
    if value:
        session_of(context).terminal.json = True
    return value


def _keep_graph(context: typer.Context, parameter: typer.CallbackParam, value: str | None) -> str | None:
    """What the environment names, it names for the commands that follow as well."""
    source = context.get_parameter_source(parameter.name or "")
    if value and source is not None and source.name == "COMMANDLINE":
        session_of(context).terminal.graph = value
    return value


AsJson = Annotated[bool, typer.Option("--json", help="Answer as one JSON document.", callback=_ask_for_json)]
GraphOption = Annotated[
    str | None,
    typer.Option(
        "--graph",
        "-g",
        envvar="KNOWLEDGER_GRAPH",
        help="The graph's name or id; needed where there are several.",
        callback=_keep_graph,
    ),
]
GraphArgument = Annotated[str | None, typer.Argument(help="Its name or id.", envvar="KNOWLEDGER_GRAPH")]
GraphNamed = Annotated[
    str | None, typer.Option("--graph", "-g", metavar="GRAPH", help="The same, as for other commands.", hidden=True)
]
"""For those who name the graph as all other commands want it."""
NO_GRAPH = "There is no graph yet. Create one: knowledger graph create NAME"
_GRAPHS_NAMED = 5


def keep_login(home: Path, url: str, api_key: str) -> Path:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / "login.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"url": url.rstrip("/"), "api_key": api_key}, file)
    return path


def chosen_graph(kn: "Client", wanted: str | None) -> "Graph":
    """The graph of this id or name, or `NAME/SUBGRAPH`; without either, the only one there is of one's own."""
    if wanted is not None and "/" in wanted:
        name, _, subgraph = wanted.rpartition("/")
        return chosen_graph(kn, name).subgraphs.get(subgraph)
    if wanted is not None and wanted.startswith("kg_"):
        return kn.graphs.get(wanted)
    there = kn.graphs.list()
    found = [
        graph
        for graph in there
        if (not graph.is_repository if wanted is None else wanted in (graph.name, graph.graph_id))
    ]
    if len(found) == 1:
        return kn.graphs.get(found[0].graph_id)
    if not there or (wanted is None and not found):
        raise UsageProblem("There is no graph yet.", "Create one: knowledger graph create NAME")
    if not found:
        raise UsageProblem(
            f"There is no graph named {wanted!r}.",
            f"There are: {_some([graph.name for graph in _nearest(there, wanted)])}",
        )
    listed = _some([f"{graph.name} ({graph.graph_id})" for graph in found])
    raise UsageProblem(f"{len(found)} graphs could be meant.", f"Name one with --graph: {listed}")


def _nearest(graphs: "Sequence[GraphRecord]", wanted: str | None) -> "list[GraphRecord]":
    """Those named most like what was typed first; the others in the order that they have."""
    return sorted(graphs, key=lambda graph: -SequenceMatcher(None, graph.name.lower(), (wanted or "").lower()).ratio())


def _some(names: list[str]) -> str:
    listed, more = ", ".join(names[:_GRAPHS_NAMED]), len(names) - _GRAPHS_NAMED
    return listed if more <= 0 else f"{listed} and {more} more, which knowledger graph list shows"
