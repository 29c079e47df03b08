"""Parsing filings, against Arelle loading the same ones: CPU time of one process, real filings where they are.

Against Arelle count only the filings that it loads with their whole taxonomy: where a filing came without its schema,
or its year's taxonomy is not in the cache, Arelle gives up early and has hardly a fact.
"""

import os
import statistics
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.figure import Bench, Line, at_least
from knowledger.domain.filings.header import Filer, FilingHeader
from knowledger.engine.xbrl.package import FilingPackage
from knowledger.engine.xbrl.parse import parse_filing
from knowledger.engine.xbrl.tables import write_archive
from knowledger.engine.xbrl.taxonomies import compile_taxonomies
from knowledger.kernel.errors import KnowledgerError

_EDGAR = Path(__file__).parents[1] / "../shared/edgar"
_ROUNDS = 3
_MARK_MS = 150
_WHOLE = 0.9


def measure(bench: Bench) -> Iterator[Line]:
    """Both warm: what they import, and the taxonomies that they keep, is loaded before the clock starts."""
    if not _EDGAR.exists():
        return
    with tarfile.open(_EDGAR / "taxonomy" / "arelle-cache.tar.xz") as archive:
        archive.extractall(bench.directory, filter="data")
    cache, compiled = bench.directory / "cache", bench.directory / "compiled"
    compiled.mkdir()
    compile_taxonomies(((path.name, path.read_bytes()) for path in _standard_schemas(cache)), compiled)
    directories = sorted(_EDGAR.glob("Archives/edgar/data/*/*"))[:: bench.size(1, 6)]
    ours, facts, parsing = {}, {}, {}
    for directory in directories:
        package = _package(directory)
        try:
            facts[directory] = parse_filing(package, compiled).facts_read
        except KnowledgerError:
            continue  # has no facts of its own
        parsing[directory] = _parsing(package, compiled, bench.directory)
        [ours[directory]] = _cpu(parsing[directory])
    load = _arelle(bench.directory, cache)
    entries = {directory: _entry_point(directory) for directory in facts}
    whole = [directory for directory, entry in entries.items() if load(entry) >= _WHOLE * facts[directory]]
    pairs = [_cpu(parsing[directory], _loading(load, entries[directory])) for directory in whole]
    if whole:
        yield _against_arelle(*map(list, zip(*pairs, strict=True)))
    yield _a_filing(list(ours.values()))


def _against_arelle(ours: list[float], theirs: list[float]) -> Line:
    ratio = sum(theirs) / sum(ours)
    each = statistics.median(arelle / own for own, arelle in zip(ours, theirs, strict=True))
    what = f"parse {len(ours)} real filings and write their Parquet; Arelle loads them (median filing {each:.0f} ×)"
    return at_least(20, what, f"{sum(ours):.2f} s CPU", f"{sum(theirs):.2f} s CPU", ratio)


def _a_filing(ours: list[float]) -> Line:
    mean = statistics.mean(ours) * 1000
    what = f"a filing on average, of {len(ours)}; the slowest {max(ours) * 1000:.0f} ms"
    return Line(what, f"{mean:.0f} ms CPU", wanted=f"≤ {_MARK_MS} ms", reached=mean <= _MARK_MS)


def _cpu(*works: Callable[[], object]) -> list[float]:
    """The least that each takes in a few rounds, in turn: what others do on the machine only adds."""
    rounds = [[_taken(work) for work in works] for _ in range(_ROUNDS)]
    return [min(taken) for taken in zip(*rounds, strict=True)]


def _taken(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _parsing(package: FilingPackage, compiled: Path, directory: Path) -> Callable[[], object]:
    def parse() -> None:
        parsed = parse_filing(package, compiled)
        write_archive(parsed.tables, parsed.findings, directory / "tables.tar")

    return parse


def _loading(load: Callable[[Path], int], entry: Path) -> Callable[[], object]:
    return lambda: load(entry)


def _arelle(home: Path, cache: Path) -> Callable[[Path], int]:
    """Loading a document gives the facts that Arelle has a concept for."""
    os.environ.update(HOME=str(home), XDG_CONFIG_HOME=str(home))
    from arelle import Cntlr  # type: ignore[import-untyped]  # Arelle has no types

    controller = Cntlr.Cntlr(hasGui=False, logFileName="logToBuffer", disable_persistent_config=True)
    controller.webCache.workOffline = True
    controller.webCache.cacheDir = str(cache)

    def load(path: Path) -> int:
        model = controller.modelManager.load(str(path))
        facts = len(model.factsInInstance)
        controller.modelManager.close(model)
        return facts

    return load


def _package(directory: Path) -> FilingPackage:
    header = FilingHeader(directory.name, Filer(directory.parent.name.zfill(10), ""))
    documents = {
        path.name: path.read_bytes() for path in directory.iterdir() if path.suffix in (".htm", ".xml", ".xsd")
    }
    return FilingPackage(header, documents)


def _entry_point(directory: Path) -> Path:
    """The inline document, or else the instance."""
    pages = [path for path in directory.glob("*.htm") if b"inlineXBRL" in path.read_bytes()]
    instances = [path for path in directory.glob("*.xml") if b"http://www.xbrl.org/2003/instance" in path.read_bytes()]
    whole = [
        path for path in instances if b"context" in path.read_bytes() and "_" not in path.stem.removesuffix("_htm")
    ]
    return (pages or whole or instances or list(directory.iterdir()))[0]


def _standard_schemas(cache: Path) -> list[Path]:
    names = ("us-gaap", "dei", "srt")
    return [path for path in sorted(cache.rglob("*.xsd")) if path.name.rsplit("-", 1)[0].split("-20")[0] in names]
