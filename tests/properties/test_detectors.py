"""What every surge detector keeps whatever the counts are."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from core.risk.alarms import Alarms, Reason
from core.risk.cusum import cusum
from core.risk.detector_settings import FarringtonSettings, Quantile, Threshold, detectors
from core.risk.ears import ears_c1, ears_c2, ears_c3
from core.risk.farrington import base_weeks, farrington
from core.stats.arrays import Ints
from tests.support.published import EARS, FLEXIBLE, ORIGINAL

MONDAY = date(2020, 1, 6)
WEEKS = 52 * 3 + 20
DESK = detectors()
YEARLY = {
    "original": ORIGINAL,
    "published flexible": FLEXIBLE,
    "flexible": DESK.farrington_flexible,
    "muan": DESK.farrington_flexible.model_copy(update={"threshold": Threshold.MUAN}),
}


def weekly(how: FarringtonSettings) -> Callable[[Ints], Alarms]:
    return lambda counts: farrington(counts, MONDAY, how, since=max(counts.size - 3, 0))


def drift(counts: Ints) -> Alarms:
    return cusum(counts, np.full(counts.shape, 4.0), DESK.cusum, dispersion=0.1).alarms


DETECTORS: dict[str, Callable[[Ints], Alarms]] = {
    "c1": lambda counts: ears_c1(counts, DESK.ears),
    "c2": lambda counts: ears_c2(counts, DESK.ears),
    "c3": lambda counts: ears_c3(counts, DESK.ears),
    "published c2": lambda counts: ears_c2(counts, EARS),
    "cusum": drift,
    **{name: weekly(how) for name, how in YEARLY.items()},
}
every_detector = pytest.mark.parametrize("judge", DETECTORS.values(), ids=DETECTORS.keys())


@st.composite
def series(draw: st.DrawFn, least: int = WEEKS, most: int = WEEKS) -> Ints:
    """Quiet counts with a few leaps; seeds are cheaper to shrink than two hundred numbers."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mean = draw(st.sampled_from([0.05, 0.5, 3.0, 30.0]))
    counts = rng.poisson(mean, draw(st.integers(least, most)))
    for place in draw(st.lists(st.integers(0, least - 1), max_size=4)):
        counts[place] += draw(st.integers(0, 200))
    return counts.astype(np.int64)


@every_detector
@settings(max_examples=25)
@given(counts=series(), more=st.integers(1, 300))
def test_more_cases_today_never_end_an_alarm(
    judge: Callable[[Ints], Alarms], counts: Ints, more: int
) -> None:
    before = judge(counts)
    raised = counts.copy()
    raised[-1] += more
    after = judge(raised)
    assert after.alarm[-1] >= before.alarm[-1]
    assert after.expected[-1] == pytest.approx(before.expected[-1], nan_ok=True)
    if before.can_say[-1]:
        assert after.score[-1] >= before.score[-1]


@every_detector
@pytest.mark.parametrize("level", [0, 1, 2, 3, 4])
def test_a_constant_series_never_alarms(judge: Callable[[Ints], Alarms], level: int) -> None:
    assert not judge(np.full(WEEKS, level, dtype=np.int64)).alarm.any()


@pytest.mark.parametrize("how", YEARLY.values(), ids=YEARLY.keys())
def test_a_constant_series_of_many_cases_never_alarms(how: FarringtonSettings) -> None:
    for level in (10, 1_000, 100_000):
        told = weekly(how)(np.full(WEEKS, level, dtype=np.int64))
        assert not told.alarm.any()
        assert told.expected[-1] == pytest.approx(level)


@every_detector
@settings(max_examples=25)
@given(counts=series())
def test_no_alarm_where_the_detector_cannot_say(
    judge: Callable[[Ints], Alarms], counts: Ints
) -> None:
    told = judge(counts)
    assert not (told.alarm & ~told.can_say).any()
    assert np.isnan(told.expected[~told.can_say]).all()
    assert np.isfinite(told.expected[told.can_say]).all()
    assert (told.score[told.alarm] > 0).all()


@pytest.mark.parametrize(
    ("name", "longest"), [("c1", 7), ("c2", 9), ("c3", 11), *((n, 159) for n in YEARLY)]
)
def test_a_short_history_is_said_and_gives_no_alarm(name: str, longest: int) -> None:
    for size in (0, 1, longest - 1, longest):
        counts = np.ones(size, dtype=np.int64)
        counts[-1:] = 500
        told = DETECTORS[name](counts)
        assert not told.alarm.any()
        assert (told.reason == Reason.SHORT_HISTORY).all()


