"""Descriptors, in a process whose own may all go."""

import subprocess
import sys

CLOSING = """
import os
from knowledger.kernel.descriptors import close_from
first, second = os.pipe()
greatest = os.sysconf("SC_OPEN_MAX") - 1
os.dup2(second, greatest)
close_from(second)
print([number for number in range(first, greatest + 1) if os.path.exists(f"/dev/fd/{number}")] == [first])
"""


def test_all_from_one_on_are_closed_and_none_before_it() -> None:
    command = ["sh", "-c", 'ulimit -n 256; exec "$0" -c "$1"', sys.executable, CLOSING]
    closed = subprocess.run(command, capture_output=True, check=True, text=True)
    assert closed.stdout == "True\n"
