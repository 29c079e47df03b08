"""What may run in the sandbox, by name. Nothing else does: a request names a job, never code.

A *work* job is `def job(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject`, a *serve* job is
`def serve(request: JsonObject, connection: socket.socket) -> None`.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Final

JOBS: Final[Mapping[str, str]] = {
    "stage_file": "knowledger.engine.staging.job:stage_file",
    "infer_file": "knowledger.engine.staging.infer:infer_file",
    "gather": "knowledger.engine.gathering.job:gather",
    "build_generation": "knowledger.engine.build.job:build_generation",
    "digest_generation": "knowledger.engine.contents.digest:digest_generation",
    "export_generation": "knowledger.engine.contents.export:export_generation",
    "parse_filings": "knowledger.engine.xbrl.job:parse_filings",
    "compile_taxonomies": "knowledger.engine.xbrl.job:compile_taxonomies",
    "relate_filings": "knowledger.engine.xbrl.job:relate_filings",
    "second_opinion": "knowledger.engine.xbrl.job:second_opinion",
    "read_graph": "knowledger.engine.reader.graph:serve",
    "read_tables": "knowledger.engine.reader.tables:serve",
}


class UnknownJob(Exception):
    """No job of this name is registered."""


def load(job: str, jobs: Mapping[str, str] = JOBS) -> Callable[..., object]:
    if job not in jobs:
        raise UnknownJob(job)
    module, _, function = jobs[job].partition(":")
    loaded: Callable[..., object] = getattr(importlib.import_module(module), function)
    return loaded


def preload(jobs: Mapping[str, str]) -> list[str]:
    """Import the modules of all jobs, so that a fork finds them ready. Answers with the jobs that cannot be loaded.

    Only a module that is not there is passed over, for its own job to fail by; a module that is there and does not
    import is a fault that stops the zygote.
    """
    missing = []
    for job, place in jobs.items():
        module = place.partition(":")[0]
        try:
            importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name is None or not (module + ".").startswith(error.name + "."):
                raise
            missing.append(job)
    return missing
