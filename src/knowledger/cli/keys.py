"""`knowledger key`: your API keys."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from knowledger.cli.problems import UsageProblem
from knowledger.cli.session import AsJson, chosen_graph, session_of

if TYPE_CHECKING:
    from knowledger.client.records import ApiKeyRecord

app = typer.Typer(help="Create, list and revoke your API keys.", no_args_is_help=True)


class Scope(StrEnum):
    """What a key may do at most."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scopes: Annotated[
        list[Scope] | None, typer.Option("--scope", help="Again and again; without any, read and write.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="When it stops working: a date or time such as 2027-01-31, or days such as 90d.")
    ] = None,
    graphs: Annotated[
        list[str] | None, typer.Option("--graph", help="A graph it may reach, again and again; without any, all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create an API key. It is shown this once."""
    from knowledger.client.decode import encode

    session = session_of(context)
    until = expiry(expires, datetime.now(UTC)) if expires else None
    with session.connect() as kn:
        only = [chosen_graph(kn, graph).graph_id for graph in graphs or ()]
        issued = kn.api_keys.create(name, scopes=scopes or (), expires_at=until, graphs=only)
    if session.terminal.json:
        session.terminal.data(encode(issued))
        return
    session.terminal.out.print(issued.key, markup=False)
    session.terminal.note(f"Keep it now: it is shown this once. It may {_sentence(issued.api_key)}.")


@app.command("list")
def list_keys(context: typer.Context, as_json: AsJson = False) -> None:
    """List your keys that still work, newest first."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        found = kn.api_keys.list()
    if session.terminal.json:
        session.terminal.data(encode(found))
        return
    rows = [
        (
            key.id,
            key.name,
            f"{key.prefix}…",
            " ".join(key.scopes),
            "all" if key.graph_ids is None else " ".join(key.graph_ids),
            key.created_at,
            key.expires_at,
            key.last_used_at,
        )
        for key in found
    ]
    columns = ("key", "name", "begins with", "scopes", "graphs", "created", "expires", "last used")
    session.terminal.table(columns, rows)


@app.command()
def revoke(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Its id, its name, or how it begins.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Revoke a key: it stops working at once."""
    session = session_of(context)
    with session.connect() as kn:
        found = _chosen_key(kn.api_keys.list(), key)
        if not yes:
            typer.confirm(f"Revoke {found.name} ({found.prefix}…)?", abort=True, err=True)
        kn.api_keys.revoke(found.id)
    if session.terminal.json:
        session.terminal.data({"id": found.id, "revoked": True})
    session.terminal.done(f"{found.name} ({found.prefix}…) works no more.")


def expiry(text: str, now: datetime) -> datetime:
    """A day begins, and a time without a zone is meant, in UTC."""
    try:
        if days := re.fullmatch(r"(\d{1,5})\s*d(ays?)?", text.strip()):
            return now + timedelta(days=int(days[1]))
        found = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise UsageProblem(
            f"{text!r} is no time.", "Write --expires 2027-01-31, 2027-01-31T18:00+01:00 or 90d"
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _chosen_key(there: "tuple[ApiKeyRecord, ...]", wanted: str) -> "ApiKeyRecord":
    found = [key for key in there if wanted in (key.id, key.name) or wanted.rstrip("…").startswith(key.prefix)]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(f"{key.id} ({key.prefix}…)" for key in found[:5])
        raise UsageProblem(f"{len(found)} keys are named {wanted!r}.", f"Say which by its id: {listed}")
    raise UsageProblem(f"You have no key {wanted!r} that works.", "See them: knowledger key list")


def _sentence(key: "ApiKeyRecord") -> str:
    until = f", until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else ", and never expires"
    where = f" in {', '.join(key.graph_ids)}" if key.graph_ids else ""
    return " and ".join(key.scopes) + where + until
