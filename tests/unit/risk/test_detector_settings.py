"""Settings of the detectors that make no sense are refused with their place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.errors import BadInput
from core.risk.detector_settings import DETECTORS_FILE, detectors
from core.risk.run_length import count_chain, normal_run


def shorter_skip(raw: dict[str, Any]) -> None:
    raw["farrington_flexible"]["skip_weeks"] = 2


def shares_swapped(raw: dict[str, Any]) -> None:
    raw["ears"]["reached_share"] = [0.2, 0.1]


def a_fall(raw: dict[str, Any]) -> None:
    raw["cusum"]["ratio"] = 0.5


def no_source(raw: dict[str, Any]) -> None:
    del raw["source"]


def a_word_too_many(raw: dict[str, Any]) -> None:
    raw["ears"]["gamma"] = 1


@pytest.mark.parametrize(
    ("change", "at"),
    [
        (shorter_skip, "farrington_flexible"),
        (shares_swapped, "ears"),
        (a_fall, "cusum.ratio"),
        (no_source, "source"),
        (a_word_too_many, "ears.gamma"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], None], at: str, tmp_path: Path
) -> None:
    raw = yaml.safe_load(DETECTORS_FILE.read_text(encoding="utf-8"))
    change(raw)
    path = tmp_path / "detectors.yaml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        detectors(path)
    assert refused.value.at == f"detectors.yaml, {at}"


def test_a_chain_without_states_is_refused() -> None:
    with pytest.raises(BadInput):
        count_chain(1.0, 1.0, 0.0)
    with pytest.raises(BadInput):
        count_chain(1.0, 1.0, 1e6)


def test_a_head_start_shortens_the_normal_run() -> None:
    assert normal_run(0.5, 4.0, 1.0, start=2.0) < normal_run(0.5, 4.0, 1.0)
    assert normal_run(0.5, 4.0, 0.0, start=1e-9) == pytest.approx(normal_run(0.5, 4.0), rel=1e-6)
