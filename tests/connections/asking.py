"""What a sealed graph file says."""

from pathlib import Path

import ladybug


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with (
        ladybug.Database(str(path), read_only=True, max_db_size=1 << 32) as database,
        ladybug.Connection(database) as link,
    ):
        answer = link.execute(query)
        assert isinstance(answer, ladybug.QueryResult)
        return [tuple(row) for row in answer.get_all()]
