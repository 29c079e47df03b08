"""One request, one transaction: handlers flush, this boundary commits before the answer leaves."""

from collections.abc import AsyncIterator, Callable
from contextlib import closing
from typing import Annotated, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request
from sqlalchemy.orm import Session

from knowledger.api.deps import ApiDeps, Deps
from knowledger.api.origin import SAFE_METHODS

T = TypeVar("T")


async def transaction(request: Request, deps: Deps) -> AsyncIterator[Session]:
    """A session that takes a connection at its first statement; rolled back when the handler raises.

    Requests that only read have each statement by itself: that saves two round trips, and read-committed transactions
    show them nothing else. Ending a transaction never waits for a thread of the common pool: there, handlers that wait
    for a database connection could hold every thread while those connections wait to be given back.
    """
    if request.method in SAFE_METHODS:
        with closing(deps.sessions(bind=deps.looking)) as session:
            yield session
        return
    session = deps.sessions()
    try:
        yield session
    except BaseException:
        await to_thread.run_sync(session.close, limiter=CapacityLimiter(1))
        raise
    if session.in_transaction():  # a coroutine's: what runs in a thread has committed there (`in_one_trip`)
        await to_thread.run_sync(_commit, session, limiter=CapacityLimiter(1))
    else:
        session.close()


def _commit(session: Session) -> None:
    with closing(session):
        session.commit()


Transaction = Annotated[Session, Depends(transaction, scope="function")]


async def reading(deps: ApiDeps, look: Callable[[Session], T]) -> T:
    """A short look at the database, for a route that then waits on something slower and must not hold a connection."""

    def within_session() -> T:
        with deps.sessions(bind=deps.looking) as session:
            return look(session)

    return await to_thread.run_sync(within_session)
