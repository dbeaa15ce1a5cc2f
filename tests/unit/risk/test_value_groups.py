"""Groups of values that rise together, in words of the data; and rules that cannot be used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput
from core.risk.cube import Cube, make_cube
from core.risk.scan_rules import SCAN_FILE, scan_rules
from core.risk.subset import value_group
from tests.support.scan_worlds import SMALL, quiet_cases

MARKETS = ("market 1", "market 4", "market 6")


def risen(markets: tuple[str, ...], extra: int) -> Cube:
    """A quiet week, and so many more cases of one channel spread over some markets."""
    cases = quiet_cases(SMALL, 80, np.random.default_rng(8))
    places = {d.name: at for at, d in enumerate(cases.dimensions)}
    past = np.flatnonzero(~cases.this_week)[: extra * 3 : 3]
    rows = np.concatenate([np.arange(len(cases.week)), past])
    dimensions = [replace(d, codes=d.codes[rows]) for d in cases.dimensions]
    added = slice(len(cases.week), None)
    market = dimensions[places["market"]]
    codes = [market.values.index(m) for m in markets]
    market.codes[added] = np.resize(codes, len(past))
    dimensions[places["channel"]].codes[added] = 2
    week = np.concatenate([cases.week, np.full(len(past), cases.weeks - 1)])
    told = replace(cases, dimensions=tuple(dimensions), week=week)
    return make_cube(told, scan_rules())


def test_a_rise_over_three_markets_is_one_group() -> None:
    found = value_group(risen(MARKETS, 150), ["market", "channel"], scan_rules())
    assert found is not None
    assert found.values == {"market": MARKETS, "channel": ("channel 2",)}
    assert found.count > 150
    assert found.expected < found.count / 2


def test_the_count_of_a_group_is_the_cases_in_it() -> None:
    cube = risen(MARKETS, 150)
    found = value_group(cube, ["channel", "market", "tier"], scan_rules())
    assert found is not None
    inside = cube.cases.this_week
    for dimension in cube.cases.dimensions:
        wanted = found.values.get(dimension.name, dimension.values)
        inside = inside & np.isin(dimension.codes, [dimension.values.index(v) for v in wanted])
    assert found.count == int(inside.sum())


def test_a_week_as_expected_has_no_group() -> None:
    severe = scan_rules().model_copy(update={"group_penalty": 8.0})
    assert value_group(risen((), 0), ["market"], severe) is None


def test_unknown_or_too_many_dimensions_are_refused() -> None:
    cube = risen((), 0)
    for names in (["market", "weather"], ["abuse_type", "channel", "market", "tier"]):
        with pytest.raises(BadInput, match="cannot be grouped"):
            value_group(cube, names, scan_rules())


def test_a_fault_in_the_rules_is_told_with_its_place(tmp_path: Path) -> None:
    broken = tmp_path / "risk_scan.yaml"
    text = SCAN_FILE.read_text(encoding="utf-8")
    broken.write_text(text.replace("alarm_rate: 0.05", "alarm_rate: 5"), encoding="utf-8")
    with pytest.raises(BadInput) as fault:
        scan_rules(broken)
    assert fault.value.at == "risk_scan.yaml, alarm_rate"
