"""A disk that fills up is called that."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
IN_A_NAMESPACE = [shutil.which("unshare") or "unshare", "--user", "--map-root-user", "--mount"]


@pytest.mark.parametrize("megabytes", [2, 8, 12])
def test_a_graph_that_does_not_fit_the_disk(tmp_path: Path, megabytes: int) -> None:
    may = subprocess.run([*IN_A_NAMESPACE, "true"], capture_output=True, check=False)
    if may.returncode:
        pytest.skip("needs a mount namespace of its own")
    module = [sys.executable, "-m", "tests.engine.build.on_a_small_disk", str(tmp_path), str(megabytes)]
    built = subprocess.run([*IN_A_NAMESPACE, *module], cwd=ROOT, capture_output=True, text=True, check=True)
    assert built.stdout == "DiskFull"
