"""The commands of the tutorial and of the README do what is said there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack import Stack, running_stack

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(sh|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "-- block {} --"
RULES = re.compile(r"[─│╭╮╰╯]+")


pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def stack(server_directory: Path) -> Iterator[Stack]:
    """Its data is where it is by default, for a user whose home is elsewhere."""
    with running_stack(server_directory / "home" / ".local" / "share" / "knowledger") as started:
        yield started


def test_the_tutorial_shows_what_happens(stack: Stack, tmp_path: Path) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "tutorial.md").read_text("utf-8"))
    output = run(blocks, stack, tmp_path)
    assert unshown(blocks, output) == [], output


def test_the_readmes_examples_work(stack: Stack) -> None:
    output = run(BLOCK.findall((ROOT / "README.md").read_text("utf-8")), stack, ROOT)
    assert "Adler Mills" in output
    assert "{'a.code': '4000', 'a.name': 'Sales'}" in output
    assert "1958.81" in output.replace(",", "")


def run(blocks: list[tuple[str, str]], stack: Stack, directory: Path) -> str:
    """All blocks in one shell, one after the other; gives what they said."""
    told = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONUTF8": "1",
        "LANG": "C.UTF-8",
        "HOME": str(stack.settings.home.parents[2]),
        "KNOWLEDGER_HOME": str(stack.settings.home),
        "KNOWLEDGER_URL": stack.url,
    }
    script = "\n".join(command(number, *block) for number, block in enumerate(blocks))
    said = subprocess.run(
        ["bash", "-c", script],
        cwd=directory,
        env=told,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=540,
        check=False,
    ).stdout
    assert "Traceback" not in said, said
    return said


def command(number: int, kind: str, text: str) -> str:
    """What bash is to run for a block, after a line by which its output is found."""
    mark = f"echo '{MARK.format(number)}'"
    match kind:
        case "sh":
            return f"{mark}\n{text}"
        case "python":
            return f"{mark}\npython - <<'PYTHON'\n{text}PYTHON"
    return ""


def unshown(blocks: list[tuple[str, str]], output: str) -> list[str]:
    """The lines of output blocks that the block before did not show. Spaces and rules do not count."""
    shown = dict(zip(*[iter(re.split(r"-- block (\d+) --\n", output)[1:])] * 2, strict=True))
    return [
        line
        for number, (kind, text) in enumerate(blocks)
        if kind == "text"
        for line in text.splitlines()
        if plain(line) not in plain(shown[str(number - 1)])
    ]


def plain(text: str) -> str:
    return " ".join(RULES.sub(" ", text).split())
