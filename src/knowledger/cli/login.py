"""`knowledger login`: keep a credential for a server, or open the one on this machine."""

from typing import Annotated

import typer

from knowledger.cli.problems import UsageProblem
from knowledger.cli.session import AsJson, keep_login, session_of
from knowledger.cli.terminal import Terminal


def login(
    context: typer.Context,
    url: Annotated[str | None, typer.Argument(help="The server; without one, that of this machine.")] = None,
    email: Annotated[
        str | None, typer.Option(help="Sign in with email and password, which makes a new API key.")
    ] = None,
    api_key: Annotated[str | None, typer.Option(help="An API key that you have; else KNOWLEDGER_API_KEY.")] = None,
    as_json: AsJson = False,
) -> None:
    """Sign in to a server, and keep the API key for the commands that follow.

    Without arguments, where a stack runs on this machine: a link that signs your browser in, once.
    """
    from knowledger.client import Client, environment

    session = session_of(context)
    url, api_key = url or session.url, api_key or session.api_key
    if not (url or email or api_key) and (link := _link_to_this_machine()) is not None:
        _show_link(session.terminal, link)
        return
    here = environment.kept_credentials("credentials.json").get("url")
    url = url or environment.url() or here or environment.DEFAULT_URL
    key = api_key or (_new_key(url, email) if email else environment.api_key())
    key = key or typer.prompt("API key", hide_input=True, err=True)
    with Client(url, key) as kn:
        who = kn.user()
    path = keep_login(environment.data_directory(), url, key)
    if session.terminal.json:
        session.terminal.data({"url": url, "user": who})
    session.terminal.done(f"Signed in to {url} as {who.get('email')}; the key is in {path}.")


def _link_to_this_machine() -> str | None:
    from knowledger.settings import Settings
    from knowledger.up.lock import running_stack

    settings = Settings()
    if running_stack(settings.home) is None:
        return None
    from knowledger.up.signin import fresh_link

    return fresh_link(settings)


def _show_link(terminal: Terminal, link: str) -> None:
    if terminal.json:
        terminal.data({"signin_link": link})
        return
    terminal.out.print(link, markup=False)
    terminal.note("It signs your browser in, once, within ten minutes. The commands here need no login.")


def _new_key(url: str, email: str) -> str:
    from knowledger.client import Client

    password = typer.prompt(f"Password of {email}", hide_input=True, err=True)
    if not password:
        raise UsageProblem("A password is needed.")
    with Client(url) as kn:
        kn.sign_in(email, password)
        return kn.api_keys.create("knowledger login").key
