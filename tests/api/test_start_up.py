"""What the server's processes load before anybody asks anything."""

import subprocess
import sys

import pytest

MODEL_LIBRARIES = ("pydantic_ai", "anthropic", "openai", "genai_prices")


@pytest.mark.parametrize("module", ["knowledger.api.server", "knowledger.tasks.worker", "knowledger.host"])
def test_no_process_loads_a_model_library_at_its_start(module: str) -> None:
    code = (
        f"import sys, {module}\n"
        "if 'worker' in sys.argv[1]:\n"
        "    sys.modules[sys.argv[1]].import_tasks()\n"
        "print([name for name in sys.argv[2:] if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, module, *MODEL_LIBRARIES]
    assert subprocess.check_output(command, text=True).strip() == "[]"
