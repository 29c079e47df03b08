"""What the domain functions behind tasks need, made once in each worker process."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.agents.choice import Minds, Prices
from knowledger.domain.agents.tools.context import Readings
from knowledger.domain.backups.keys import KeyRing
from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.tokens import SecretKeys
from knowledger.domain.graphs.engine import TableEngine
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.operations.pipelines import PipelineRuns
from knowledger.domain.repositories.pages import Pages
from knowledger.domain.repositories.staging import Stager
from knowledger.wiring import Wiring


@dataclass(frozen=True)
class Deps:
    sessions: sessionmaker[Session]
    objects: ObjectStore
    engine: TableEngine
    backup_keys: KeyRing
    pipelines: PipelineRuns
    secret_keys: SecretKeys
    readings: Readings
    minds: Minds
    prices: Prices
    banks: Banks
    pages: Pages
    stager: Stager

    @classmethod
    def of(cls, wiring: Wiring) -> Self:
        return cls(
            wiring.sessions,
            wiring.objects,
            wiring.engine,
            wiring.backup_keys,
            wiring.pipelines,
            wiring.secret_keys,
            wiring.readings,
            wiring.minds,
            wiring.prices,
            wiring.banks,
            wiring.pages,
            wiring.stager,
        )
