"""Backups in memory."""

import io
from hashlib import sha256

from knowledger.domain.backups.container import Packer, unpacking
from knowledger.domain.backups.manifest import Manifest, Part


def packed(plain: bytes, key: bytes) -> bytes:
    target = io.BytesIO()
    packer = Packer(target, key)
    packer.write(plain)
    packer.finish()
    assert packer.sealed.sha256 == sha256(target.getvalue()).hexdigest()
    return target.getvalue()


def read_back(content: bytes, key: bytes, size: int) -> bytes:
    with unpacking(io.BytesIO(content), key) as parts:
        return parts.read(size)


def manifest(plain: bytes, stored: bytes) -> Manifest:
    return Manifest(
        backup_id="bk_1",
        graph_id="kg_1",
        graph_name="Books",
        description="",
        tags=(),
        tier="standard",
        kind="full",
        engine_version="ladybug 0.22.0",
        generation_id="gen_1",
        generation_number=1,
        schema="{}",
        counts={"Company": 3},
        digests={"Company": "00"},
        rows_superseded=0,
        rows_rejected=0,
        parts=(Part("graph.lbug", len(plain), sha256(plain).hexdigest()),),
        staged=(),
        has_all_rows=True,
        plain_bytes=len(plain),
        stored_bytes=len(stored),
        sha256=sha256(stored).hexdigest(),
    )
