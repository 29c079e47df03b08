"""`knowledger login`: keep a credential for a server."""

from typing import Annotated

import typer

from knowledger.cli.problems import UsageProblem
from knowledger.cli.session import AsJson, keep_login, session_of


def login(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The server.")] = "http://127.0.0.1:8000",
    email: Annotated[
        str | None, typer.Option(help="Sign in with email and password, which makes a new API key.")
    ] = None,
    api_key: Annotated[str | None, typer.Option(help="An API key that you have.", envvar="KNOWLEDGER_API_KEY")] = None,
    as_json: AsJson = False,
) -> None:
    """Sign in to a server, and keep the API key for the commands that follow."""
    from knowledger.client import Client, environment

    session = session_of(context)
    key = api_key or (_new_key(url, email) if email else typer.prompt("API key", hide_input=True, err=True))
    with Client(url, key) as kn:
        who = kn.user()
    path = keep_login(environment.data_directory(), url, key)
    if session.terminal.json:
        session.terminal.data({"url": url, "user": who})
    session.terminal.done(f"Signed in to {url} as {who.get('email')}; the key is in {path}.")


def _new_key(url: str, email: str) -> str:
    from knowledger.client import Client

    password = typer.prompt(f"Password of {email}", hide_input=True, err=True)
    if not password:
        raise UsageProblem("A password is needed.")
    with Client(url) as kn:
        kn.sign_in(email, password)
        return kn.create_api_key("knowledger login")
