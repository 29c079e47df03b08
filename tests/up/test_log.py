"""What the processes say reaches the terminal whatever happens to the files."""

import io
from pathlib import Path

import pytest

from knowledger.up.log import Log


def test_a_full_disk_costs_the_file_its_lines_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "api.log").symlink_to("/dev/full")
    terminal = io.StringIO()
    log = Log(tmp_path, terminal)
    log.say("api", "one")
    log.say("api", "two")
    log.close()
    assert [line.split("│ ")[1] for line in terminal.getvalue().splitlines()] == ["one", "two"]
    assert capsys.readouterr() == ("", "")
