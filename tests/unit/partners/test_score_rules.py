"""The file of the score: what it must say, and how values become points and days become windows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from core.errors import BadInput
from core.partners.score_rules import (
    DAY_US,
    HEALTH_FILE,
    HealthRules,
    HealthVersions,
    health_versions,
)
from core.reference import read_reference
from core.taxonomy import taxonomy

TODAY = date(2026, 11, 22)


def rules() -> HealthRules:
    return health_versions().on(TODAY)


def test_inputs_and_bands_are_those_of_the_lists_and_weights_sum_to_one() -> None:
    assert set(rules().inputs) == set(taxonomy().health_inputs)
    assert sum(one.weight for one in rules().inputs.values()) == pytest.approx(1, abs=1e-12)
    assert rules().least_effective_n == 10
    assert rules().interval == 0.8


@pytest.mark.parametrize("name", list(taxonomy().health_inputs))
def test_points_run_from_0_to_100_in_one_direction(name: str) -> None:
    own = rules().inputs[name]
    points = own.points(np.linspace(-1, 10, 500))
    steps = np.diff(points) if own.more_is_better else -np.diff(points)
    assert (steps >= 0).all()
    assert {float(points.min()), float(points.max())} == {0.0, 100.0}


def test_a_window_ends_before_what_is_not_yet_decided() -> None:
    returns = rules().inputs["returns"]
    assert returns.window(1000 * DAY_US) == (896 * DAY_US, 986 * DAY_US)


def test_steepness_is_the_slope_of_the_points() -> None:
    own = rules().inputs["sla_attainment"]
    for value in (0.55, 0.8, 0.93):
        nearby = own.points(np.array([value, value + 1e-6]))
        assert own.steepness(value) == pytest.approx(float(np.diff(nearby)[0]) * 1e6, rel=1e-4)
    assert own.steepness(0.2) == own.steepness(0.999) == 0


def test_a_version_is_found_by_day_and_by_name() -> None:
    assert health_versions().named("1.0") is rules()
    assert health_versions().on(date(2020, 1, 1)) is health_versions().versions[0]
    with pytest.raises(BadInput, match=r"1\.0"):
        health_versions().named("0.9")


def no_weight(raw: dict[str, Any]) -> None:
    raw["inputs"]["csat"]["weight"] = 0.2


def unknown_input(raw: dict[str, Any]) -> None:
    raw["inputs"]["mood"] = raw["inputs"].pop("csat")


def wavy_scale(raw: dict[str, Any]) -> None:
    raw["inputs"]["csat"]["scale"] = [[0, 0], [1, 100], [2, 50]]


def short_scale(raw: dict[str, Any]) -> None:
    raw["inputs"]["csat"]["scale"] = [[0, 0], [1, 90]]


def share_with_tail(raw: dict[str, Any]) -> None:
    raw["inputs"]["csat"]["tail"] = {"share": 0.9, "longest": 8, "shortest": 0.1}


def bands_upside_down(raw: dict[str, Any]) -> None:
    raw["bands"]["watch"] = 90


def nothing_counts(raw: dict[str, Any]) -> None:
    raw["inputs"]["sla_attainment"]["counts_for_n"] = False


@pytest.mark.parametrize(
    "spoil",
    [
        no_weight,
        unknown_input,
        wavy_scale,
        short_scale,
        share_with_tail,
        bands_upside_down,
        nothing_counts,
    ],
)
def test_a_file_that_contradicts_itself_is_refused_with_its_place(
    spoil: Callable[[dict[str, Any]], None], tmp_path: Path
) -> None:
    raw = yaml.safe_load(HEALTH_FILE.read_text(encoding="utf-8"))
    spoil(raw["versions"][0])
    path = tmp_path / "partner_health.yaml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(BadInput, match=r"partner_health\.yaml"):
        read_reference(path, HealthVersions)


def test_versions_follow_each_other_in_time(tmp_path: Path) -> None:
    raw = yaml.safe_load(HEALTH_FILE.read_text(encoding="utf-8"))
    raw["versions"].append(raw["versions"][0])
    path = tmp_path / "partner_health.yaml"
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(BadInput):
        read_reference(path, HealthVersions)
