"""What the past weeks say about chance: dispersion of each slice and the threshold of the maximum.

Expectations are conditional (share before × total of the week), so that a rise of everything, a
holiday or a season cancels; past weeks are judged exactly as this one is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.risk.cube import Cube
from core.risk.gumbel import Gumbel, fit_gumbel
from core.risk.scan_rules import ScanRules
from core.risk.scores import poisson_llr
from core.stats.arrays import Floats

AT_ONCE = 512


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """Dispersion and share of each slice, the past weekly maxima and the threshold they give.

    Without enough weeks there is no law and no threshold.
    """

    dispersion: Floats
    share: Floats
    maxima: Floats
    law: Gumbel | None
    threshold: float


def calibrate(cube: Cube, rules: ScanRules) -> Calibration:
    """Score every past week that has a baseline as if it were this one."""
    weeks = cube.cases.usable_weeks()
    share = cube.counts[:, cube.baseline].sum(axis=1) / max(1, cube.totals[cube.baseline].sum())
    if len(weeks) - rules.least_baseline_weeks < rules.least_calibration_weeks:
        empty = np.empty(0)
        return Calibration(np.ones(len(share)), share, empty, None, float("inf"))
    count = cube.counts[:, weeks].astype(np.float64)
    expected = past_expectations(count, cube.totals[weeks].astype(np.float64), rules)
    count = count[:, rules.least_baseline_weeks :]
    prior = _prior(count, expected, rules)
    maxima, dispersion = np.zeros(count.shape[1]), np.ones(len(count))
    # A few slices at a time stay in the cache of the processor, which is most of the speed.
    for first in range(0, len(count), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        score, dispersion[part] = _scores(count[part], expected[part], prior[part], rules)
        maxima = np.maximum(maxima, score.max(axis=0, initial=0))
    law = fit_gumbel(maxima)
    return Calibration(dispersion, share, maxima, law, law.exceeded_by(rules.alarm_rate))


def _scores(
    count: Floats, expected: Floats, prior: Floats, rules: ScanRules
) -> tuple[Floats, Floats]:
    """Score of each slice in each past week, and its dispersion over all of them."""
    squared = np.minimum((count - expected) ** 2 / np.maximum(expected, 1), rules.residual_cap)
    summed = squared.sum(axis=1, keepdims=True)
    dispersion = _shrunk(summed, prior, squared.shape[1], rules)[:, 0]
    score = np.zeros(count.shape)
    above = (count > expected) & (expected >= 1)
    raised = poisson_llr(count[above], expected[above])
    # A week's own residual must not excuse it, as this week's does not excuse this week.
    others = _shrunk(summed - squared, prior, squared.shape[1] - 1, rules)
    score[above] = raised / others[above]
    return score, dispersion


def past_expectations(count: Floats, totals: Floats, rules: ScanRules) -> Floats:
    """Share in the weeks before × total of the week, from the first week with enough before it."""
    weeks = np.arange(rules.least_baseline_weeks, count.shape[1])
    start = np.maximum(0, weeks - rules.baseline_weeks)
    summed = np.cumsum(count, axis=1)
    summed = np.concatenate([np.zeros((len(count), 1)), summed], axis=1)
    whole = np.concatenate([[0.0], np.cumsum(totals)])
    before = np.maximum(1.0, whole[weeks] - whole[start])
    found: Floats = (summed[:, weeks] - summed[:, start]) * (totals[weeks] / before)
    return found


def _prior(count: Floats, expected: Floats, rules: ScanRules) -> Floats:
    """1 + a·E with the a that all slices and weeks together show, by moments."""
    capped = np.minimum((count - expected) ** 2, rules.residual_cap * expected)
    over = float((capped - expected).sum() / max(1e-9, (expected**2).sum()))
    found: Floats = 1 + max(0.0, over) * expected.mean(axis=1, keepdims=True)
    return found


def _shrunk(squared: Floats, prior: Floats, weeks: int, rules: ScanRules) -> Floats:
    weight = rules.dispersion_prior_weeks
    return np.maximum(1.0, (weight * prior + squared) / (weight + weeks))
