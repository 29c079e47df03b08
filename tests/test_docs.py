"""The documentation says what the code says, all of it, and nothing is missing from it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from fastapi.routing import APIRoute
from typer.core import TyperGroup

from knowledger.api.app import ROUTERS
from knowledger.cli.main import app
from knowledger.domain.operations.event_types import EventType
from knowledger.kernel.errors import KnowledgerError
from knowledger.settings import Settings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


@pytest.mark.slow
def test_the_generated_pages_are_up_to_date() -> None:
    command = [sys.executable, "scripts/generate_docs.py", "--check"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    """Broken links and anchors, and pages that nothing leads to, are warnings."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    told = {"NO_MKDOCS_2_WARNING": "1", "PATH": "/usr/bin:/bin"}
    built = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr


@pytest.mark.slow
def test_the_built_pages_fetch_nothing_from_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, env={"NO_MKDOCS_2_WARNING": "1", "PATH": "/usr/bin:/bin"}, check=True)
    fetched = re.compile(
        r"""(?:<(?:script|img|iframe)[^>]*\ssrc|<link[^>]*rel="?stylesheet[^>]*\shref)=["']?https?://"""
    )
    assert [page.name for page in tmp_path.rglob("*.html") if fetched.search(page.read_text())] == []


def test_every_setting_is_documented() -> None:
    missing_from("reference/settings.md", [f"KNOWLEDGER_{name.upper()}" for name in Settings.model_fields])


def test_every_error_is_documented() -> None:
    missing_from("reference/errors.md", [kind.__name__ for kind in known_errors(KnowledgerError)])


def test_every_event_is_documented() -> None:
    missing_from("reference/events.md", list(EventType))


def test_every_route_is_documented() -> None:
    routes = (route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute))
    names = [f"{method} {route.path}" for route in routes if route.include_in_schema for method in route.methods or ()]
    missing_from("reference/routes.md", names)


def test_every_command_is_documented() -> None:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    missing_from("reference/cli.md", commands_of("knowledger", root))


def test_every_rule_that_a_row_can_break_is_documented() -> None:
    """They are plain texts in the code that finds them; the page is compared with those."""
    sources = [*(ROOT / "src/knowledger/engine/staging").glob("*.py"), ROOT / "src/knowledger/engine/build/rejects.py"]
    named = {rule for source in sources for rule in RULE.findall(source.read_text("utf-8"))}
    assert len(named) > 8
    missing_from("wire.md", sorted(named))


RULE = re.compile(
    r"""["'](wrong_type|inexact|out_of_range|not_finite|nested_value|missing_[a-z]+|dangling_[a-z]+|ragged_[a-z]+"""
    r"""|bad_[a-z]+|line_too_long|malformed_[a-z]+)["']"""
)


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8")
    pages = [str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")]
    assert [page for page in pages if page not in navigation] == []


def test_every_file_that_the_readme_names_is_there() -> None:
    named = re.findall(r"\]\((?!http|#)([^)#]+)", (ROOT / "README.md").read_text("utf-8"))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def missing_from(page: str, names: list[str]) -> None:
    text = (DOCS / page).read_text("utf-8")
    assert [name for name in names if f"`{name}" not in text and f"`{name}`" not in text] == []


def known_errors(kind: type[KnowledgerError]) -> list[type[KnowledgerError]]:
    """Those of the product that are imported here; the page's own generator imports every module."""
    children = [child for child in kind.__subclasses__() if child.__module__.startswith("knowledger.")]
    return [*children, *(below for child in children for below in known_errors(child))]


def commands_of(name: str, group: TyperGroup) -> list[str]:
    return [
        whole
        for command, inner in group.commands.items()
        for whole in (
            commands_of(f"{name} {command}", inner) if isinstance(inner, TyperGroup) else [f"{name} {command}"]
        )
    ]
