"""The weekly headline: which detector speaks for a series, and what a drift is."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from core.risk.detector_settings import detectors
from core.risk.headline import Detector, Headline, headlines
from core.risk.scan_rules import scan_rules
from core.risk.weeked_cases import Dimension, Ints, WeekedCases
from core.risk.weeks import Weeks

FIRST = date(2022, 1, 3)


def judged(counts: dict[str, Ints]) -> dict[str | None, Headline]:
    """Rows by value for series of one length."""
    weeks = len(next(iter(counts.values())))
    codes = [np.repeat(np.full(weeks, at), row) for at, row in enumerate(counts.values())]
    week = [np.repeat(np.arange(weeks), row) for row in counts.values()]
    by = Dimension("abuse_type", tuple(counts), np.concatenate(codes).astype(np.int64))
    cases = WeekedCases((by,), np.concatenate(week).astype(np.int64), weeks)
    mondays = [FIRST + timedelta(weeks=at) for at in range(weeks)]
    number = np.arange(weeks, dtype=np.float64)
    at = Weeks(number, (number * 7 % 365.25) / 365.25, np.ones(weeks))
    rows = headlines(cases, by, mondays, at, scan_rules(), detectors())
    return {row.value: row for row in rows}


def quiet(weeks: int, mean: float, seed: int = 1) -> Ints:
    return np.random.default_rng(seed).poisson(mean, weeks).astype(np.int64)


def test_a_long_history_is_judged_by_farrington_and_a_young_one_by_ears() -> None:
    assert judged({"spam": quiet(170, 30)})["spam"].detector is Detector.FARRINGTON
    young = judged({"spam": quiet(60, 30)})["spam"]
    assert (young.detector, young.can_say) == (Detector.EARS, True)


def test_a_week_far_above_its_bound_alarms_and_stands_right_after_the_total() -> None:
    loud = quiet(60, 20)
    loud[-1] = 90
    found = judged({"calm": quiet(60, 20, 2), "loud": loud})
    assert list(found) == [None, "loud", "calm"]
    assert found["loud"].alarm
    assert not found["calm"].alarm
    assert found[None].count == sum(found[name].count for name in ("loud", "calm"))


def test_a_small_rise_that_lasts_is_a_drift_that_no_single_week_shows() -> None:
    rising = quiet(90, 30)
    rising[-8:] = 44
    found = judged({"calm": quiet(90, 30, 2), "rising": rising})
    drift = found["rising"].drift
    assert drift is not None
    assert drift.alarm
    assert drift.count == int(rising[drift.since :].sum())
    assert drift.expected < drift.count
    calm = found["calm"].drift
    assert calm is None or not calm.alarm


def test_without_a_week_before_there_is_no_headline() -> None:
    assert judged({"spam": quiet(1, 20)}) == {}
