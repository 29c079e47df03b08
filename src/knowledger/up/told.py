"""What a child process is told: the settings, as variables."""

from datetime import timedelta

from pydantic import SecretStr, TypeAdapter

from knowledger.settings import Settings

_duration = TypeAdapter(timedelta)


def settings_environment(settings: Settings) -> dict[str, str]:
    """The variables from which a child reads these same settings."""
    return {
        f"KNOWLEDGER_{name.upper()}": _as_text(value)
        for name in sorted(settings.model_fields_set)
        if (value := getattr(settings, name)) is not None
    }


def _as_text(value: object) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case timedelta():
            return _duration.dump_json(value).decode().strip('"')
        case bool():
            return str(value).lower()
        case int():  # ByteSize prints itself rounded
            return str(int(value))
        case _:
            return str(value)
