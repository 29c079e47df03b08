"""Every command of `knowledger`, from Typer."""

from collections.abc import Iterator

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from knowledger.cli.main import app
from pages.markdown import code, notice, table

_HEAD = """# The command line

`knowledger -h`, and `-h` after any command, says the same. Data goes to standard output, bars and notes to standard
error; in a pipe tables are tab-separated and there are no bars. With `--json` the answer is one JSON document.

"""
_CODES = """
## Exit codes

| code | meaning |
| --- | --- |
"""


def page() -> str:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    assert root.epilog
    codes = (item.strip().partition(" ") for item in root.epilog.partition(":")[2].split("·"))
    exits = "".join(f"| {number} | {meaning} |\n" for number, _, meaning in codes)
    return notice("src/knowledger/cli") + _HEAD + "\n".join(_group("knowledger", root)) + _CODES + exits


def _group(name: str, group: TyperGroup) -> Iterator[str]:
    if group.params:
        yield from (f"## {name}", "", "Options that stand before the command:", "", *_parameters(group.params))
    for command_name, command in group.commands.items():
        whole = f"{name} {command_name}"
        if isinstance(command, TyperGroup):
            yield from _group(whole, command)
        else:
            yield from _command(whole, command)


def _command(name: str, command: TyperCommand) -> Iterator[str]:
    arguments = [item for item in command.params if isinstance(item, TyperArgument)]
    usage = " ".join((name, *(_argument(item) for item in arguments)))
    yield from (f"## {name}", "", f"`{usage}`", "", command.help or "", "")
    if command.params:
        yield from _parameters(command.params)


def _parameters(parameters: list[TyperArgument | TyperOption]) -> Iterator[str]:
    rows = ((_spelling(item), item.help or "", _default(item)) for item in parameters if item.name != "help")
    yield from table(("", "what it says", "default"), rows)


def _spelling(item: TyperArgument | TyperOption) -> str:
    if isinstance(item, TyperArgument):
        return code(_argument(item))
    value = "" if item.is_flag else f" {(item.metavar or item.name or '').upper()}"
    return ", ".join(code(f"{name}{value}") for name in item.opts) + (" (again and again)" if item.multiple else "")


def _argument(item: TyperArgument) -> str:
    name = (item.metavar or item.name or "").upper()
    return name if item.required else f"[{name}]"


def _default(item: TyperArgument | TyperOption) -> str:
    envvar = f"{code(str(item.envvar))}, else " if item.envvar else ""
    default = "" if item.default in (None, False, ()) or item.required else code(str(item.default))
    return (envvar + default).removesuffix(", else ")
