"""Packages of `tests/npm`, run by the Node.js among them."""

import subprocess
from pathlib import Path

import pytest

MODULES = Path(__file__).parents[1] / "npm" / "node_modules"
NODE = MODULES / ".bin" / "node"

needs_packages = pytest.mark.skipif(not NODE.exists(), reason="npm packages are not installed: `npm ci` in tests/npm")


def run_package(script: str, *arguments: str, cwd: Path, timeout_s: float = 90) -> subprocess.CompletedProcess[str]:
    """Run a package's script, such as `name/cli.js`, in a directory and home of its own."""
    command = [str(NODE), str(MODULES / script), *arguments]
    environment = {"PATH": f"{NODE.parent}:/usr/bin:/bin", "HOME": str(cwd), "NO_COLOR": "1"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=timeout_s)
