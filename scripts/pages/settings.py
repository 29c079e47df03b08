"""Every setting, from `knowledger.settings`."""

from collections.abc import Iterator
from datetime import timedelta
from types import UnionType
from typing import get_args

from pydantic import ByteSize
from pydantic.fields import FieldInfo

from knowledger.settings import Settings
from pages.markdown import code, notice, table

_COMPUTED = {
    "home": "`knowledger` in the user's data directory",
    "engine_threads": "the number of processors",
}
_HEAD = """# Settings

Every setting is an environment variable. `knowledger up` hands its own on to each process it starts; a process that is
started by itself reads the same ones. A value that does not fit is refused at the start, by name.

"""
_TAIL = """
Durations are written as seconds (`90`), as a clock (`00:01:30`) or in ISO 8601 (`PT1M30S`); sizes as bytes or with a
unit (`512MB`, `2GiB`); switches as `true` or `false`.

The command line and the Python client read two more, and the command line a third:

| variable | what it says |
| --- | --- |
| `KNOWLEDGER_URL` | The server to speak to, such as `https://graphs.example.org`. |
| `KNOWLEDGER_API_KEY` | The API key to speak with. |
| `KNOWLEDGER_GRAPH` | The graph that commands are about, by name or id; `--graph` says it for one command. |

Object stores take their region, endpoint and credentials from the variables that the AWS SDKs read (`AWS_REGION`,
`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` …).
"""


def page() -> str:
    rows = (_row(name, field) for name, field in Settings.model_fields.items())
    lines = table(("variable", "default", "what it says"), rows)
    return notice("src/knowledger/settings.py") + _HEAD + "\n".join(lines) + _TAIL


def _row(name: str, field: FieldInfo) -> Iterator[str]:
    assert field.description, f"{name} has no description"
    yield code(f"KNOWLEDGER_{name.upper()}")
    yield _COMPUTED[name] if field.default_factory is not None else _default(field)
    yield field.description


def _default(field: FieldInfo) -> str:
    kinds = get_args(field.annotation) if isinstance(field.annotation, UnionType) else (field.annotation,)
    match field.default:
        case None:
            return "unset"
        case timedelta() as duration:
            return _duration(duration)
        case int(size) if ByteSize in kinds:
            return code(ByteSize(size).human_readable(separator=" ").replace(".0 ", " "))
        case bool(switch):
            return code(str(switch).lower())
        case value:
            return code(str(value))


def _duration(value: timedelta) -> str:
    for unit, seconds in (("days", 86400), ("minutes", 60), ("seconds", 1)):
        count, rest = divmod(int(value.total_seconds()), seconds)
        if count and not rest:
            return f"{count} {unit if count > 1 else unit.removesuffix('s')}"
    raise ValueError(value)
