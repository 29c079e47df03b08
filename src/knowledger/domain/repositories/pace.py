"""Pace: how all processes of a deployment together keep to the rate that somebody else's server allows.

One row holds when the next request may go out. Each request takes that moment and moves it on by its share of a second,
in one statement under the row's lock and by the database's clock, and then waits for it. There is no burst: eight a
second are never more than nine in any second, whichever second one looks at.
"""

from datetime import timedelta

from sqlalchemy import Engine, text

_TAKE = text("""
    INSERT INTO request_pace AS pace (name, free_at) VALUES (:name, clock_timestamp() + :share)
    ON CONFLICT (name) DO UPDATE SET free_at = greatest(pace.free_at, clock_timestamp()) + :share
    RETURNING extract(epoch FROM free_at - :share - clock_timestamp())::float8
""")
_HOLD = text("""
    INSERT INTO request_pace AS pace (name, free_at) VALUES (:name, clock_timestamp() + :pause)
    ON CONFLICT (name) DO UPDATE SET free_at = greatest(pace.free_at, clock_timestamp() + :pause)
""")


class SharedPace:
    """`engine` is in autocommit: a turn is taken whatever becomes of the transaction around it."""

    def __init__(self, engine: Engine, name: str, per_second: float) -> None:
        self._engine = engine
        self._name = name
        self._share = timedelta(seconds=1 / per_second)

    def turn_in_s(self) -> float:
        """Take the next turn; it comes in so many seconds."""
        with self._engine.connect() as connection:
            wait_s: float = connection.execute(_TAKE, {"name": self._name, "share": self._share}).scalar_one()
        return max(0.0, wait_s)

    def hold(self, pause: timedelta) -> None:
        """Let nobody ask before `pause` is over: the server has had enough."""
        with self._engine.connect() as connection:
            connection.execute(_HOLD, {"name": self._name, "pause": pause})
