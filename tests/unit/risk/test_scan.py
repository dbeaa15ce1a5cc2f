"""The scan against the naive telling of it, and what it says about the edges of a week."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.errors import BadInput
from core.risk.calibration import calibrate
from core.risk.cube import make_cube
from core.risk.finding import Condition, sentence
from core.risk.scan import Prepared, prepare, scan, scan_week, slice_of
from core.risk.scan_rules import ScanRules, scan_rules
from core.risk.search import Search
from core.risk.weeked_cases import Dimension, WeekedCases, find_new_values, part_new_values
from tests.support.scan_oracle import Key, explained, ratio, tell
from tests.support.scan_worlds import SMALL, World, quiet_cases, with_surge

TINY = World((("abuse_type", 3), ("channel", 3), ("market", 3), ("tier", 2)), 60)
FEW_WEEKS = {"baseline_weeks": 10, "least_baseline_weeks": 6, "least_calibration_weeks": 12}


def rules(**changes: object) -> ScanRules:
    return scan_rules().model_copy(update=changes)


@cache
def ready(seed: int = 5) -> Prepared:
    return prepare(quiet_cases(SMALL, 105, np.random.default_rng(seed)), rules())


def tiny(seed: int) -> WeekedCases:
    """Few cases of few weeks, some values unknown, one week left out."""
    rng = np.random.default_rng(seed)
    cases = quiet_cases(TINY, 24, rng)
    dimensions = tuple(
        replace(d, codes=np.where(rng.random(len(d.codes)) < 0.05, -1, d.codes))
        for d in cases.dimensions
    )
    return replace(cases, dimensions=dimensions, left_out=frozenset({int(rng.integers(23))}))


def key(ready_: Prepared, position: int) -> Key:
    return tuple((c.dimension, c.value) for c in slice_of(ready_.cube, position))


def surged(expected: float, ratio_: float = 3, seed: int = 1) -> tuple[Prepared, int]:
    """A quiet week with a surge in the slice of two conditions nearest to an expectation."""
    quiet = ready()
    share = quiet.calibration.share * quiet.cube.totals[-1]
    two = (quiet.cube.slices >= 0).sum(axis=1) == 2
    position = int(np.argmin(np.where(two, np.abs(share - expected), np.inf)))
    return with_surge(quiet, position, ratio_, np.random.default_rng(seed)), position


@pytest.mark.parametrize("seed", range(4))
def test_slices_expectations_dispersions_and_maxima_are_those_of_the_naive_telling(
    seed: int,
) -> None:
    few = rules(**FEW_WEEKS)
    cases = tiny(seed)
    cube = make_cube(cases, few)
    calibration = calibrate(cube, few)
    told = tell(cases, few)
    found = Prepared(cube, calibration, few, cases, find_new_values(cases, few))
    keys = [key(found, at) for at in range(len(cube.slices))]
    assert sorted(keys) == sorted(told.counts)
    assert [cube.counts[at].tolist() for at in range(len(keys))] == [told.counts[k] for k in keys]
    expected = Search(cube, calibration, few).expected
    assert expected.tolist() == pytest.approx([told.expected[k] for k in keys])
    assert calibration.dispersion.tolist() == pytest.approx([told.dispersion[k] for k in keys])
    assert calibration.maxima.tolist() == pytest.approx(told.maxima)


@pytest.mark.parametrize("seed", range(3))
def test_winner_and_expectations_after_it_are_those_of_the_naive_telling(seed: int) -> None:
    few = rules(**FEW_WEEKS, alarm_rate=0.49, most_findings=1)
    cases = tiny(seed)
    cube = make_cube(cases, few)
    calibration = replace(calibrate(cube, few), threshold=0.5)
    told = tell(cases, few)
    found_of = Prepared(cube, calibration, few, cases, find_new_values(cases, few))
    keys = [key(found_of, at) for at in range(len(cube.slices))]
    score = {k: ratio(told.counts[k][-1], told.expected[k]) / told.dispersion[k] for k in keys}
    top = max(keys, key=lambda k: score[k])
    kin = [k for k in keys if set(k) <= set(top) or set(top) <= set(k)]
    raw = {k: ratio(told.counts[k][-1], told.expected[k]) for k in kin}
    margin = {k: raw[k] + few.kin_margin * len(k) for k in kin if raw[k]}
    search = Search(cube, calibration, few)
    (found,) = search.run(1)
    assert margin[keys[found.position]] == pytest.approx(max(margin.values()))
    assert found.score == pytest.approx(score[top])
    after = explained(told, cube.baseline.tolist(), keys[found.position])
    assert search.expected.tolist() == pytest.approx([after[k] for k in keys])


def test_a_planted_surge_is_the_only_finding_with_its_slice_and_sentence() -> None:
    week, position = surged(25)
    (finding,) = scan(week).findings
    assert finding.slice == slice_of(week.cube, position)
    assert finding.count == int(week.cube.counts[position, -1])
    assert finding.count == int(
        (week.cube.members(week.cube.cases, position) & week.cube.cases.this_week).sum()
    )
    told = sentence(finding, week.rules)
    names = [c.value for c in finding.slice]
    assert all(f"*{name}*" in told for name in names)
    assert f": {finding.count} against {finding.expected:.0f} expected" in told
    assert "about 1 false alarm in 20 quiet weeks" in told
    assert finding.chance_share < week.rules.alarm_rate


def test_kin_of_a_finding_is_folded_under_it() -> None:
    week, _ = surged(40, 4)
    (finding,) = scan(week).findings
    assert finding.related
    assert {r.kin for r in finding.related} <= {"parent", "child", "overlap"}
    for related in finding.related:
        if related.kin == "child":
            assert set(finding.slice) < set(related.slice)
        elif related.kin == "parent":
            assert set(related.slice) < set(finding.slice)


def test_two_surges_are_two_findings() -> None:
    once, first = surged(30)
    apart = ~np.isin(np.arange(len(once.cube.slices)), first)
    for at in range(once.cube.slices.shape[1]):
        fixed = once.cube.slices[first, at]
        apart &= (fixed < 0) | ((once.cube.slices[:, at] >= 0) & (once.cube.slices[:, at] != fixed))
    expected = once.calibration.share * once.cube.totals[-1]
    second = int(np.argmin(np.where(apart, np.abs(expected - 30), np.inf)))
    twice = with_surge(once, second, 3, np.random.default_rng(2))
    found = {f.slice for f in scan(twice).findings}
    assert found == {slice_of(twice.cube, first), slice_of(twice.cube, second)}


def test_a_rise_of_everything_is_no_finding() -> None:
    quiet = ready()
    rows = np.arange(len(quiet.cube.cases.week))
    rows = np.concatenate([rows, np.flatnonzero(quiet.cube.cases.week == 50)])
    week = quiet.cube.cases.week[rows]
    week[len(quiet.cube.cases.week) :] = 104
    dimensions = tuple(replace(d, codes=d.codes[rows]) for d in quiet.cube.cases.dimensions)
    doubled = replace(quiet.cube.cases, dimensions=dimensions, week=week)
    result = scan_week(doubled, rules())
    assert result.total > 1.6 * result.usual_total
    assert result.findings == ()


def test_the_share_of_the_excess_is_all_of_it_when_nothing_else_rises() -> None:
    week, position = surged(25)
    extra = week.cube.totals[-1] - ready().cube.totals[-1]
    usual = np.full(len(week.cube.totals), week.cube.totals[-1] - extra)
    usual[-1] = week.cube.totals[-1]
    exact = replace(week, cube=replace(week.cube, totals=usual))
    (finding,) = scan(exact).findings
    assert finding.slice == slice_of(week.cube, position)
    assert finding.explained_share == pytest.approx(1, abs=0.25)  # the slice's own noise
    told = replace(finding, explained_share=0.78)
    assert sentence(told, week.rules).endswith("; explains 78 % of this week's excess")
    whole = replace(finding, explained_share=1.2)
    assert sentence(whole, week.rules).endswith("; explains all of this week's excess")


def test_a_week_below_the_usual_has_no_excess_to_explain() -> None:
    week, _ = surged(25)
    more = week.cube.totals * 2
    more[-1] = week.cube.totals[-1]
    found = scan(replace(week, cube=replace(week.cube, totals=more))).findings
    assert all(f.explained_share is None for f in found)
    assert "excess" not in "".join(sentence(f, week.rules) for f in found)


def test_too_little_history_gives_the_reason_and_no_findings() -> None:
    cases = quiet_cases(SMALL, 40, np.random.default_rng(3))
    result = scan_week(cases, rules())
    assert result.findings == ()
    assert result.coverage.why_not == "39 usable weeks of history, 76 are needed"


def test_an_empty_week_is_no_finding_and_no_fault() -> None:
    cases = ready().cube.cases
    result = scan_week(replace(cases, weeks=cases.weeks + 1), rules())
    assert (result.total, result.findings, result.rare) == (0, (), ())


def test_columns_of_different_lengths_are_a_fault_of_ours() -> None:
    cases = ready().cube.cases
    with pytest.raises(ValueError, match="one length"):
        replace(cases, week=cases.week[1:])


def test_weeks_left_out_give_neither_maxima_nor_expectation() -> None:
    cases = ready().cube.cases
    without = prepare(replace(cases, left_out=frozenset({60, 61})), rules())
    assert len(without.calibration.maxima) == len(ready().calibration.maxima) - 2
    assert not {60, 61} & set(without.cube.baseline.tolist())


def test_a_value_without_history_is_listed_apart_and_not_scanned() -> None:
    cases = ready().cube.cases
    market = cases.dimensions[2]
    now = np.flatnonzero(cases.this_week)[:40]
    codes = market.codes.copy()
    codes[now] = len(market.values)
    grown = replace(market, values=(*market.values, "new land"), codes=codes)
    told = replace(cases, dimensions=(*cases.dimensions[:2], grown, *cases.dimensions[3:]))
    result = scan_week(told, rules())
    assert [(n.dimension, n.value, n.count) for n in result.new_values] == [
        ("market", "new land", 40)
    ]
    assert result.total == int(cases.this_week.sum()) - 40
    assert result.findings == ()


def test_known_values_that_never_met_are_listed_as_rare() -> None:
    quiet = ready()
    cases = quiet.cube.cases
    places = {d.name: at for at, d in enumerate(cases.dimensions)}
    group = (places["abuse_type"], places["channel"])
    seen = quiet.cube.seen[group].reshape(quiet.cube.sizes(group))[:-1, :-1]
    abuse, channel = np.unravel_index(int(seen.argmin()), seen.shape)
    now = np.flatnonzero(cases.this_week)[:30]
    codes = {group[0]: int(abuse), group[1]: int(channel)}
    dimensions = list(cases.dimensions)
    for at, code in codes.items():
        changed = dimensions[at].codes.copy()
        changed[now] = code
        dimensions[at] = replace(dimensions[at], codes=changed)
    result = scan_week(replace(cases, dimensions=tuple(dimensions)), rules(scanned_from_expected=8))
    told = [r.slice for r in result.rare] + [f.slice for f in result.findings]
    wanted = {
        Condition("abuse_type", cases.dimensions[group[0]].values[int(abuse)]),
        Condition("channel", cases.dimensions[group[1]].values[int(channel)]),
    }
    assert any(wanted <= set(slice_) for slice_ in told)


def test_values_that_expect_too_few_are_named_as_not_detectable() -> None:
    result = scan(ready())
    assert result.not_detectable == () or all(
        0 < small.expected < rules().detectable_from_expected for small in result.not_detectable
    )
    strict = scan(replace(ready(), rules=rules(detectable_from_expected=40)))
    assert len(strict.not_detectable) > len(result.not_detectable)
    assert strict.coverage.too_small > result.coverage.too_small


def test_a_bulk_submission_is_told_as_incidents_and_does_not_stand() -> None:
    week, position = surged(25, 4)
    cases = week.cube.cases
    incident = np.arange(len(cases.week))
    added = len(ready().cube.cases.week)
    incident[added:] = added  # the whole surge is one submission
    bulk = replace(week, cube=replace(week.cube, cases=replace(cases, incident=incident)))
    (finding,) = scan(bulk).findings
    assert finding.slice == slice_of(week.cube, position)
    assert finding.incidents is not None
    assert finding.incidents.count == finding.count - (len(cases.week) - added) + 1
    assert not finding.incidents.stands
    assert f"{finding.incidents.count} distinct incidents" in sentence(finding, week.rules)


def test_an_earlier_week_can_be_looked_at_again() -> None:
    cases = ready().cube.cases
    assert scan_week(cases.until(90), rules()).total == int((cases.week == 90).sum())


def test_a_slice_that_is_the_same_cases_as_its_parent_is_not_scanned_twice() -> None:
    cases = ready().cube.cases
    only_one = Dimension("platform", ("one",), np.zeros(len(cases.week), dtype=np.int64))
    wider = replace(cases, dimensions=(*cases.dimensions, only_one))
    assert len(make_cube(wider, rules()).slices) == len(make_cube(cases, rules()).slices)


def test_too_many_combinations_are_refused_with_the_way_out() -> None:
    with pytest.raises(BadInput, match="group the values"):
        make_cube(ready().cube.cases, rules(most_cells=100))


def test_new_values_are_those_that_hardly_a_week_has_seen() -> None:
    week = np.repeat(np.arange(30), 4)
    codes = np.zeros(len(week), dtype=np.int64)
    codes[[1, 5, 9]] = 1  # in three weeks
    codes[[2, 6, 10, 14]] = 2  # in four
    codes[-3:] = [1, 2, -1]
    one = WeekedCases((Dimension("market", ("A", "B", "C"), codes),), week, 30)
    kept, new = part_new_values(one, rules(new_value_cases=1))
    assert [(n.value, n.count) for n in new] == [("B", 1)]
    assert set(kept.dimensions[0].codes.tolist()) == {0, 2, -1}
