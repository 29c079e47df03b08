"""Every setting. The only reader of the environment; `docs/reference/settings.md` is generated from here."""

import hashlib
import os
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

import platformdirs
from pydantic import (
    BeforeValidator,
    ByteSize,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledger.kernel.errors import InvalidInput


class SettingInvalid(InvalidInput):
    """A setting has a value that it cannot have."""

    hint = "`docs/reference/settings.md` says what each setting takes."


def _seconds(value: object) -> object:
    """`90` as ninety seconds; pydantic itself takes such a text for an unfinished ISO 8601 duration."""
    return float(value) if isinstance(value, str) and value.strip().replace(".", "", 1).isdecimal() else value


Duration = Annotated[timedelta, BeforeValidator(_seconds)]


class Settings(BaseSettings):
    """Each is set by an environment variable with the prefix `KNOWLEDGER_`."""

    model_config = SettingsConfigDict(env_prefix="KNOWLEDGER_", frozen=True, extra="ignore")

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("knowledger", appauthor=False)),
        description="The data directory: the embedded servers' data, uploads, graphs, secrets and logs.",
    )
    host: str = Field(default="127.0.0.1", description="The address that the API listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port that the API listens on.")
    public_url: str | None = Field(
        default=None, description="The URL that users reach the API by, where a proxy stands before it."
    )
    registration: bool = Field(default=True, description="Whether anybody who reaches the API may register.")

    oauth_issuer: str | None = Field(
        default=None,
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]?)",
        description="The authorization server whose access tokens (JWTs by RS256 or ES256, with a verified email) are "
        "taken in place of a session, by its issuer URL. Unset: none.",
    )
    oauth_audience: str | None = Field(
        default=None, description="What those tokens name as their audience. Unset: the public URL."
    )

    database_url: SecretStr | None = Field(
        default=None,
        description="Your PostgreSQL ≥ 15, as postgresql://user:password@host/name. Unset: an embedded server.",
    )
    broker_url: SecretStr | None = Field(
        default=None,
        description="Celery's broker: redis://, rediss:// or amqp://. Unset: an embedded Valkey.",
    )
    object_store_url: str | None = Field(
        default=None,
        description="Where files live: s3://bucket/prefix, with credentials as the AWS SDKs read them. "
        "Unset: a directory in the data directory.",
    )

    backup_keys: SecretStr | None = Field(
        default=None,
        description="Keys that backups are encrypted under, as id:base64,id2:base64 of 32 bytes each; new backups use "
        "the first. Unset: `knowledger up` makes one, in `backup-keys` in the data directory. Whoever loses them all "
        "loses the backups.",
    )

    backups_kept: str | None = Field(
        default=None,
        pattern=r"^\d+,\d+,\d+,\d+$",
        description="Which backups the daily retention keeps: the newest of so many hours, days, weeks and months that "
        "have any, such as 24,7,5,12. Unset: all, until they expire.",
    )

    secret_keys: SecretStr | None = Field(
        default=None,
        description="Keys that access tokens of banks and keys of model providers are encrypted under, as id:base64,"
        "id2:base64 of 32 bytes each; new secrets use the first. Unset: `knowledger up` makes one, in `secret-keys` in "
        "the data directory. Whoever loses them all has to enter those secrets again.",
    )

    plaid_client_id: str | None = Field(default=None, description="Your client id at Plaid, to link real banks.")
    plaid_secret: SecretStr | None = Field(default=None, description="Your secret at Plaid for its environment.")
    plaid_environment: Literal["sandbox", "production"] = Field(
        default="sandbox", description="Plaid's environment: `sandbox`, whose banks are made up, or `production`."
    )
    plaid_url: str | None = Field(
        default=None, pattern="^https?://.+$", description="Another address of Plaid's API, such as a proxy's."
    )
    example_bank: bool = Field(
        default=True, description="Whether the example bank that comes with Knowledger can be linked."
    )

    stripe_key: SecretStr | None = Field(
        default=None,
        description="Your secret key at Stripe. Unset: invoices are paid outside and recorded here.",
    )
    stripe_webhook_secret: SecretStr | None = Field(
        default=None, description="What Stripe signs its webhooks to `/v1/webhooks/stripe` with."
    )
    stripe_url: str | None = Field(default=None, description="The address of Stripe's API. Unset: Stripe's own.")

    worker_processes: int = Field(default=2, ge=1, le=256, description="Operations that one worker runs at a time.")
    worker_threads: int = Field(
        default=64,
        ge=1,
        le=1024,
        description="Operations that mostly wait, such as questions to a model, that one worker has in hand at a time.",
    )
    lease: Duration = Field(
        default=timedelta(seconds=15),
        description="How long a silent worker keeps an operation before another takes it over.",
    )
    engine_memory: ByteSize = Field(
        default=ByteSize(2 * 2**30), description="Memory that one staging or build may use."
    )
    engine_threads: int = Field(
        default_factory=lambda: os.cpu_count() or 2, ge=1, description="Threads that one staging or build may use."
    )

    query_memory: ByteSize = Field(default=ByteSize(2**30), description="Memory that one query process may use.")
    query_timeout: Duration = Field(default=timedelta(seconds=60), description="The longest that a query may run.")
    query_max_rows: int = Field(default=5_000_000, ge=1, description="The most rows that one query may return.")
    query_max_bytes: ByteSize = Field(
        default=ByteSize(4 * 2**30), description="The most bytes that one query may return."
    )
    readers_per_graph: int = Field(default=4, ge=1, description="Queries on one graph that one host runs at a time.")
    open_graphs: int = Field(default=64, ge=1, description="Graphs that one host keeps open.")
    reader_idle: Duration = Field(
        default=timedelta(minutes=5), description="How long an unused graph stays open on a host."
    )

    dagster: str = Field(
        default="on",
        pattern=r"^(on|off|https?://.+)$",
        description="Dagster, which runs what the clock and new data start: `on` runs it here, `off` does without; or "
        "the URL of a Dagster web server of yours that serves `knowledger.dagster.definitions`.",
    )
    dagster_runs: int = Field(default=2, ge=1, description="Queued runs of pipelines that run at a time.")

    edgar_contact: str | None = Field(
        default=None,
        description="Who asks the SEC's EDGAR, as a name and an email address, such as `Ada Example ada@example.org`. "
        "The SEC requires it; nothing is asked without.",
    )
    edgar_url: str = Field(
        default="https://www.sec.gov", pattern="^https?://.+$", description="Where EDGAR's archive is."
    )
    edgar_data_url: str = Field(
        default="https://data.sec.gov", pattern="^https?://.+$", description="Where EDGAR's lists of submissions are."
    )
    taxonomies_url: str | None = Field(
        default=None,
        pattern="^https?://.+$",
        description="A mirror of the standard taxonomies, whose paths begin with the publishers' hosts. Else, unless "
        "EDGAR is a mirror, the publishers themselves are asked, once for each taxonomy and year.",
    )
    edgar_rate: float = Field(
        default=8,
        gt=0,
        le=10,
        description="Requests a second that all processes of this deployment together send to EDGAR, which allows ten.",
    )
    edgar_patience: Duration = Field(
        default=timedelta(minutes=12),
        description="How long one page of EDGAR is tried for; who asked too fast is turned away for ten minutes.",
    )

    events_kept: Duration = Field(
        default=timedelta(days=30), description="How long the events of a finished operation are kept."
    )
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$", description="How much is logged.")
    log_json: bool = Field(default=False, description="Logs as JSON lines.")
    sandbox: bool = Field(
        default=True, description="Run the engines in a sandbox. Turn off only to find a fault in it."
    )

    @model_validator(mode="wrap")
    @classmethod
    def _say_what_is_wrong(cls, given: object, validate: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            name = "_".join(map(str, first["loc"])).upper()
            raise SettingInvalid(f"KNOWLEDGER_{name} is {first['input']!r}: {first['msg']}.") from None

    @cached_property
    def run_directory(self) -> Path:
        """Unix sockets and process ids. Its own short path where the data directory's would not fit a socket name."""
        inside = self.home / "run"
        longest_name = 40
        if len(str(inside)) + longest_name < 104:  # sun_path holds 108 bytes on Linux, 104 elsewhere
            return inside
        digest = hashlib.sha256(str(self.home.absolute()).encode()).hexdigest()[:12]
        return Path("/tmp") / f"knowledger-{os.getuid()}-{digest}"  # noqa: S108 - made with mode 0700, and refused if it is another user's

    @property
    def host_socket(self) -> Path:
        return self.run_directory / "host.sock"

    @property
    def sandbox_socket(self) -> Path:
        return self.run_directory / "sandbox.sock"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"

    @property
    def dagster_code_socket(self) -> Path:
        return self.run_directory / "dagster-code.sock"

    @property
    def dagster_run_socket(self) -> Path:
        """Where Dagster's parts ask for runs to be started."""
        return self.run_directory / "dagster-run.sock"

    @property
    def dagster_web_socket(self) -> Path:
        return self.run_directory / "dagster-web.sock"

    @property
    def objects_directory(self) -> Path:
        return self.home / "objects"

    @property
    def taxonomies_directory(self) -> Path:
        """Compiled standard taxonomies of XBRL."""
        return self.home / "taxonomies"

    @property
    def cache_directory(self) -> Path:
        """Local copies of objects that live in a bucket."""
        return self.home / "cache"

    @property
    def scratch_directory(self) -> Path:
        """Unfinished files. On the same file system as the object directory, so that publishing is a rename."""
        return self.home / "scratch"
