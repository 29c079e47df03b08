"""The container gives back what was put into it, all of it, or nothing."""

import io
import random
import tracemalloc
from collections.abc import Iterator

import pytest

from knowledger.domain.backups import container
from knowledger.domain.backups.container import BLOCK_BYTES, BackupDamaged, Packer, new_data_key, unpacking
from knowledger.domain.backups.keys import BackupKeysInvalid, BackupKeysMissing, BackupKeyUnknown, KeyRing
from knowledger.domain.backups.manifest import Head
from knowledger.kernel.keys import new_key
from tests.backups.making import manifest, packed, read_back

MUTATIONS = 2_000


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES + 17])
def test_what_was_packed_comes_back(size: int) -> None:
    plain, key = random.Random(size).randbytes(size), new_data_key()
    assert read_back(packed(plain, key), key, size) == plain


def test_two_backups_of_the_same_have_nothing_in_common() -> None:
    key = new_data_key()
    first, second = packed(b"books", key), packed(b"books", key)
    assert first[9:16] != second[9:16]
    assert first[16:] != second[16:]


def test_another_key_opens_nothing() -> None:
    with pytest.raises(BackupDamaged):
        read_back(packed(b"books", new_data_key()), new_data_key(), 5)


def test_packing_takes_no_more_memory_for_more() -> None:
    block, key = random.Random(1).randbytes(BLOCK_BYTES), new_data_key()

    def peak(blocks: int) -> int:
        packer = Packer(_Nowhere(), key)
        tracemalloc.start()
        for _ in range(blocks):
            packer.write(block)
        packer.finish()
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(128) < peak(8) + 2 * BLOCK_BYTES


def test_no_mutated_backup_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bit flips, cuts, swaps, repetitions, appended bytes and parts of other backups, in the head and in the body."""
    monkeypatch.setattr(container, "BLOCK_BYTES", 256)  # many chunks in a small file
    ring = KeyRing.parse(new_key("a"))
    plain = random.Random(2).randbytes(3_000)
    whole, other = _file(plain, ring), _file(plain, ring)
    assert _accepts(whole, ring, plain)
    accepted = [change for change, damaged in _mutations(whole, other) if _accepts(damaged, ring, plain)]
    assert accepted == []


def _mutations(whole: bytes, other: bytes) -> Iterator[tuple[str, bytes]]:
    chance = random.Random(20090630)
    made = 0
    while made < MUTATIONS:
        start, end = sorted(chance.sample(range(len(whole)), 2))
        flipped = bytearray(whole)
        flipped[start] ^= 1 << chance.randrange(8)
        length = chance.randrange(1, 300)
        piece, later = whole[start : start + length], whole[end : end + length]
        changes = {
            f"bit {start} flipped": bytes(flipped),
            f"cut at {start}": whole[:start],
            f"{length} bytes at {start} left out": whole[:start] + whole[start + length :],
            f"{length} bytes at {start} twice": whole[:start] + piece + whole[start:],
            f"{start} and {end} swapped": b"".join(
                (whole[:start], later, whole[start + length : end], piece, whole[end + length :])
            ),
            f"{length} bytes appended": whole + chance.randbytes(length),
            f"{start} to {end} of another backup": whole[:start] + other[start:end] + whole[end:],
            "another backup behind it": whole + other,
        }  # fmt: skip
        for change, damaged in changes.items():
            if damaged != whole:
                made += 1
                yield change, damaged


def test_whole_chunks_cannot_be_left_out_or_change_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "BLOCK_BYTES", 256)
    key, plain = new_data_key(), random.Random(3).randbytes(1_000)
    whole = packed(plain, key)
    size = 256 + 16
    head, chunks = whole[:16], [whole[at : at + size] for at in range(16, len(whole), size)]
    assert len(chunks) > 3
    for wrong in (chunks[:-1], chunks[1:], [chunks[1], chunks[0], *chunks[2:]], [*chunks, chunks[-1]], chunks[:0]):
        with pytest.raises(BackupDamaged):
            read_back(head + b"".join(wrong), key, len(plain))


def test_a_new_key_takes_over_and_the_data_stays_as_it_is() -> None:
    old, new = new_key("2025"), new_key("2026")
    about, data_key = b"manifest", new_data_key()
    wrapped = KeyRing.parse(old).wrap(data_key, about)
    both = KeyRing.parse(f"{new},{old}")
    rotated = both.rewrap(wrapped, about)
    assert rotated.key_id == "2026"
    assert KeyRing.parse(new).unwrap(rotated, about) == data_key
    assert both.rewrap(rotated, about) is rotated
    with pytest.raises(BackupKeyUnknown):
        KeyRing.parse(new).unwrap(wrapped, about)


def test_a_key_serves_its_own_manifest_only() -> None:
    ring = KeyRing.parse(new_key("a"))
    wrapped = ring.wrap(new_data_key(), b"manifest")
    with pytest.raises(BackupDamaged):
        ring.unwrap(wrapped, b"another manifest")
    with pytest.raises(BackupDamaged):
        KeyRing.parse(new_key("a")).unwrap(wrapped, b"manifest")


KEY = "A" * 43 + "="


@pytest.mark.parametrize("text", ["a", "a:", "a:c2hvcnQ=", f":{KEY}", f"a:{KEY},a:{KEY}"])
def test_a_key_that_is_none_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(BackupKeysInvalid) as refused:
        KeyRing.parse(text)
    assert "c2hvcnQ" not in refused.value.message


def test_without_a_key_there_are_no_backups() -> None:
    with pytest.raises(BackupKeysMissing):
        KeyRing.parse("").wrap(new_data_key(), b"manifest")


def _file(plain: bytes, ring: KeyRing) -> bytes:
    key = new_data_key()
    body = packed(plain, key)
    about = manifest(plain, body)
    return Head(about, ring.wrap(key, about.canonical)).as_bytes() + body


def _accepts(content: bytes, ring: KeyRing, plain: bytes) -> bool:
    source = io.BytesIO(content)
    try:
        head = Head.read(source)
        key = ring.unwrap(head.key, head.manifest.canonical)
        with unpacking(source, key) as parts:
            found = parts.read(head.manifest.plain_bytes)
    except (BackupDamaged, BackupKeyUnknown):
        return False
    assert found == plain
    return True


class _Nowhere(io.BytesIO):
    def write(self, data: object) -> int:
        return len(memoryview(data))  # type: ignore[arg-type]
