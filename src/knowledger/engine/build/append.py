"""Whether a graph can be extended by the rows of new files, and come out as if it had been built anew."""

from collections.abc import Iterable, Sequence

from knowledger.domain.graphs.table_shape import TableColumn
from knowledger.engine.build.ranges import lie_apart
from knowledger.engine.build.sources import Source
from knowledger.engine.build.workbench import Workbench

# Adding relationships rewrites most of those that are there, on one thread: beyond this, building anew is faster.
_LARGEST_SHARE = 0.1
_ALWAYS_FEW = 10_000


def can_extend(sources: Sequence[Source], added: Sequence[str], bench: Workbench) -> bool:
    """`sources` are those of the whole graph, `added` its new files. The rest were built without rejecting any row, so
    that no relationship waits for a node: a new row may only not take the place of an old one."""
    changed = [source for source in sources if any(file.file_id in added for file in source.table.files)]
    return not _too_many(changed, added) and not any(_collides(source, added, bench) for source in changed)


def _too_many(changed: Iterable[Source], added: Sequence[str]) -> bool:
    for source in changed:
        new = source.table.only(added).rows
        if source.ends and new > max(_ALWAYS_FEW, source.table.without(added).rows * _LARGEST_SHARE):
            return True
    return False


def _collides(source: Source, added: Sequence[str], bench: Workbench) -> bool:
    old, new = source.table.without(added), source.table.only(added)
    if not source.identity or not old.files or lie_apart(old, new, _plain(source)):
        return False
    # Reading only the keys tells most relationships apart already.
    return _share(old.scan, new.scan, source.keys, bench) and _share(old.scan, new.scan, source.identity, bench)


def _plain(source: Source) -> list[TableColumn]:
    """The columns that are, as they stand, a part of what tells rows apart."""
    return [column for column in source.table.shape.columns if source.table.column(column) in source.identity]


def _share(old: str, new: str, identity: Sequence[str], bench: Workbench) -> bool:
    names = [f"i{index}" for index in range(len(identity))]
    columns = ", ".join(f"{part} AS {name}" for part, name in zip(identity, names, strict=True))
    same = " AND ".join(f"n.{name} IS NOT DISTINCT FROM o.{name}" for name in names)
    statement = (
        f"SELECT count(*) FROM (SELECT {columns} FROM {old}) AS o "
        f"WHERE EXISTS (SELECT 1 FROM (SELECT {columns} FROM {new}) AS n WHERE {same})"
    )
    return bench.number(statement) > 0
