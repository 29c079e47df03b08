"""Arelle, started without a window, a network and a log of its own, from within a sandbox or without one."""

import mimetypes
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledger.engine.xbrl.package import FilingPackage, expanded
from knowledger.engine.xbrl.sec_transforms import TRANSFORMS

_SEC_NAMESPACE = "http://www.sec.gov/inlineXBRL/transformation/2015-08-31"


def arelle_models(
    package: FilingPackage, groups: list[list[str]], scratch: Path, cache: Path | None, missing: set[str] | None = None
) -> Iterator[Any]:
    """Arelle's model of each group of documents: an inline document set, or a single instance.

    The documents are read from copies below `scratch`, taxonomies from `cache`; nothing is fetched. A model that Arelle
    cannot make is left out, and each is closed when the next one is asked for.
    """
    directory = scratch / "filing"
    directory.mkdir(exist_ok=True)
    for name, content in expanded(package.documents).items():
        (directory / _file_name(name)).write_bytes(content.lstrip())  # Arelle wants an XML declaration to come first
    manager = _manager(scratch, cache)
    if missing is not None:
        _note_missing(manager.cntlr.webCache, missing)
    for group in groups:
        model = manager.load(_entry_point([directory / _file_name(name) for name in group]))
        if model is not None and model.modelDocument is not None:
            yield model
            manager.close(model)


def _file_name(name: str) -> str:
    """All in one directory, also what had the same name in two folders of an archive."""
    return name.replace("/", "-")


def _manager(scratch: Path, cache: Path | None) -> Any:
    os.environ.update(HOME=str(scratch), XDG_CONFIG_HOME=str(scratch))
    mimetypes.knownfiles.clear()  # files of the system, which a sandboxed child may not read
    from arelle import Cntlr  # type: ignore[import-untyped]  # Arelle has no types

    controller = Cntlr.Cntlr(hasGui=False, logFileName="logToBuffer", disable_persistent_config=True)
    controller.webCache.workOffline = True
    if cache:
        controller.webCache.cacheDir = str(cache)
    controller.modelManager.loadCustomTransforms()
    controller.modelManager.customTransforms.update(_sec_transforms())
    return controller.modelManager


def _note_missing(web_cache: Any, missing: set[str]) -> None:
    """Offline, Arelle takes what it has not for a file of the cache that cannot be read."""
    find = web_cache.getfilename

    def noting(url: str | None, *args: Any, **options: Any) -> str | None:
        path: str | None = find(url, *args, **options)
        if url is not None and url.startswith(("http://", "https://")) and not (path and Path(path).is_file()):
            missing.add(url)
        return path

    web_cache.getfilename = noting


def _entry_point(paths: list[Path]) -> str:
    """One document by its path; several through Arelle's plug-in for document sets, in the form that it wants."""
    if len(paths) == 1:
        return str(paths[0])
    from arelle import PluginManager

    PluginManager.addPluginModule("inlineXbrlDocumentSet")
    PluginManager.reset()
    return str(paths[0].parent / "_IXDS#?#") + "#?#".join(str(path) for path in paths)


def _sec_transforms() -> dict[Any, Any]:
    """Arelle comes without the SEC's transformations, and takes ours."""
    from arelle.ModelValue import QName  # type: ignore[import-untyped]  # Arelle has no types

    return {QName("ixt-sec", _SEC_NAMESPACE, name): function for name, function in TRANSFORMS.items()}
