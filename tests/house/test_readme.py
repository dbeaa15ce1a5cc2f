"""The README and the change log keep up with what they describe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import AliasChoices

from core.cli import parser
from core.settings import Settings


@pytest.fixture(scope="module")
def readme(project: Path) -> str:
    return (project / "README.md").read_text(encoding="utf-8")


def environment_names() -> dict[str, str]:
    """Every variable that the settings read, with its description."""
    names = {}
    for field, knob in Settings.model_fields.items():
        alias = knob.validation_alias
        own = alias.choices[0] if isinstance(alias, AliasChoices) else f"DESK_{field.upper()}"
        names[str(own)] = knob.description or ""
    return names


@pytest.mark.parametrize(("name", "description"), environment_names().items())
def test_configuration_table_has_every_setting_in_its_own_words(
    readme: str, name: str, description: str
) -> None:
    row = next((line for line in readme.splitlines() if line.startswith(f"| `{name}`")), "")
    assert description
    assert description.rstrip(".") in row


@pytest.mark.parametrize("field", Settings.model_fields)
def test_configuration_table_tells_the_defaults(readme: str, field: str) -> None:
    default = Settings.model_fields[field].default
    if default is None or isinstance(default, Path):
        return
    row = next(
        (line for line in readme.splitlines() if line.startswith(f"| `DESK_{field.upper()}`")), ""
    )
    assert f"| `{default}` |" in row


def test_configuration_table_has_no_setting_that_is_gone(readme: str) -> None:
    listed = re.findall(r"^\| `(DATABASE_URL|DESK_\w+)`", readme, flags=re.MULTILINE)
    assert set(listed) == set(environment_names())


def test_every_page_is_named_with_its_address(readme: str, project: Path) -> None:
    pages = [p.stem for p in sorted((project / "pages").glob("[a-z]*.py"))]
    assert [p for p in pages if not re.search(rf"`/{p}[`?]", readme)] == []


def test_every_make_target_is_named(readme: str, project: Path) -> None:
    makefile = (project / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):.*## ", makefile, flags=re.MULTILINE)
    assert [t for t in targets if t != "help" and f"make {t}" not in readme] == []


def test_every_command_in_the_documents_exists(project: Path) -> None:
    documents = [project / "README.md", *sorted((project / "docs").glob("*.md"))]
    told = " ".join(path.read_text(encoding="utf-8") for path in documents)
    offered = re.findall(r"^    (\w+)(?: |$)", parser().format_help(), flags=re.MULTILINE)
    named = re.findall(r"python -m core ([a-z]+)", told)
    assert set(named) - set(offered) == set()
    assert (
        set(offered) - set(named) - {"prepare", "doctor", "audit", "backup", "restore", "erase"}
        == set()
    )


def test_every_picture_and_document_that_is_linked_is_there(readme: str, project: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", readme)
    assert [link for link in links if not (project / link).exists()] == []


def test_change_log_has_a_place_for_what_is_not_released(project: Path) -> None:
    text = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## Unreleased$", text, flags=re.MULTILINE)


def test_decisions_are_numbered_once_and_listed(project: Path) -> None:
    folder = project / "docs" / "decisions"
    records = sorted(folder.glob("[0-9]*.md"))
    listing = (folder / "README.md").read_text(encoding="utf-8")
    assert len({r.name[:4] for r in records}) == len(records)
    assert [r.name for r in records if f"]({r.name})" not in listing] == []
