"""What two do at the same moment happens as if one had been first."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.tenancy import Role, create_first_user, issue_signin_link
from knowledger.domain.tenancy.organizations import add_member, members_of, remove_member
from knowledger.domain.tenancy.signin import ATTEMPTS, WrongPassword, log_in, use_signin_link
from knowledger.domain.tenancy.users import create_user
from knowledger.kernel.errors import KnowledgerError


def at_once(sessions: sessionmaker[Session], deeds: Sequence[Callable[[Session], object]]) -> Counter[str]:
    """How often each outcome came: an error's code, or `done`."""
    barrier = Barrier(len(deeds))

    def attempt(deed: Callable[[Session], object]) -> str:
        try:
            with sessions.begin() as session:
                session.connection()
                barrier.wait()
                deed(session)
        except KnowledgerError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(len(deeds)) as crowd:
        return Counter(crowd.map(attempt, deeds))


def test_two_admins_cannot_remove_each_other(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        ada = create_first_user(session, "ada@example.org", "Ada")
        bob = create_user(session, "bob@example.org", "Bob", None)
        add_member(session, ada.organization_id, bob.email, Role.ADMIN)
    outcome = at_once(
        sessions,
        [
            lambda session: remove_member(session, ada.organization_id, ada.user_id),
            lambda session: remove_member(session, ada.organization_id, bob.id),
        ],
    )
    with sessions() as session:
        assert [member.role for member in members_of(session, ada.organization_id)] == [Role.ADMIN]
    assert outcome == {"done": 1, "LastAdmin": 1}


def test_a_signin_link_lets_one_of_many_in(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        token = issue_signin_link(session, create_first_user(session, "ada@example.org", "Ada").user_id)
    outcome = at_once(sessions, [lambda session: use_signin_link(session, token)] * 4)
    assert outcome == {"done": 1, "SigninLinkInvalid": 3}


def test_an_email_is_registered_once(sessions: sessionmaker[Session]) -> None:
    outcome = at_once(sessions, [lambda session: create_user(session, "ada@example.org", "Ada", None)] * 4)
    assert outcome == {"done": 1, "EmailTaken": 3}


def test_guesses_at_once_cannot_slip_past_the_count(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        session.execute(
            text("INSERT INTO login_attempts VALUES ('ada@example.org', '10.0.0.1', :n)"), {"n": ATTEMPTS - 1}
        )

    def guess(_: Session) -> None:
        log_in(sessions, "ada@example.org", "guess", "10.0.0.1")

    assert at_once(sessions, [guess] * 4) == {"WrongPassword": 1, "TooManyLogins": 3}


def test_one_customers_ipv6_addresses_are_counted_together(sessions: sessionmaker[Session]) -> None:
    for address in ("2001:db8::1", "2001:db8::2", "::ffff:10.0.0.1", ""):
        with pytest.raises(WrongPassword):
            log_in(sessions, "ada@example.org", "guess", address)
    with sessions() as session:
        counted = session.execute(text("SELECT address, attempts FROM login_attempts ORDER BY address"))
        assert [tuple(row) for row in counted] == [("", 1), ("10.0.0.1", 1), ("2001:db8::/64", 2)]
