"""A FilingEngine: each call a job in the sandbox."""

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from knowledger.domain.filings.findings import Finding
from knowledger.domain.operations.progress import Work
from knowledger.domain.repositories.engine import FilingToParse, ParsedFiling, RefusedFiling
from knowledger.engine.sandbox import Confinement, Sandbox
from knowledger.engine.sandbox.errors import EngineCrashed, error_from_json
from knowledger.engine.xbrl.job import finding_from_json, header_as_json
from knowledger.engine.xbrl.version import PARSER_VERSION
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject


class EngineLimits(Protocol):
    """What one job may use."""

    @property
    def engine_memory(self) -> int: ...


class SandboxedFilingEngine:
    """Closing one of its generators kills the child that works for it."""

    def __init__(self, sandbox: Sandbox, limits: EngineLimits) -> None:
        self._sandbox = sandbox
        self._limits = limits

    @property
    def parser_version(self) -> str:
        return PARSER_VERSION

    def parse(
        self, filings: Sequence[FilingToParse], taxonomies: Path | None, scratch: Path
    ) -> Work[list[ParsedFiling | RefusedFiling]]:
        body: JsonObject = {
            "filings": [_filing(filing) for filing in filings],
            "taxonomies": str(taxonomies.absolute()) if taxonomies else None,
            "scratch": str(scratch.absolute()),
        }
        readable = (*_documents(filings), *((taxonomies,) if taxonomies else ()))
        writable = (scratch, *(filing.directory for filing in filings))
        result = yield from self._run("parse_filings", body, readable, writable)
        return [self._answer(answer) for answer in cast("list[JsonObject]", result["filings"])]

    def compile_taxonomy(self, schemas: Sequence[Path], directory: Path, scratch: Path) -> Work[list[str]]:
        body: JsonObject = {
            "schemas": [str(path.absolute()) for path in schemas],
            "directory": str(directory.absolute()),
        }
        result = yield from self._run("compile_taxonomies", body, tuple(schemas), (scratch, directory))
        return cast("list[str]", result["namespaces"])

    def second_opinion(self, filing: FilingToParse, arelle_cache: Path | None, scratch: Path) -> Work[list[Finding]]:
        body: JsonObject = {
            "filing": _filing(filing),
            "arelle_cache": str(arelle_cache.absolute()) if arelle_cache else None,
            "scratch": str(scratch.absolute()),
        }
        readable = (*_documents([filing]), *((arelle_cache,) if arelle_cache else ()))
        result = yield from self._run("second_opinion", body, readable, (scratch,))
        return [finding_from_json(finding) for finding in cast("list[JsonObject]", result["findings"])]

    def relate(self, parsed: Sequence[Path], directory: Path, scratch: Path) -> Work[dict[str, int]]:
        body: JsonObject = {
            "parsed": [str(path.absolute()) for path in parsed],
            "directory": str(directory.absolute()),
        }
        result = yield from self._run("relate_filings", body, tuple(parsed), (scratch, directory))
        return {name: int(str(rows)) for name, rows in cast(JsonObject, result["tables"]).items()}

    def _run(
        self, job: str, body: JsonObject, readable: tuple[Path, ...], writable: tuple[Path, ...]
    ) -> Work[JsonObject]:
        confinement = Confinement(readable, tuple(dict.fromkeys(writable)), self._limits.engine_memory)
        return (yield from self._sandbox.run(job, body, confinement))

    def _answer(self, answer: JsonObject) -> ParsedFiling | RefusedFiling:
        accession = str(answer["accession"])
        if "error" in answer:
            return RefusedFiling(accession, _error(cast(JsonObject, answer["error"])))
        return ParsedFiling(
            accession=accession,
            parser_version=str(answer["parser_version"]),
            read_by="arelle" if answer["read_by"] == "arelle" else "parser",
            tables=cast("dict[str, int]", answer["tables"]),
            facts_read=int(str(answer["facts_read"])),
            facts_kept=int(str(answer["facts_kept"])),
            findings=cast("dict[str, int]", answer["findings"]),
            missing_taxonomies=cast("dict[str, str]", answer["missing_taxonomies"]),
        )


def _error(body: JsonObject) -> KnowledgerError:
    """The parser's errors stand in modules that need lxml: they are imported when one of them has come."""
    importlib.import_module("knowledger.engine.xbrl.package")
    return error_from_json(body, memory_setting="KNOWLEDGER_ENGINE_MEMORY") or EngineCrashed()


def _filing(filing: FilingToParse) -> JsonObject:
    return {
        "header": header_as_json(filing.header),
        "documents": {name: str(path.absolute()) for name, path in filing.documents.items()},
        "directory": str(filing.directory.absolute()),
    }


def _documents(filings: Sequence[FilingToParse]) -> list[Path]:
    return [path for filing in filings for path in filing.documents.values()]
