"""What a cell is expected to hold, as small histories that a person can follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from core.clock import from_micros
from core.risk.cell_rules import cell_rules
from core.risk.expectation import History, expect
from core.risk.weeks import Weeks, week_windows, weeks_of
from core.stats.arrays import Floats, Ints
from tests.support.heat_worlds import HeatWorld, draw, expectation_of, flat_weeks

RULES = cell_rules().expectation
WEEKS = 156
HOUR_US = 3_600_000_000


def steady(level: float, cells: int = 20, seed: int = 1, weeks: int = WEEKS) -> Ints:
    return np.random.default_rng(seed).poisson(level, (cells, weeks))


def one_row(counts: Ints | Floats, weeks: Weeks | None = None) -> History:
    return History(counts, weeks or flat_weeks(counts.shape[1]), np.zeros(len(counts), np.int64))


def next_week(of: int = WEEKS) -> Weeks:
    return flat_weeks(1, of)


def test_a_steady_cell_is_expected_to_go_on() -> None:
    found = expect(one_row(steady(20.0)), next_week())
    assert found.expected.mean() == pytest.approx(20.0, rel=0.05)
    assert found.pooled_dispersion == pytest.approx(0.0, abs=0.005)
    assert (found.variance > found.expected).all()


def test_the_season_of_the_week_to_come_is_part_of_what_is_expected() -> None:
    weeks = flat_weeks(WEEKS + 26)
    level = 30 * np.exp(0.5 * np.cos(2 * np.pi * weeks.year_share))
    counts = np.random.default_rng(3).poisson(level, (20, WEEKS + 26))
    history = one_row(counts[:, :WEEKS], weeks.part(0, WEEKS))
    found = expect(history, weeks.part(WEEKS)).weekly.mean(axis=0)
    assert found == pytest.approx(level[WEEKS:], rel=0.06)


def test_a_week_with_fewer_open_days_is_expected_to_hold_less() -> None:
    rng = np.random.default_rng(4)
    effort = np.where(np.arange(WEEKS) % 7 == 0, 0.6, 0.85)
    weeks = replace(flat_weeks(WEEKS), effort=effort)
    history = one_row(rng.poisson(40 * effort, (20, WEEKS)), weeks)
    ahead = replace(flat_weeks(2, WEEKS), effort=np.array([0.85, 0.6]))
    full, short = expect(history, ahead).weekly.mean(axis=0)
    assert short / full == pytest.approx(0.6 / 0.85, rel=0.04)


def test_open_days_may_differ_from_cell_to_cell() -> None:
    ahead = replace(next_week(), effort=np.array([[1.0], [0.5]]))
    past = replace(flat_weeks(WEEKS), effort=np.ones((2, WEEKS)))
    counts = np.full((2, WEEKS), 20)
    found = expect(History(counts, past, np.zeros(2, np.int64)), ahead).expected
    assert found[1] / found[0] == pytest.approx(0.5, rel=0.01)


def test_a_campaign_in_the_past_hardly_moves_what_is_expected() -> None:
    calm = steady(20.0)
    campaign = calm.copy()
    campaign[0, 60:66] = 90
    quiet, stirred = (expect(one_row(counts), next_week()) for counts in (calm, campaign))
    assert campaign[0].mean() / calm[0].mean() > 1.12
    assert stirred.expected[0] == pytest.approx(quiet.expected[0], rel=0.03)


@pytest.mark.parametrize("weeks", [1, 10, RULES.least_weeks - 1])
def test_a_history_that_is_too_short_says_so(weeks: int) -> None:
    found = expect(one_row(steady(9.0, weeks=weeks)), next_week(weeks))
    assert not found.enough.any()
    assert np.isnan(found.expected).all()
    assert found.weeks_known.tolist() == [weeks] * 20


def test_a_history_of_half_a_year_has_a_level_but_no_season() -> None:
    weeks = RULES.least_weeks
    found = expect(one_row(steady(9.0, weeks=weeks)), next_week(weeks))
    assert found.enough.all()
    assert found.expected.mean() == pytest.approx(9.0, rel=0.25)


def test_a_cell_that_came_late_is_measured_since_then_only() -> None:
    counts = steady(20.0)
    counts[0, :100] = 0
    counts[1, :140] = 0
    late = np.zeros(20, np.int64)
    late[0], late[1] = 100, 140
    history = replace(one_row(counts), known_from=late)
    found = expect(history, next_week())
    assert found.expected[0] == pytest.approx(20.0, rel=0.15)
    assert found.enough.tolist() == [True, False, *[True] * 18]
    assert found.expected[2:].mean() == pytest.approx(20.0, rel=0.05)
    unaware = expect(one_row(counts), next_week())
    assert found.variance[0] < unaware.variance[0]


def test_a_cell_without_a_case_is_expected_to_hold_next_to_nothing() -> None:
    counts = steady(20.0)
    counts[0] = 0
    found = expect(one_row(counts), next_week())
    assert 0 < found.expected[0] < 0.02
    assert found.variance[0] >= found.expected[0]


def test_cells_with_few_cases_get_the_same_without_a_fit_of_their_own() -> None:
    truth = draw(HeatWorld(rows=20, columns=20, levels=(0.05, 3.0)), (79, 1))
    short = expect(truth.history, truth.ahead)
    full = expect(truth.history, truth.ahead, RULES.model_copy(update={"own_shape_from_events": 0}))
    few = truth.history.counts.sum(axis=1) < RULES.own_shape_from_events
    assert 50 < few.sum() < 350
    apart = np.log(short.expected[few] / full.expected[few])
    told = np.sqrt((full.variance - full.expected)[few]) / full.expected[few]
    assert float(np.abs(apart / told).max()) < 2
    assert float(apart.mean()) == pytest.approx(0.0, abs=0.05)
    error = (short.variance - short.expected)[few] / (full.variance - full.expected)[few]
    assert float(np.median(error)) == pytest.approx(1.0, abs=0.3)


def test_a_heatmap_of_only_few_cases_takes_the_dispersion_on_file() -> None:
    found = expect(one_row(steady(0.05)), next_week())
    assert found.pooled_dispersion == RULES.dispersion_start
    assert found.expected.mean() == pytest.approx(0.05, rel=0.3)
    assert found.enough.all()


def test_weeks_ahead_add_up_and_share_the_error_of_their_mean() -> None:
    found = expect(one_row(steady(20.0)), flat_weeks(4, WEEKS))
    assert found.expected == pytest.approx(found.weekly.sum(axis=1))
    assert (found.variance > found.weekly_variance.sum(axis=1)).all()


def test_the_error_of_the_expectation_is_as_large_as_it_says() -> None:
    world = HeatWorld(rows=20, columns=20)
    truth = draw(world, (77, 1))
    found = expectation_of(truth)
    own = found.variance - found.expected - found.dispersion * found.expected**2
    z = (found.expected - truth.mean) / np.sqrt(own)
    seen = truth.mean > 1
    assert float(np.sqrt((z[seen] ** 2).mean())) == pytest.approx(1.0, abs=0.15)


def test_dispersion_is_found_in_spite_of_seasons_and_levels() -> None:
    found = expectation_of(draw(HeatWorld(), (78, 1)))
    assert found.pooled_dispersion == pytest.approx(0.1, abs=0.01)


def test_whole_weeks_end_where_the_next_begin() -> None:
    at = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)  # a Wednesday
    found = week_windows(at, "Europe/Berlin", 5, running=False)
    assert found.mondays[-1] == date(2026, 11, 9)
    assert found.ends[:-1].tolist() == found.starts[1:].tolist()
    # The clocks went back on 25 October: that week has an hour more.
    lengths = (found.ends - found.starts) // HOUR_US
    assert lengths.tolist() == [168, 169, 168, 168, 168]
    assert found.days == 7


def test_a_running_week_is_compared_with_the_same_part_of_the_weeks_before() -> None:
    at = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
    found = week_windows(at, "Europe/Berlin", 6)
    assert from_micros(int(found.ends[-1])) == at
    assert found.mondays[-1] == date(2026, 11, 16)
    assert found.days == pytest.approx(2 + 16.5 / 24)
    # In summer time the same wall clock is an hour earlier in UTC.
    assert from_micros(int(found.ends[0])) == datetime(2026, 10, 14, 14, 30, tzinfo=UTC)
    assert {(e - s) / HOUR_US for s, e in zip(found.starts, found.ends, strict=True)} == {64.5}


def test_holidays_and_weekends_bring_their_share_of_a_day() -> None:
    windows = week_windows(datetime(2027, 1, 5, tzinfo=UTC), "UTC", 3, running=False)
    plain = weeks_of(windows, 0.4)
    festive = weeks_of(windows, 0.4, {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)})
    assert plain.effort == pytest.approx([(5 + 0.8) / 7] * 3)
    assert festive.effort == pytest.approx([5.8 / 7, (5.8 - 0.6) / 7, (5.8 - 0.6) / 7])
    assert np.diff(plain.number).tolist() == [1.0, 1.0]
    assert (plain.year_share >= 0).all()
    assert (plain.year_share <= 1).all()


def test_a_week_that_has_just_begun_still_has_an_effort() -> None:
    monday = datetime(2026, 11, 16, tzinfo=UTC)
    for after in (timedelta(), timedelta(hours=6)):
        weeks = weeks_of(week_windows(monday + after, "UTC", 4), 0.4)
        assert (weeks.effort > 0).all()
