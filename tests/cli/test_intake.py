"""From names to files: folders, patterns, archives, and archives that mean harm."""

import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from knowledger.cli import archives
from knowledger.cli.archives import safe_name
from knowledger.cli.intake import Intake, gather, read_mapping, table_for
from knowledger.cli.problems import UsageProblem


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def archive(path: Path, members: dict[str, bytes]) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return str(path)


def test_a_folder_gives_its_data_files(tmp_path: Path, scratch: Path) -> None:
    for name in ("b.csv", "a.parquet", "notes.md", ".hidden.csv", "deep/c.json.gz"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).touch()
    assert [item.name for item in gather([str(tmp_path / "in")], scratch)] == ["a.parquet", "b.csv", "c.json.gz"]


def test_a_pattern_gives_what_it_matches(tmp_path: Path, scratch: Path) -> None:
    for name in ("a1.csv", "a2.csv", "b.csv"):
        (tmp_path / name).touch()
    assert [item.name for item in gather([str(tmp_path / "a*.csv")], scratch)] == ["a1.csv", "a2.csv"]


def test_a_file_that_is_not_there_is_named(scratch: Path) -> None:
    with pytest.raises(UsageProblem, match=r"no file nowhere\.csv"):
        gather(["nowhere.csv"], scratch)


def test_an_archive_gives_its_data_members(tmp_path: Path, scratch: Path) -> None:
    members = {"num.txt": b"a\n1\n", "readme.htm": b"<p>", "sub/sub.txt": b"b\n2\n", "more/inner.zip": b"PK"}
    nested: list[str] = []
    found = gather([archive(tmp_path / "q.zip", members)], scratch, nested)
    assert [(item.name, item.path.read_bytes()) for item in found] == [("num.txt", b"a\n1\n"), ("sub.txt", b"b\n2\n")]
    assert nested == ["inner.zip in q.zip"]
    with pytest.raises(UsageProblem, match=r"no data files") as told:
        gather([archive(tmp_path / "outer.zip", {"inner.zip": b"PK"})], scratch)
    assert told.value.hint == "Unpack inner.zip in outer.zip yourself."


def test_names_in_an_archive_lead_nowhere(tmp_path: Path, scratch: Path) -> None:
    names = ["../../evil.csv", "/etc/passwd.csv", "..\\..\\win.csv", "a\nb.csv"]
    found = gather([archive(tmp_path / "evil.zip", dict.fromkeys(names, b"x\n"))], scratch)
    assert [item.name for item in found] == ["evil.csv", "passwd.csv", "win.csv", "ab.csv"]
    assert {item.path.parent for item in found} == {scratch}


def test_a_link_in_an_archive_is_left_out(tmp_path: Path, scratch: Path) -> None:
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as packed:
        packed.writestr(link, "/etc/passwd")
        packed.writestr("a.csv", "x\n")
    assert [item.name for item in gather([str(tmp_path / "link.zip")], scratch)] == ["a.csv"]