@pytest.mark.parametrize("how", YEARLY.values(), ids=YEARLY.keys())
def test_a_series_that_never_had_a_case_is_new_and_no_surge(how: FarringtonSettings) -> None:
    counts = np.zeros(WEEKS, dtype=np.int64)
    counts[-1] = 50
    told = weekly(how)(counts)
    assert not told.alarm.any()
    assert told.reason[-1] == Reason.NO_CASES_BEFORE


def test_few_cases_are_judged_quiet_and_say_so() -> None:
    counts = np.zeros(WEEKS, dtype=np.int64)
    counts[5::13] = 1
    counts[-4:] = [0, 0, 0, 4]
    told = weekly(FLEXIBLE)(counts)
    assert (told.alarm[-1], told.reason[-1]) == (False, Reason.FEW_CASES)
    counts[-1] = 5
    assert weekly(FLEXIBLE)(counts).alarm[-1]


def test_a_confirmed_surge_that_is_left_out_is_no_base() -> None:
    rng = np.random.default_rng(3)
    quiet = rng.poisson(6.0, WEEKS).astype(np.int64)
    surged = quiet.copy()
    past = slice(WEEKS - 54, WEEKS - 51)
    surged[past] = 400
    marked = np.zeros(WEEKS, dtype=bool)
    marked[past] = True
    how = DESK.farrington_flexible
    without, with_it = (
        farrington(c, MONDAY, how, since=WEEKS - 1, left_out=marked).upper for c in (quiet, surged)
    )
    assert with_it == pytest.approx(without)


def test_a_week_whose_whole_base_is_left_out_cannot_be_judged() -> None:
    counts = np.full(WEEKS, 6, dtype=np.int64)
    everything = np.ones(WEEKS, dtype=bool)
    for how in YEARLY.values():
        told = farrington(counts, MONDAY, how, since=WEEKS - 1, left_out=everything)
        assert told.reason.tolist() == [Reason.SHORT_HISTORY]


def test_a_season_that_never_had_a_case_is_judged_by_the_year() -> None:
    counts = np.ones(WEEKS, dtype=np.int64)
    how = DESK.farrington_flexible
    last = WEEKS - 1
    base = base_weeks(MONDAY, last, how)
    assert base is not None
    counts[base.weeks[base.levels == how.seasons]] = 0
    counts[last] = 5
    told = farrington(counts, MONDAY, how, since=last)
    assert 0.4 < told.expected[0] < 1.2
    assert told.alarm[0]


def test_a_week_that_begins_on_a_leap_day_has_its_base() -> None:
    leap_day = date(2024, 2, 29)
    first_on = leap_day - timedelta(days=7 * 200)
    base = base_weeks(first_on, 200, ORIGINAL)
    assert base is not None
    middles = [first_on + timedelta(days=7 * int(w)) for w in base.weeks[3::7]]
    assert middles == [
        date(2021, 3, 4),
        date(2022, 3, 3),
        date(2023, 3, 2),
    ]


def test_one_case_after_a_quiet_week_is_no_surge_for_the_desk() -> None:
    counts = np.array([0] * 9 + [1], dtype=np.int64)
    assert ears_c1(counts, EARS).alarm[-1]
    assert not ears_c1(counts, DESK.ears).alarm[-1]
    counts[-1] = 4
    assert ears_c2(counts, DESK.ears).alarm[-1]


@settings(max_examples=50)
@given(counts=series(12, 40))
def test_ears_equals_its_rule_of_one_period(counts: Ints) -> None:
    z = statistics.NormalDist().inv_cdf(1 - EARS.alpha)
    for lag, told in ((0, ears_c1(counts, EARS)), (2, ears_c2(counts, EARS))):
        for period in range(7 + lag, counts.size):
            past = counts[period - lag - 7 : period - lag].tolist()
            upper = statistics.fmean(past) + z * statistics.stdev(past)
            assert told.upper[period] == pytest.approx(upper, abs=1e-9)


