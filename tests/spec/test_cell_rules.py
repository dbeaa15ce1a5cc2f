"""The file of the numbers behind cells: it has a source, and a mistake in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from core.errors import BadInput
from core.risk.cell_rules import CELLS_FILE, cell_rules


def test_the_numbers_have_source_and_date() -> None:
    rules = cell_rules()
    assert rules.source
    assert rules.date.year >= 2026


@pytest.mark.parametrize(
    ("room", "name", "value"),
    [
        ("judging", "false_discovery_share", 5),
        ("expectation", "least_weeks", 0),
        ("judging", "control", "none"),
        ("ratio_prior", "unheard_of", 1),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_place(
    tmp_path: Path, room: str, name: str, value: object
) -> None:
    content = yaml.safe_load(CELLS_FILE.read_text(encoding="utf-8"))
    content[room][name] = value
    wrong = tmp_path / "risk_cells.yaml"
    wrong.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        cell_rules(wrong)
    assert refused.value.at == f"risk_cells.yaml, {room}.{name}"
