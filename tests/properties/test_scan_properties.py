"""What holds for the scan, its scores, its weeks and its incidents whatever the cases are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import from_micros, to_micros
from core.risk.calibration import calibrate
from core.risk.cube import make_cube
from core.risk.gumbel import Gumbel, fit_gumbel
from core.risk.incidents import incident_codes
from core.risk.maturity import ripe_week
from core.risk.scan import scan_week
from core.risk.scan_rules import scan_rules
from core.risk.scores import kulldorff_llr, poisson_llr
from core.risk.search import Search
from core.risk.subset import best_subset, best_values
from core.risk.weeked_cases import WeekedCases
from core.risk.weeks import week_windows
from tests.support.scan_worlds import World, quiet_cases

WORLD = World((("abuse_type", 5), ("channel", 4), ("market", 4), ("tier", 2)), 80)
RULES = scan_rules()
HOUR = 3_600_000_000
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"])
SECONDS = st.integers(1_704_067_200, 1_830_297_600)  # 2024 to 2027
MOMENTS = SECONDS.map(lambda second: datetime.fromtimestamp(second, UTC))
SEEDS = st.integers(0, 2**32)
EXPECTED = st.floats(0.01, 1e4)


def drawn(seed: int) -> WeekedCases:
    return quiet_cases(WORLD, 84, np.random.default_rng(seed))


@given(count=st.integers(0, 10_000), expected=EXPECTED)
def test_scores_are_never_negative_and_grow_with_the_count(count: int, expected: float) -> None:
    total = count + expected + 100
    for low, high in (
        (poisson_llr(count, expected), poisson_llr(count + 1, expected)),
        (kulldorff_llr(count, expected, total), kulldorff_llr(count + 1, expected, total)),
    ):
        assert 0 <= float(low) <= float(high)


@given(count=st.integers(1, 500), expected=st.floats(0.5, 400))
def test_the_conditional_score_is_the_other_one_when_nearly_all_cases_are_outside(
    count: int, expected: float
) -> None:
    conditional = float(kulldorff_llr(count, expected, 1e9))
    assert conditional == pytest.approx(float(poisson_llr(count, expected)), rel=1e-3, abs=1e-2)


@given(location=st.floats(-50, 50), scale=st.floats(0.01, 20), share=st.floats(0.001, 0.999))
def test_tail_and_quantile_undo_each_other(location: float, scale: float, share: float) -> None:
    law = Gumbel(location, scale)
    assert law.tail(law.exceeded_by(share)) == pytest.approx(share)


@given(
    sample=st.lists(st.floats(0, 100), min_size=2, max_size=60),
    shift=st.floats(-10, 10),
    stretch=st.floats(0.1, 10),
)
def test_the_law_moves_and_stretches_with_its_sample(
    sample: list[float], shift: float, stretch: float
) -> None:
    law, moved = fit_gumbel(sample), fit_gumbel(np.array(sample) * stretch + shift)
    assert moved.location == pytest.approx(law.location * stretch + shift, abs=1e-6)
    assert moved.scale == pytest.approx(law.scale * stretch, abs=1e-6)


@settings(max_examples=15)
@given(seed=SEEDS)
def test_order_of_cases_and_names_of_values_change_nothing(seed: int) -> None:
    cases, rng = drawn(seed), np.random.default_rng(seed)
    order = rng.permutation(len(cases.week))
    mixed = []
    for d in cases.dimensions:
        names = rng.permutation(len(d.values))
        values = tuple(d.values[at] for at in names.tolist())
        mixed.append(replace(d, values=values, codes=np.argsort(names)[d.codes[order]]))
    other = replace(cases, dimensions=tuple(mixed), week=cases.week[order])
    one, two = scan_week(cases, RULES), scan_week(other, RULES)
    assert two.coverage.threshold == pytest.approx(one.coverage.threshold)
    assert two.coverage.highest == pytest.approx(one.coverage.highest)
    assert {(f.slice, f.count) for f in one.findings} == {(f.slice, f.count) for f in two.findings}


@settings(max_examples=15)
@given(seed=SEEDS)
def test_counts_of_slices_are_the_cases_in_them(seed: int) -> None:
    cube = make_cube(drawn(seed), RULES)
    for position in range(0, len(cube.slices), 7):
        inside = cube.members(cube.cases, position)
        by_week = np.bincount(cube.cases.week[inside], minlength=cube.cases.weeks)
        assert by_week.tolist() == cube.counts[position].tolist()


@settings(max_examples=15)
@given(seed=SEEDS)
def test_a_winner_is_fully_explained_and_the_whole_week_stays_expected(seed: int) -> None:
    cases = drawn(seed)
    codes = cases.dimensions[0].codes.copy()
    codes[np.flatnonzero(cases.this_week)[:30]] = 0
    changed = replace(cases.dimensions[0], codes=codes)
    cube = make_cube(replace(cases, dimensions=(changed, *cases.dimensions[1:])), RULES)
    calibration = replace(calibrate(cube, RULES), threshold=1e-6)
    search = Search(cube, calibration, RULES)
    (found,) = search.run(1)
    assert search.expected[found.position] == pytest.approx(found.count)
    for at, dimension in enumerate(cube.cases.dimensions):
        single = (cube.slices[:, at] >= 0) & ((cube.slices >= 0).sum(axis=1) == 1)
        if single.sum() == len(dimension.values):
            assert search.expected[single].sum() == pytest.approx(cube.totals[-1])


@settings(max_examples=60)
@given(at=MOMENTS, zone=ZONES, seed=SEEDS, late=st.booleans())
def test_a_week_holds_what_was_known_by_the_same_weekday_and_time(
    at: datetime, zone: str, seed: int, late: bool
) -> None:
    rng, weeks = np.random.default_rng(seed), week_windows(at, zone, 6)
    moments = to_micros(at) + rng.integers(-8 * 7 * 24 * HOUR, 7 * 24 * HOUR, 60)
    known = moments + rng.integers(0, 72 * HOUR, 60) if late else None
    found = ripe_week(weeks, moments, known).tolist()
    local = at.astimezone(ZoneInfo(zone))
    now = (local.weekday(), local.time())
    for number, micros in enumerate(moments.tolist()):
        there = from_micros(micros).astimezone(ZoneInfo(zone))
        monday = there.date() - timedelta(days=there.weekday())
        counted = monday in weeks.mondays
        ends = to_micros(at)
        if counted and monday != weeks.mondays[-1]:
            counted = (there.weekday(), there.time()) < now
            day = monday + timedelta(days=now[0])
            ends = to_micros(datetime.combine(day, now[1], tzinfo=ZoneInfo(zone)))
        counted = counted and micros < ends
        if known is not None:
            counted = counted and int(known[number]) < ends
        assert found[number] == (weeks.mondays.index(monday) if counted else -1)


@given(
    cases=st.lists(
        st.tuples(st.integers(-1, 2), st.integers(0, 1), st.integers(0, 200)), max_size=40
    )
)
def test_incidents_are_chains_of_alike_cases_of_one_partner(
    cases: list[tuple[int, int, int]],
) -> None:
    columns = np.array(cases, dtype=np.int64).reshape(-1, 3)
    partner, alike, at = columns[:, 0], columns[:, 1], columns[:, 2] * HOUR
    found = incident_codes(partner, [alike], at, RULES)
    for one, two in product(range(len(cases)), repeat=2):
        same = _chained(cases, one, two)
        assert (found[one] == found[two]) == same


def _chained(cases: list[tuple[int, int, int]], one: int, two: int) -> bool:
    if one == two:
        return True
    if cases[one][:2] != cases[two][:2] or cases[one][0] < 0:
        return False
    low, high = sorted((cases[one][2], cases[two][2]))
    hours = sorted(h for p, a, h in cases if (p, a) == cases[one][:2] and low <= h <= high)
    return all(b - a <= RULES.bulk_hours for a, b in pairwise(hours))


@given(
    pairs=st.lists(st.tuples(st.integers(0, 40), st.floats(0.5, 20)), min_size=2, max_size=7),
    penalty=st.sampled_from([0.0, 2.0]),
)
def test_the_best_values_of_a_dimension_are_those_of_trying_all_subsets(
    pairs: list[tuple[int, float]], penalty: float
) -> None:
    count = np.array([c for c, _ in pairs], dtype=np.float64)
    expected = np.array([e for _, e in pairs])
    _, score = best_values(count, expected, penalty)
    tried = []
    for chosen in product([False, True], repeat=len(pairs)):
        mask = np.array(chosen)
        cost = 0 if mask.all() else penalty * mask.sum()
        if mask.any():
            tried.append(float(poisson_llr(count[mask].sum(), expected[mask].sum())) - cost)
    assert score <= max(tried) + 1e-9
    assert score >= max(tried) - 0.02


@settings(max_examples=25)
@given(seed=SEEDS)
def test_a_group_of_values_that_rises_is_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    expected = rng.uniform(4, 12, (8, 6))
    chosen = (rng.permutation(8) < 3, rng.permutation(6) < 2)
    rate = np.where(np.outer(*chosen), 5.0, 1.0)
    found = best_subset(rng.poisson(expected * rate).astype(np.float64), expected, RULES)
    assert [m.tolist() for m in found.chosen] == [m.tolist() for m in chosen]
