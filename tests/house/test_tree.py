"""Rules about the tree that no other tool checks."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.size_limits import complaints, python_files

PROJECT = Path(__file__).resolve().parents[2]
LIBRARY = ["app.py", "core", "pages", "tools"]
APP_MAY_IMPORT = (
    "pathlib",
    "__future__",
    "streamlit",
    "core.ui",
    "core.settings",
    "core.logs",
    "core.taxonomy",
)
VAGUE_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|services?|handlers?|common|misc)(_|$)")
# Put together from parts, so that this file does not contain what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:" + "|".join(["work", "root", "farm"]) + r")/\w")
REGISTRY = re.compile(
    "|".join(["py" + r"pi\.org", "python" + "hosted", "index" + "-url", "Art" + "ifactory"])
)


def library() -> list[Path]:
    return [p for p in python_files([PROJECT / part for part in LIBRARY]) if p.exists()]


def all_python() -> list[Path]:
    return [*library(), *python_files([PROJECT / "tests"])]


def tracked() -> Iterator[Path]:
    """Files that are or would be committed."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listing.stdout.splitlines():
        if (PROJECT / name).is_file():
            yield PROJECT / name


def imports(path: Path) -> Iterator[str]:
    """Modules that a file imports; ``from a import b`` counts as ``a.b``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_every_folder_of_modules_is_a_package() -> None:
    # Without the file, neither the import contracts nor the coverage see what is in the folder.
    folders = {path.parent for path in library()} - {PROJECT}
    assert [name(f) for f in sorted(folders) if not (f / "__init__.py").exists()] == []


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        name(path)
        for path in all_python()
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_module_or_function_is_too_long() -> None:
    assert [complaint for path in library() for complaint in complaints(path)] == []
    assert [name(path) for path in all_python() if lines(path) > 400] == []


def test_no_module_has_a_vague_name() -> None:
    assert [name(path) for path in library() if VAGUE_NAMES.search(path.stem)] == []


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    told = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if MACHINE_PATH.search(text) or REGISTRY.search(text):
            told.append(name(path))
    assert told == []


def test_every_exception_to_a_check_has_its_reason() -> None:
    # Whatever turns a check off goes on after its code with "-- why" or "# why", or has a comment
    # on the line above.
    switch = re.compile(r"#\s*(noqa|type:\s*ignore|pragma: no cover)(?P<rest>.*)")
    bare = []
    for path in [p for p in library() if "migrations" not in p.parts]:
        above = ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            explained, above = above.strip().startswith("#"), line
            found = switch.search(line)
            if found and not explained and not re.search(r"(--|#)\s*\w", found["rest"]):
                bare.append(f"{name(path)}:{number}")
    assert bare == []


def test_the_front_door_only_wires() -> None:
    door = PROJECT / "app.py"
    assert lines(door) <= 60
    strangers = [
        module
        for module in imports(door)
        if not any(module == own or module.startswith(f"{own}.") for own in APP_MAY_IMPORT)
    ]
    assert strangers == []


@pytest.mark.parametrize(
    "page", sorted((PROJECT / "pages").glob("[a-z]*.py")), ids=lambda p: p.stem
)
def test_a_page_is_short_and_speaks_no_sql(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert lines(page) <= 150
    assert [
        m for m in imports(page) if m.split(".")[0] in {"sqlalchemy", "duckdb", "alembic"}
    ] == []
    assert not re.search(r"\bSELECT\b[^\"']*\bFROM\b", text)


def test_the_contracts_name_every_room_and_no_other() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {room.strip(" ()") for layer in layers for room in layer.split("|")}
    core = PROJECT / "core"
    rooms = {p.stem for p in core.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert rooms - {"__init__", "__main__"} <= named
    required = {room.strip() for layer in layers for room in layer.split("|") if "(" not in room}
    assert required <= rooms


def test_the_theme_asks_no_other_host() -> None:
    assert "://" not in (PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
