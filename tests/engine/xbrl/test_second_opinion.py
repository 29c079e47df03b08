"""Arelle beside the parser: they must read the same, and a difference must not go unseen."""

import tarfile
from pathlib import Path

import pytest

from knowledger.domain.filings.findings import Rule
from knowledger.domain.operations.progress import result_of
from knowledger.domain.repositories.engine import FilingToParse
from knowledger.engine.sandbox import Sandbox
from knowledger.engine.xbrl.engine import SandboxedFilingEngine
from tests.engine.xbrl.packages import EDGAR, EXAMPLES, FIRST, REAL, example, needs_edgar, real

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Limits:
    engine_memory = 2 * 2**30


@pytest.fixture(scope="module")
def arelle_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("arelle")
    with tarfile.open(EDGAR / "taxonomy" / "arelle-cache.tar.xz") as archive:
        archive.extractall(directory, filter="data")
    return directory / "cache"


def ask(sandbox: Sandbox, filing: FilingToParse, cache: Path | None, scratch: Path) -> list[str]:
    scratch.mkdir()
    engine = SandboxedFilingEngine(sandbox, Limits())
    findings = result_of(engine.second_opinion(filing, cache, scratch))
    assert {finding.rule for finding in findings} <= {Rule.SECOND_OPINION, Rule.UNCHECKED}
    return [finding.message for finding in findings if finding.rule is Rule.SECOND_OPINION]


def test_both_read_the_example_the_same(sandbox: Sandbox, tmp_path: Path) -> None:
    documents = {path.name: path for path in (EXAMPLES / FIRST).iterdir()}
    filing = FilingToParse(example(FIRST).header, documents, tmp_path)
    assert ask(sandbox, filing, None, tmp_path / "scratch") == []


@needs_edgar
@pytest.mark.parametrize(
    "directory",
    [path for path in REAL if path.name != "000119312518236766"],
    ids=lambda path: path.name,
)
def test_both_read_a_filing_the_same(sandbox: Sandbox, tmp_path: Path, arelle_cache: Path, directory: Path) -> None:
    documents = {path.name: path for path in directory.iterdir() if path.suffix != ".gz"}
    filing = FilingToParse(real(directory).header, documents, tmp_path)
    assert ask(sandbox, filing, arelle_cache, tmp_path / "scratch") == []
