"""From what a person names (files, folders, patterns, archives) to the files that are loaded, each with its table."""

import glob
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledger.cli.archives import is_archive, unpacked
from knowledger.cli.problems import UsageProblem

DATA_ENDINGS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet")
_PACKED_ENDINGS = (".gz", ".zst")


@dataclass(frozen=True)
class Intake:
    """One file to load. `name` is what it is called at its origin, `path` where its bytes lie."""

    name: str
    path: Path
    table: str | None = None

    @property
    def stem(self) -> str:
        """`num` of `num.txt.gz`."""
        return self.name.split(".")[0] if not self.name.startswith(".") else self.name


def gather(named: Sequence[str], scratch: Path, nested: list[str] | None = None) -> list[Intake]:
    """Every data file that is meant. Archives are unpacked below `scratch`. Raises UsageProblem.

    Archives inside archives are left out, and listed in `nested`.
    """
    inside: list[str] = [] if nested is None else nested
    found = [intake for text in named for path in _paths(text) for intake in _opened(path, scratch, inside)]
    if not found:
        endings = f"Known endings: {', '.join(DATA_ENDINGS)}"
        hint = f"Unpack {', '.join(inside)} yourself." if inside else endings
        raise UsageProblem(f"There are no data files in {', '.join(named)}.", hint)
    return found


def is_data(name: str) -> bool:
    lowered = name.lower()
    for ending in _PACKED_ENDINGS:
        lowered = lowered.removesuffix(ending)
    return lowered.endswith(DATA_ENDINGS)


def _paths(text: str) -> list[Path]:
    path = Path(text)
    if path.is_dir():
        inside = (item for item in sorted(path.rglob("*")) if item.is_file() and not item.name.startswith("."))
        return [item for item in inside if is_data(item.name) or is_archive(item.name)]
    if path.is_file():
        return [path]
    matching = [Path(item) for item in sorted(glob.glob(text, recursive=True))]  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not matching:
        raise UsageProblem(f"There is no file {text}.")
    return [item for item in matching if item.is_file()]


def _opened(path: Path, scratch: Path, nested: list[str]) -> Iterator[Intake]:
    if not is_archive(path.name):
        yield Intake(path.name, path)
        return

    def wanted(name: str) -> bool:
        if is_archive(name):
            nested.append(f"{name} in {path.name}")
        return is_data(name)

    for name, file in unpacked(path, scratch, wanted):
        yield Intake(name, file)


def read_mapping(given: Sequence[str]) -> dict[str, str]:
    """`num=Fact` pairs, or a JSON file of them, as {"num": "Fact"} with the file's name without case or ending."""
    mapping: dict[str, str] = {}
    for text in given:
        stem, equals, table = text.partition("=")
        mapping |= {stem: table} if equals else _mapping_file(Path(text))
    return {stem.lower().split(".")[0]: table for stem, table in mapping.items()}


def _mapping_file(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(item, str) for item in found.values()):
        raise UsageProblem(f"{path} is no mapping.", 'Write --map num=Fact, or a JSON file such as {"num": "Fact"}')
    return found


def table_for(intake: Intake, tables: Sequence[str], mapping: dict[str, str], forced: str | None) -> str | None:
    """The table that a file goes to: the one asked for, the mapped one, or the one of its name."""
    by_name = {name.lower(): name for name in tables}
    wanted = forced or mapping.get(intake.stem.lower())
    if wanted is None:
        return by_name.get(intake.stem.lower())
    if wanted.lower() not in by_name and tables:
        hint = f"It has: {', '.join(tables)}. Where no table is named, a new type is proposed from the file."
        raise UsageProblem(f"The graph has no table {wanted!r}.", hint)
    return by_name.get(wanted.lower())
