"""Files into a container, one behind the other, and out of it again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledger.domain.backups.container import BLOCK_BYTES, BackupDamaged, Packer, unpacking
from knowledger.domain.backups.manifest import Manifest, Part
from knowledger.domain.operations.progress import Progress, Work
from knowledger.kernel.errors import DiskFull, is_disk_full


@dataclass(frozen=True)
class Packed:
    parts: tuple[Part, ...]
    plain_bytes: int
    stored_bytes: int
    sha256: str


def pack(files: Mapping[str, Path], target: Path, key: bytes) -> Work[Packed]:
    """Compress and encrypt the files under their names. Flat in memory."""
    total, done, parts = sum(path.stat().st_size for path in files.values()), 0, []
    try:
        with target.open("xb") as stored:
            packer = Packer(stored, key)
            for name, path in files.items():
                before, digest = done, hashlib.sha256()
                with path.open("rb") as source:
                    while block := source.read(BLOCK_BYTES):
                        packer.write(block)
                        digest.update(block)
                        done += len(block)
                        yield _progress("Compressing and encrypting", "pack", done, total)
                parts.append(Part(name, done - before, digest.hexdigest()))
            packer.finish()
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull from error
        raise
    return Packed(tuple(parts), done, packer.sealed.size_bytes, packer.sealed.sha256)


def unpack(container: Path, manifest: Manifest, key: bytes, directory: Path) -> Work[dict[str, Path]]:
    """Every part as a file of its own. Raises BackupDamaged unless the container is, all of it, what was stored."""
    if container.stat().st_size != manifest.stored_bytes:
        raise BackupDamaged
    done, files = 0, {}
    try:
        with container.open("rb") as source, unpacking(source, key) as plain:
            for number, part in enumerate(manifest.parts):
                files[part.name] = path = directory / f"part-{number:06}"
                with path.open("xb") as target:
                    for size in _blocks(part.size_bytes):
                        target.write(plain.read(size))
                        done += size
                        yield _progress("Decrypting and decompressing", "unpack", done, manifest.plain_bytes)
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull from error
        raise
    return files


def _blocks(size: int) -> Sequence[int]:
    whole, rest = divmod(size, BLOCK_BYTES)
    return [BLOCK_BYTES] * whole + [rest] * bool(rest)


def _progress(message: str, step: str, done: int, total: int) -> Progress:
    percent = 100 * done / total if total else 100.0
    return Progress(message, step=step, percent=percent, bytes_done=done, bytes_total=total)