@given(counts=series(20, 40))
def test_series_side_by_side_are_judged_as_each_alone(counts: Ints) -> None:
    other = counts[::-1].copy()
    for judge in (ears_c1, ears_c2, ears_c3):
        both = judge(np.stack([counts, other]), DESK.ears)
        for row, alone in enumerate((judge(counts, DESK.ears), judge(other, DESK.ears))):
            assert both.alarm[row].tolist() == alone.alarm.tolist()


def test_student_bounds_are_wider_than_normal_ones() -> None:
    counts = np.arange(20, dtype=np.int64) % 5
    student = EARS.model_copy(update={"quantile": Quantile.STUDENT})
    wide, narrow = ears_c2(counts, student).upper[9:], ears_c2(counts, EARS).upper[9:]
    assert (wide > narrow).all()


@settings(max_examples=50)
@given(
    start=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    week=st.integers(170, 320),
    name=st.sampled_from(list(YEARLY)),
)
def test_the_base_is_the_same_season_of_the_years_before(start: date, week: int, name: str) -> None:
    how = YEARLY[name]
    base = base_weeks(start, week, how)
    assert base is not None
    assert base.weeks.max() < week - how.skip_weeks
    season = base.weeks[base.levels == how.seasons]
    assert season.size == how.years * (2 * how.half_window + 1)
    today = start + timedelta(days=7 * week)
    for past in season.tolist():
        age = (today - (start + timedelta(days=7 * past))).days
        assert abs(age - round(age / 365.25) * 365.25) <= 7 * how.half_window + 5
    if how.seasons > 1:
        assert np.array_equal(base.weeks, np.arange(base.weeks[0], week - how.skip_weeks))
        assert set(base.levels.tolist()) == set(range(1, how.seasons + 1))


@settings(max_examples=50)
@given(counts=series(5, 60), more=st.integers(1, 50), place=st.integers(0, 4))
def test_a_cusum_never_falls_by_more_cases(counts: Ints, more: int, place: int) -> None:
    expected = np.full(counts.shape, 3.0)
    raised = counts.copy()
    raised[place] += more
    low, high = cusum(counts, expected, DESK.cusum), cusum(raised, expected, DESK.cusum)
    assert (high.total >= low.total).all()
    assert (high.alarms.alarm >= low.alarms.alarm).all()


@settings(max_examples=50)
@given(counts=series(5, 60))
def test_a_cusum_says_since_when_it_has_grown(counts: Ints) -> None:
    told = cusum(counts, np.full(counts.shape, 3.0), DESK.cusum)
    assert ((told.since >= 0) == (told.total > 0)).all()
    for period in np.flatnonzero(told.alarms.alarm).tolist():
        begun = int(told.since[period])
        assert (told.total[begun : period + 1] > 0).all()
        assert begun == 0 or told.total[begun - 1] == 0


def test_a_cusum_waits_where_the_expectation_is_not_known() -> None:
    counts = np.array([4, 9, 9, 9, 9, 9], dtype=np.int64)
    expected = np.array([4.0, np.nan, np.nan, 0.0, 4.0, 4.0])
    told = cusum(counts, expected, DESK.cusum)
    assert told.total[1] == told.total[2] == told.total[3] == told.total[0]
    assert told.alarms.reason.tolist() == [
        Reason.JUDGED,
        Reason.SHORT_HISTORY,
        Reason.SHORT_HISTORY,
        Reason.NO_CASES_BEFORE,
        Reason.JUDGED,
        Reason.JUDGED,
    ]
    nothing = cusum(counts, np.full(6, np.nan), DESK.cusum)
    assert not nothing.alarms.alarm.any()
    assert not nothing.alarms.can_say.any()


def test_a_small_lasting_rise_is_found_by_the_cusum_alone() -> None:
    counts = np.array([10, 9, 11, 10, 8, 11, 10, 9, 10, 12, 11, 9, 15, 16, 14, 15, 16, 15, 15])
    told = cusum(counts, np.full(counts.shape, 10.0), DESK.cusum)
    assert told.alarms.alarm[-1]
    assert told.since[-1] == 12
    assert not ears_c1(counts, DESK.ears).alarm[13:].any()


def test_counts_that_are_none_are_refused() -> None:
    with pytest.raises(BadInput):
        ears_c1(np.array([1, -1]), EARS)
    with pytest.raises(BadInput):
        ears_c1(np.array([1.5, 2.0]), EARS)
    with pytest.raises(BadInput):
        cusum(np.array([1, 2]), np.array([1.0]), DESK.cusum)
