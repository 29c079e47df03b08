"""A process that bills: it is told moments on its standard input, does all that is due at each, and says so."""

import sys
from datetime import datetime

import sqlalchemy
from sqlalchemy.orm import sessionmaker

from tests.billing.ticking import tick

if __name__ == "__main__":
    sessions = sessionmaker(sqlalchemy.create_engine(sys.argv[1]), expire_on_commit=False)
    print("ready", flush=True)
    for line in sys.stdin:
        tick(sessions, datetime.fromisoformat(line.strip()))
        print("done", flush=True)
