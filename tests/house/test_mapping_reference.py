"""The README's mapping reference and the mapping's own model say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.intake.mapping import FIELDS, Mapping, Part
from core.intake.mapping_files import parse_mapping, ready_names


@pytest.fixture(scope="module")
def reference(project: Path) -> str:
    readme = (project / "README.md").read_text(encoding="utf-8")
    return readme.split("### Mapping reference", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("part", [Mapping, *Part.__subclasses__()], ids=lambda p: p.__name__)
def test_every_key_of_a_mapping_is_described(reference: str, part: type[Part]) -> None:
    assert [key for key in part.model_fields if f"`{key}`" not in reference] == []


def test_every_field_of_a_case_is_named(reference: str) -> None:
    assert [field for field in FIELDS if f"`{field}`" not in reference] == []


def test_the_example_is_a_mapping(reference: str) -> None:
    example = re.search(r"```yaml\n(.*?)```", reference, flags=re.DOTALL)
    assert example
    assert parse_mapping(example[1]).name == "tickets"


def test_every_ready_mapping_is_named(project: Path) -> None:
    readme = (project / "README.md").read_text(encoding="utf-8")
    assert [name for name in ready_names() if f"`{name}`" not in readme] == []