def test_a_zip_bomb_is_refused(tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_RATIO_COUNTS_FROM", 1 << 16)
    path = archive(tmp_path / "bomb.zip", {"zeros.csv": b"0" * (4 << 20)})
    with pytest.raises(UsageProblem, match="looks like a bomb"):
        gather([path], scratch)


def test_many_large_members_are_bounded_together(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LARGEST_TOTAL", 3000)
    path = archive(tmp_path / "many.zip", {f"{number}.csv": b"0" * 1000 for number in range(4)})
    with pytest.raises(UsageProblem, match=r"3\.csv in .* more than 0 bytes"):
        gather([path], scratch)


def test_too_many_members_are_refused(tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MOST_MEMBERS", 2)
    with pytest.raises(UsageProblem, match="holds 3 files"):
        gather([archive(tmp_path / "many.zip", dict.fromkeys(["a.csv", "b.csv", "c.csv"], b""))], scratch)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"\0" * 100])
def test_what_is_no_archive_is_said(tmp_path: Path, scratch: Path, content: bytes) -> None:
    (tmp_path / "broken.zip").write_bytes(content)
    with pytest.raises(UsageProblem, match="not an archive"):
        gather([str(tmp_path / "broken.zip")], scratch)


def test_an_archive_cut_short_is_said(tmp_path: Path, scratch: Path) -> None:
    whole = Path(archive(tmp_path / "cut.zip", {"a.csv": bytes(range(256)) * 100}))
    whole.write_bytes(whole.read_bytes()[:-40])
    with pytest.raises(UsageProblem, match="not an archive"):
        gather([str(whole)], scratch)


PACKED: dict[str, Callable[[bytes], bytes]] = {
    ".tar": bytes,
    ".tar.gz": gzip.compress,
    ".tgz": gzip.compress,
    ".tar.xz": lzma.compress,
    ".tar.zst": zstandard.compress,
}


def tape(members: dict[str, bytes], *links: tarfile.TarInfo) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for link in links:
            archive.addfile(link)
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return written.getvalue()


@pytest.mark.parametrize("ending", PACKED)
def test_a_tar_gives_its_data_members(tmp_path: Path, scratch: Path, ending: str) -> None:
    path = tmp_path / f"q{ending.upper()}"
    path.write_bytes(PACKED[ending](tape({"q/num.txt": b"a\n1\n", "readme.htm": b"<p>", "sub.txt": b"b\n2\n"})))
    found = gather([str(path)], scratch)
    assert [(item.name, item.path.read_bytes()) for item in found] == [("num.txt", b"a\n1\n"), ("sub.txt", b"b\n2\n")]


def test_a_folder_gives_what_its_archives_hold(tmp_path: Path, scratch: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "books.tgz").write_bytes(gzip.compress(tape({"a.csv": b"x\n"})))
    assert [item.name for item in gather([str(tmp_path / "in")], scratch)] == ["a.csv"]


def test_names_and_links_in_a_tar_lead_nowhere(tmp_path: Path, scratch: Path) -> None:
    links = []
    for kind, name in ((tarfile.SYMTYPE, "link.csv"), (tarfile.LNKTYPE, "hard.csv"), (tarfile.FIFOTYPE, "pipe.csv")):
        link = tarfile.TarInfo(name)
        link.type, link.linkname = kind, "/etc/passwd"
        links.append(link)
    (tmp_path / "evil.tar").write_bytes(tape({"../../evil.csv": b"x\n", "/etc/passwd.csv": b"x\n"}, *links))
    found = gather([str(tmp_path / "evil.tar")], scratch)
    assert [item.name for item in found] == ["evil.csv", "passwd.csv"]
    assert {item.path.parent for item in found} == {scratch}


@pytest.mark.parametrize("member", ["zeros.csv", "zeros.bin"])
@pytest.mark.parametrize("ending", [".tar.gz", ".tar.zst"])
def test_a_tar_bomb_is_refused_whether_its_content_is_wanted_or_not(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch, ending: str, member: str
) -> None:
    monkeypatch.setattr(archives, "_RATIO_COUNTS_FROM", 1 << 16)
    path = tmp_path / f"bomb{ending}"
    path.write_bytes(PACKED[ending](tape({member: bytes(8 << 20)})))
    with pytest.raises(UsageProblem, match="looks like a bomb"):
        gather([str(path)], scratch)


def test_a_tar_of_too_many_members_is_refused(tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_MOST_MEMBERS", 2)
    (tmp_path / "many.tar").write_bytes(tape(dict.fromkeys(["a.csv", "b.csv", "c.csv"], b"")))
    with pytest.raises(UsageProblem, match="holds 3 files"):
        gather([str(tmp_path / "many.tar")], scratch)


@pytest.mark.parametrize("cut", [700, 1_100, 11_000])
@pytest.mark.parametrize("ending", PACKED)
def test_a_tar_that_is_cut_or_none_is_said(tmp_path: Path, scratch: Path, ending: str, cut: int) -> None:
    content = bytes(range(256)) * 40
    for broken in (tape({"a.csv": content, "b.csv": content})[:cut], b"not a tape at all" * 100, b""):
        path = tmp_path / f"broken{ending}"
        path.write_bytes(PACKED[ending](broken))
        with pytest.raises(UsageProblem, match="not an archive"):
            gather([str(path)], scratch)
        for item in scratch.iterdir():
            item.unlink()


@pytest.mark.parametrize("ending", [".tar.gz", ".tgz", ".tar.xz", ".tar.zst"])
def test_a_packed_tar_that_is_cut_or_none_is_said(tmp_path: Path, scratch: Path, ending: str) -> None:
    whole = PACKED[ending](tape({"a.csv": bytes(range(256)) * 100}))
    for number, broken in enumerate((whole[:-40], whole[: len(whole) // 2], b"\0" * 100, b"neither packed nor a tape")):
        path = tmp_path / f"broken-{number}{ending}"
        path.write_bytes(broken)
        with pytest.raises(UsageProblem, match="not an archive"):
            gather([str(path)], scratch)


def table(name: str, *, mapping: dict[str, str] | None = None, forced: str | None = None) -> str | None:
    return table_for(Intake(name, Path(name)), ["Fact", "Filing"], mapping or {}, forced)


def test_a_file_goes_to_the_table_of_its_name_whatever_the_case() -> None:
    assert [table("fact.csv"), table("FILING.jsonl.gz"), table("other.csv")] == ["Fact", "Filing", None]


def test_a_mapping_and_an_option_win_over_the_name() -> None:
    assert table("num.txt", mapping=read_mapping(["num=fact"])) == "Fact"
    assert table("fact.csv", forced="Filing") == "Filing"


def test_a_mapping_is_also_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "tables.json").write_text('{"Num.txt": "Fact"}')
    assert read_mapping([str(tmp_path / "tables.json"), "sub=Filing"]) == {"num": "Fact", "sub": "Filing"}


def test_a_table_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(UsageProblem) as caught:
        table("num.txt", forced="Facts")
    assert str(caught.value.hint).startswith("It has: Fact, Filing.")


@pytest.mark.parametrize("name", ["", "/", "\x00", ".."])
def test_every_name_becomes_a_plain_one(name: str) -> None:
    assert "/" not in safe_name(name)
    assert safe_name(name)
