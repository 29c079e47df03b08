"""JSON documents that people hand to commands."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from knowledger.cli.problems import UsageProblem

if TYPE_CHECKING:
    from knowledger.client.json import JsonObject


def read_schema(path: Path) -> "JsonObject":
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise UsageProblem(f"{path} is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise UsageProblem(
            f"{path} holds no JSON object.", 'A schema looks like {"nodes": [...], "relationships": [...]}'
        )
    return found
