"""`python -m knowledger.up`: the stack, for who starts it as a process of their own."""

import sys

from knowledger.kernel.errors import KnowledgerError
from knowledger.settings import Settings
from knowledger.up.run import up


def main() -> int:
    try:
        up(Settings())
    except KnowledgerError as error:
        print(error.message, error.hint or "", sep="\n", file=sys.stderr)  # noqa: T201 - a person reads it
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
