"""The tutorial's commands do what the tutorial says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack import running_stack

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(sh|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "-- block {} --"
RULES = re.compile(r"[─│╭╮╰╯]+")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_tutorial_shows_what_happens(server_directory: Path, tmp_path: Path) -> None:
    blocks = BLOCK.findall(TUTORIAL.read_text("utf-8"))
    with running_stack(server_directory / "tutorial") as stack:
        told = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONUTF8": "1",
            "LANG": "C.UTF-8",
            "KNOWLEDGER_HOME": str(stack.settings.home),
            "KNOWLEDGER_URL": stack.url,
        }
        script = "\n".join(command(number, *block) for number, block in enumerate(blocks))
        ran = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=told, capture_output=False, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=240, check=False,
        )  # fmt: skip
    assert "Traceback" not in ran.stdout, ran.stdout
    assert unshown(blocks, ran.stdout) == [], ran.stdout


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
