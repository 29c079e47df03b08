"""The step between the database and all that uses it: migrate, make the first user, issue a sign-in link, clean up.

A process of its own, so that the supervisor stays small.
"""

import sys

import sqlalchemy
from sqlalchemy.orm import Session

from knowledger.domain.agents.choice import reseal_model_keys
from knowledger.domain.backups.catalogue import rewrap
from knowledger.domain.connections.tokens import reseal
from knowledger.domain.graphs.collect import collect_garbage
from knowledger.kernel.errors import KnowledgerError
from knowledger.models.migrate import upgrade
from knowledger.settings import Settings
from knowledger.up.addresses import public_url, signin_link_path
from knowledger.up.directories import make_directories
from knowledger.up.first_start import first_start, signin_url
from knowledger.up.private_files import write_private
from knowledger.wiring import Wiring


def prepare(settings: Settings) -> None:
    make_directories(settings)
    wiring = Wiring(settings)
    upgrade(wiring.database_url)
    engine = sqlalchemy.create_engine(wiring.database_url, poolclass=sqlalchemy.NullPool)
    with Session(engine) as session, session.begin():
        credentials = first_start(session, settings.home, public_url(settings))
        link = signin_url(session, credentials)
        rewrap(session, wiring.backup_keys)
        reseal_model_keys(session, wiring.secret_keys)
        reseal(session, wiring.secret_keys)
    write_private(signin_link_path(settings), link)
    if settings.dagster == "off":  # else it is a job of its own
        with Session(engine) as session:
            collect_garbage(session, wiring.objects)


def main() -> int:
    try:
        prepare(Settings())
    except KnowledgerError as error:
        print(error.message, error.hint or "", sep="\n", file=sys.stderr)  # noqa: T201 - the supervisor reads it
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
