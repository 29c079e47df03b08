"""A process that bills: at each moment on its standard input what is owed is paid, and all that is due is done."""

import sys
from datetime import datetime

import sqlalchemy
from sqlalchemy.orm import sessionmaker

from tests.billing.ticking import everybody_pays, tick

if __name__ == "__main__":
    sessions = sessionmaker(sqlalchemy.create_engine(sys.argv[1]), expire_on_commit=False)
    print("ready", flush=True)
    for line in sys.stdin:
        at = datetime.fromisoformat(line.strip())
        everybody_pays(sessions, at)
        tick(sessions, at)
        print("done", flush=True)
