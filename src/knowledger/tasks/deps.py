"""What the domain functions behind tasks need, made once in each worker process."""

from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.backups.keys import KeyRing
from knowledger.domain.graphs.engine import TableEngine
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.operations.pipelines import PipelineRuns


@dataclass(frozen=True)
class Deps:
    sessions: sessionmaker[Session]
    objects: ObjectStore
    engine: TableEngine
    backup_keys: KeyRing
    pipelines: PipelineRuns
