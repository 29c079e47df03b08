"""Names for what a file calls otherwise."""

import re

_MOST_CHARS = 64
_SUFFIX = r"(?i)\.(csv|tsv|tab|txt|json|jsonl|ndjson|parquet|pq)$"


def type_name(file_name: str) -> str:
    """The file's name without its endings, in CamelCase: `bank-lines.2024.csv` is a BankLines2024."""
    stem = re.sub(
        r"(?i)\.(csv|tsv|tab|txt|json|jsonl|ndjson|parquet|pq)$", "", file_name.replace("\\", "/").split("/")[-1]
    )
    words = [word for word in re.split(r"[\W_]+", stem) if word]
    name = "".join(word[0].upper() + word[1:] for word in words)[: _MOST_CHARS - 5]
    return name if name and not name[0].isdigit() else f"Table{name}"


def names_for(headers: list[str]) -> list[str]:
    """A property name for each header, none of them twice in any case."""
    taken: set[str] = set()
    return [_free(_name(header), taken) for header in headers]


def _name(header: str) -> str:
    name = re.sub(r"\W+", "_", header).strip("_")[: _MOST_CHARS - 4]
    return name if name and not name[0].isdigit() else f"c_{name}".rstrip("_")


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free.lower() in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free.lower())
    return free
