"""A fresh one-time sign-in link to the stack that runs here, for whoever owns its data directory."""

import sqlalchemy
from pydantic import SecretStr
from sqlalchemy.orm import Session

from knowledger.kernel.errors import KnowledgerError
from knowledger.settings import Settings
from knowledger.up.first_start import read_credentials, signin_url
from knowledger.up.stack import embedded_postgres
from knowledger.wiring import Wiring


class SigninLinkNotMade(KnowledgerError):
    """No sign-in link could be made."""

    hint = "`knowledger up` prints one at each start."


def fresh_link(settings: Settings) -> str:
    """Signs the first user in, once, within ten minutes. Raises SigninLinkNotMade.

    It is written straight into the stack's database: whoever may do that is trusted with every graph anyway.
    """
    credentials = read_credentials(settings.home)
    if credentials is None:
        raise SigninLinkNotMade("The credentials of the stack's first user are missing from the data directory.")
    engine = sqlalchemy.create_engine(_database_url(settings), poolclass=sqlalchemy.NullPool)
    try:
        with Session(engine) as session, session.begin():
            return signin_url(session, credentials)
    except sqlalchemy.exc.DBAPIError:
        raise SigninLinkNotMade(
            "The stack's database does not let us in.",
            hint="Start this as the user who started the stack, and with its KNOWLEDGER_DATABASE_URL if it has one.",
        ) from None


def _database_url(settings: Settings) -> str:
    """As the stack's own programs know it."""
    if settings.database_url is None:
        embedded = SecretStr(embedded_postgres(settings).url())
        settings = settings.model_copy(update={"database_url": embedded})
    return Wiring(settings).database_url
