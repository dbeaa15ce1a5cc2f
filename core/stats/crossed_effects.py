"""A share by several crossed factors at once: logistic, each factor's effects pulled towards none.

How far the effects of a factor spread is learnt from the data (EM on the Laplace approximation).
Rows are groups of cases that are alike in every factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import expit, logit

from core.stats.arrays import Bools, Floats, Ints

FREE_VARIANCE = 4.0  # of an effect that stands for itself: wide on the log-odds
START_VARIANCE = 0.05
LEAST_VARIANCE = 1e-4
MOST_STEP = 2.0
STEPS, STEPS_AGAIN = 8, 2
STILL = 0.02  # change of an effect, or of the logarithm of a variance, that is none


@dataclass(frozen=True, eq=False, slots=True)
class Factor:
    """The level of each row; as many levels as ``size``."""

    codes: Ints
    size: int


@dataclass(frozen=True, eq=False, slots=True)
class Crossed:
    """Effects on the log-odds: an intercept, those of each factor, those of single groups of rows."""

    intercept: float
    effects: tuple[Floats, ...]
    free: Floats
    variances: Floats

    def log_odds(
        self, factors: Sequence[Factor], flags: Sequence[Bools], without: Sequence[int] = ()
    ) -> Floats:
        """Of each row, without the effects of some factors and of groups that are not given."""
        found = np.full(len(factors[0].codes), self.intercept)
        for place, (factor, effects) in enumerate(zip(factors, self.effects, strict=True)):
            if place not in without:
                found += effects[factor.codes]
        for flag, effect in zip(flags, self.free, strict=False):
            found += flag * effect
        return found


def fit_crossed(
    hits: Floats,
    totals: Floats,
    factors: Sequence[Factor],
    flags: Sequence[Bools] = (),
    start: Crossed | None = None,
) -> Crossed:
    """Effects of all factors, and of each flagged group of rows an effect of its own.

    From a fit to begin with the spreads are kept, and a few steps take it to the new groups.
    """
    parts = _Parts(hits, totals, tuple(factors), tuple(flags))
    at, variances = parts.begin(start)
    for _ in range(STEPS if start is None else STEPS_AGAIN):
        eta = parts.log_odds(at)
        mean = expit(eta)
        weight = totals * mean * (1 - mean)
        penalty = parts.penalty(variances)
        slope = parts.collect(hits - totals * mean) - penalty * at
        information = parts.information(weight) + np.diag(penalty)
        if start is None:
            covariance = np.linalg.inv(information)
            move: Floats = covariance @ slope
        else:
            move = np.linalg.solve(information, slope).astype(np.float64)
        at = at + move * min(1.0, MOST_STEP / max(1e-9, float(np.abs(move).max())))
        if start is None:
            before, variances = variances, parts.variances(at, np.diag(covariance))
            is_still = np.abs(np.log(variances / before)).max() < STILL
            if is_still and np.abs(move).max() < STILL:
                break
    return parts.told(at, variances)


@dataclass(frozen=True, eq=False, slots=True)
class _Parts:
    """Where each effect stands in one list: intercept, factors, free ones."""

    hits: Floats
    totals: Floats
    factors: tuple[Factor, ...]
    flags: tuple[Bools, ...]

    @property
    def starts(self) -> list[int]:
        found = [1]
        for factor in self.factors:
            found.append(found[-1] + factor.size)
        return found

    def begin(self, start: Crossed | None) -> tuple[Floats, Floats]:
        if start is None:
            share = (self.hits.sum() + 0.5) / (self.totals.sum() + 1.0)
            at = np.zeros(self.starts[-1] + len(self.flags))
            at[0] = logit(share)
            return at, np.full(len(self.factors), START_VARIANCE)
        more = np.zeros(len(self.flags) - len(start.free))
        at = np.concatenate([[start.intercept], *start.effects, start.free, more])
        return at, start.variances

    def log_odds(self, at: Floats) -> Floats:
        return self.told(at, np.zeros(0)).log_odds(self.factors, self.flags)

    def told(self, at: Floats, variances: Floats) -> Crossed:
        edges = self.starts
        effects = tuple(at[a:b] for a, b in pairwise(edges))
        return Crossed(float(at[0]), effects, at[edges[-1] :], variances)

    def penalty(self, variances: Floats) -> Floats:
        own = [np.full(f.size, 1 / v) for f, v in zip(self.factors, variances, strict=True)]
        return np.concatenate([[0.0], *own, np.full(len(self.flags), 1 / FREE_VARIANCE)])

    def variances(self, at: Floats, inverse: Floats) -> Floats:
        edges, found = self.starts, []
        for a, b in pairwise(edges):
            found.append(max(LEAST_VARIANCE, float((at[a:b] ** 2 + inverse[a:b]).mean())))
        return np.array(found)

    def collect(self, numbers: Floats) -> Floats:
        """Sums over the rows of each effect."""
        sums = [np.bincount(f.codes, numbers, f.size) for f in self.factors]
        own = [float(numbers[flag].sum()) for flag in self.flags]
        return np.concatenate([[numbers.sum()], *sums, own])

    def information(self, weight: Floats) -> Floats:
        edges = self.starts
        found = np.zeros((edges[-1] + len(self.flags),) * 2)
        found[0, :] = found[:, 0] = self.collect(weight)
        for i, one in enumerate(self.factors):
            a = slice(edges[i], edges[i + 1])
            found[a, a] = np.diag(np.bincount(one.codes, weight, one.size))
            for j in range(i):
                other = self.factors[j]
                key = one.codes * other.size + other.codes
                table = np.bincount(key, weight, one.size * other.size)
                b = slice(edges[j], edges[j + 1])
                found[a, b] = table.reshape(one.size, other.size)
                found[b, a] = found[a, b].T
        for k, flag in enumerate(self.flags, start=edges[-1]):
            found[k, :] = found[:, k] = self.collect(np.where(flag, weight, 0.0))
        return found
