"""Drawn quiet weeks and surges at a fixed seed; limits are binomial ones for the runs made here.

The full size runs in ``tests/prove/prove_scan.py``.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import binom

from core.risk.scan import prepare, scan, slice_of
from core.risk.scan_rules import scan_rules
from tests.support.scan_worlds import SMALL, alarms, quiet_cases, with_surge

QUIET_WEEKS = 80
SURGES = 80
UNLIKELY = 0.001


def test_quiet_weeks_raise_no_more_alarms_than_stated() -> None:
    raised = alarms(quiet_cases(SMALL, 104 + QUIET_WEEKS, np.random.default_rng(11)), 104)
    assert len(raised) == QUIET_WEEKS
    assert sum(raised) <= binom.ppf(1 - UNLIKELY, QUIET_WEEKS, scan_rules().alarm_rate)


def test_threefold_surges_of_twenty_and_more_are_found_with_their_slice() -> None:
    rng = np.random.default_rng(12)
    ready = prepare(quiet_cases(SMALL, 105, rng), scan_rules())
    expected = ready.calibration.share * ready.cube.totals[-1]
    places = np.flatnonzero((expected >= 20) & (expected < 120))
    found = exact = 0
    for position in rng.choice(places, SURGES).tolist():
        findings = scan(with_surge(ready, position, 3, rng)).findings
        found += bool(findings)
        exact += bool(findings) and findings[0].slice == slice_of(ready.cube, position)
    assert found >= binom.ppf(UNLIKELY, SURGES, 0.95)
    assert exact >= binom.ppf(UNLIKELY, SURGES, 0.90)
