"""Shifts of log-odds: pulled towards none by what all groups say, far ones kept."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from core.stats.odds_shift import Shares, evidence, fit_shifts, shift_posterior


def groups(shifts: np.ndarray, size: int, seed: int = 5) -> Shares:
    rng = np.random.default_rng(seed)
    share = expit(logit(0.25) + shifts)
    totals = np.full(len(shifts), float(size))
    return Shares(rng.binomial(size, share).astype(np.float64), totals, np.full(len(shifts), 0.25))


def test_groups_that_do_not_move_are_pulled_to_what_was_expected() -> None:
    quiet = groups(np.zeros(200), 50)
    post = shift_posterior(quiet, fit_shifts(quiet))
    assert np.abs(post.mean - 0.25).max() < 0.06
    assert post.above(quiet.expected + 0.08).max() < 0.5


def test_one_far_group_among_many_stays_far() -> None:
    shifts = np.zeros(200)
    shifts[0] = 1.5
    mixed = groups(shifts, 100)
    post = shift_posterior(mixed, fit_shifts(mixed))
    assert post.mean[0] == pytest.approx(expit(logit(0.25) + 1.5), abs=0.1)
    assert post.above(mixed.expected + 0.08)[0] > 0.99


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(9)
    truth = rng.normal(0, 0.5, 2_000)
    seen = groups(truth, 60)
    post = shift_posterior(seen, fit_shifts(seen))
    share = expit(logit(0.25) + truth)
    inside = (post.quantile(0.1) <= share) & (share <= post.quantile(0.9))
    assert inside.mean() == pytest.approx(0.8, abs=0.03)


def test_evidence_is_the_likelihood_ratio_and_only_upwards() -> None:
    shares = Shares(np.array([30.0, 10.0]), np.array([60.0, 60.0]), np.array([0.25, 0.25]))
    up = 30 * np.log(30 / 15) + 30 * np.log(30 / 45)
    assert evidence(shares) == pytest.approx([up, 0.0])


def test_a_rare_share_can_become_a_common_one() -> None:
    hits = np.array([20.0, *np.ones(80)])
    rare = Shares(hits, np.full(81, 60.0), np.full(81, 0.02))
    post = shift_posterior(rare, fit_shifts(rare))
    assert post.quantile(0.1)[0] < 20 / 60 < post.quantile(0.9)[0]
