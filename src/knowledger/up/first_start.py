"""The first user, and the credentials with which the CLI on this machine acts as them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from knowledger.domain.tenancy.first_user import create_first_user
from knowledger.domain.tenancy.signin import issue_signin_link
from knowledger.models.tenancy import User
from knowledger.up.private_files import write_private

EMAIL, NAME = "admin@localhost", "Admin"


@dataclass(frozen=True)
class Credentials:
    """`credentials.json` in the data directory, which only its owner may read."""

    url: str
    email: str
    user_id: str
    organization_id: str
    api_key: str


def first_start(session: Session, home: Path, url: str) -> Credentials:
    """Makes the first user, an organization and an API key, unless the credentials kept here already name one."""
    kept = read_credentials(home)
    if kept is None or session.get(User, kept.user_id) is None:
        user = create_first_user(session, EMAIL, NAME)
        kept = Credentials(url, EMAIL, user.user_id, user.organization_id, user.api_key)
    credentials = Credentials(url, kept.email, kept.user_id, kept.organization_id, kept.api_key)
    write_private(credentials_path(home), json.dumps(asdict(credentials), indent=2) + "\n")
    return credentials


def signin_url(session: Session, credentials: Credentials) -> str:
    """A link that signs the first user in, once."""
    return f"{credentials.url}/#signin={issue_signin_link(session, credentials.user_id)}"


def read_credentials(home: Path) -> Credentials | None:
    try:
        return Credentials(**json.loads(credentials_path(home).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def credentials_path(home: Path) -> Path:
    return home / "credentials.json"
