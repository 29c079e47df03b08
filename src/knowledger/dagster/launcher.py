"""How Dagster starts, ends and watches a run here: it asks the nursery, which has all code loaded and forks.

Dagster's own launcher starts a program for each run, which takes seconds to load that code.
"""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dagster import DagsterRun, Field
from dagster._core.launcher.base import CheckRunHealthResult, LaunchRunContext, RunLauncher, WorkerStatus
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import ConfigurableClass, ConfigurableClassData

_PATIENCE_S = 10.0


class NurseryAway(Exception):
    """The process that starts runs does not answer."""


class NurseryRunLauncher(RunLauncher, ConfigurableClass):
    def __init__(self, socket_path: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._socket_path = Path(socket_path)
        self._inst_data = inst_data
        super().__init__()  # type: ignore[no-untyped-call]  # Dagster's own

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        return self._inst_data

    @classmethod
    def config_type(cls) -> Mapping[str, Field]:
        return {"socket": Field(str)}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "NurseryRunLauncher":
        return cls(config_value["socket"], inst_data)

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def launch_run(self, context: LaunchRunContext) -> None:
        run = context.dagster_run
        assert run.job_code_origin is not None
        arguments = ExecuteRunArgs(run.job_code_origin, run.run_id, self._instance.get_ref(), True)
        program = arguments.get_command_args()
        self._ask(do="launch", run_id=run.run_id, arguments=program[program.index("execute_run") + 1 :])

    def terminate(self, run_id: str) -> bool:
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        return self._ask(do="interrupt", run_id=run_id)

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        try:
            alive = self._ask(do="look", run_id=run.run_id)
        except NurseryAway:
            return CheckRunHealthResult(WorkerStatus.UNKNOWN, "The nursery does not answer.")
        if alive:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "Its process is gone.")

    def _ask(self, **question: object) -> bool:
        """Whether there is a process of that run."""
        try:
            return ask_nursery(self._socket_path, question)
        except (OSError, ValueError) as error:
            raise NurseryAway from error


def ask_nursery(socket_path: Path, question: Mapping[str, object]) -> bool:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(_PATIENCE_S)
        link.connect(str(socket_path))
        link.sendall(json.dumps(question).encode() + b"\n")
        with link.makefile("r") as answers:
            return bool(json.loads(answers.readline())["alive"])
