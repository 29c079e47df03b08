"""`knowledger model`: who answers questions, a provider's model or the offline analyst."""

from typing import Annotated, Literal

import typer

from knowledger.cli.session import AsJson, session_of

app = typer.Typer(help="Choose the model that answers questions.", no_args_is_help=True)

Provider = Literal["anthropic", "openai", "openai-chat", "openai-compatible"]
Organization = Annotated[str | None, typer.Option("--org", help="Its id, where you belong to several.")]


@app.command()
def show(context: typer.Context, organization: Organization = None, as_json: AsJson = False) -> None:
    """Show which model answers."""
    from knowledger.client.decode import encode

    session = session_of(context)
    with session.connect() as kn:
        record = kn.model.show(organization)
    if session.terminal.json:
        session.terminal.data(encode(record))
        return
    key = f"…{record.key_hint}" if record.key_hint else None
    session.terminal.facts(
        {"provider": record.provider, "model": record.model, "base url": record.base_url, "key": key}
    )


@app.command("set")
def choose(
    context: typer.Context,
    provider: Annotated[Provider, typer.Argument(help="Whose API it speaks.")],
    model: Annotated[str, typer.Argument(help="As the provider names it, such as claude-sonnet-4-6.")],
    base_url: Annotated[str | None, typer.Option(help="Where it is reached; needed for openai-compatible.")] = None,
    key: Annotated[
        str | None, typer.Option(envvar="KNOWLEDGER_MODEL_KEY", help="Asked for where it is needed.")
    ] = None,
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Have a provider's model answer. Its key is kept encrypted."""
    from knowledger.client.decode import encode

    session = session_of(context)
    if key is None and provider != "openai-compatible":
        key = typer.prompt("Key", hide_input=True, err=True)
    with session.connect() as kn:
        record = kn.model.choose(provider, model, base_url=base_url, key=key, organization_id=organization)
    session.terminal.done(f"{record.model} by {record.provider} answers from now on.")
    if session.terminal.json:
        session.terminal.data(encode(record))


@app.command()
def forget(context: typer.Context, organization: Organization = None, as_json: AsJson = False) -> None:
    """Have the offline analyst answer, and delete the key."""
    session = session_of(context)
    with session.connect() as kn:
        kn.model.forget(organization)
    if session.terminal.json:
        session.terminal.data({"provider": "offline"})
    session.terminal.done("The offline analyst answers from now on.")
