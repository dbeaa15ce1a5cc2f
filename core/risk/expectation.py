"""What each cell of a heatmap is expected to hold, and how sure that is, from its weekly history.

A negative-binomial baseline: level, trend and week-of-year harmonics per cell, drawn towards those
of all cells together, with the open days of a week as offset. Past excesses count less.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.risk.baseline import Baseline, Problem, baseline_of_each, design_of, shape_of_all
from core.risk.cell_rules import ExpectationRules, cell_rules
from core.risk.shock_rules import shock_rules
from core.risk.shocks import Parted, Past, shocks_of
from core.risk.weeks import Weeks
from core.stats.arrays import Bools, Floats, Ints, Reals, Wholes
from core.stats.log_linear import Series
from core.stats.negative_binomial import predictive_variance


@dataclass(frozen=True, eq=False, slots=True)
class History:
    """Counts of cells × weeks, oldest week first.

    ``rows`` is the heatmap row (0, 1, …) of each cell; ``known_from`` the first week in which the
    cell could have cases at all (0 if omitted). With ``columns`` the shocks that cells share are
    measured as well; where each row is one cell, all are in one column, that of a week.
    """

    counts: Floats | Wholes
    weeks: Weeks
    rows: Ints
    known_from: Ints | None = None
    columns: Ints | None = None

    def known(self) -> Reals:
        """1 where a count is one, 0 where the cell was not there yet; cells × weeks."""
        if self.known_from is None:
            return np.ones(self.counts.shape, np.float32)
        weeks = np.arange(self.counts.shape[1])
        return np.asarray(weeks >= self.known_from[:, None], np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class Expectation:
    """Expected counts of cells × weeks ahead, and of each cell over all those weeks together.

    A variance is that of the count to come: its own, its dispersion and the error of its mean.
    Where ``enough`` is false the history is too short and the numbers are NaN. ``dispersion`` is
    each cell's, with the margin of the rules; ``pooled_dispersion`` is that of all, as measured.
    ``parted`` are the variances of all weeks ahead together, ``weekly_parted`` of each week, where
    the history has columns.
    """

    weekly: Floats
    weekly_variance: Floats
    expected: Floats
    variance: Floats
    dispersion: Floats
    pooled_dispersion: float
    weeks_known: Ints
    enough: Bools
    parted: Parted | None = None
    weekly_parted: Parted | None = None


def expect(history: History, ahead: Weeks, rules: ExpectationRules | None = None) -> Expectation:
    """The expectation of every cell in each of the weeks ahead."""
    rules = rules or cell_rules().expectation
    known = history.known()
    if not known.size:
        return _nothing(known, len(ahead))
    # Half precision holds all whole numbers up to 16 million.
    counts = np.asarray(history.counts, np.float32) * known
    prior, power = shape_of_all(counts, known, history.weeks, rules)
    design = design_of(history.weeks, history.weeks, rules)
    series = Series(counts, power * history.weeks.log_effort, design)
    base = baseline_of_each(Problem(series, prior, known, history.rows), rules)
    outlook = design_of(ahead, history.weeks, rules)
    log_means = base.coefficients @ outlook.T + power * ahead.log_effort
    found = _outlook(base, np.exp(log_means), outlook, known, rules)
    if history.columns is None:
        return found
    means = base.coefficients.astype(np.float32) @ design.T.astype(np.float32)
    means += np.asarray(series.offset, np.float32)
    means = np.exp(means, out=means) * known
    basis = np.asarray(np.linalg.qr(design)[0], np.float64)
    past = Past(counts, means, history.rows, history.columns, base.pooled, basis)
    return _parted(found, past, len(ahead))


def _parted(found: Expectation, past: Past, length: int) -> Expectation:
    """With the variances parted; what shocks add in a week is taken from the dispersion."""
    rules = shock_rules().shocks
    weekly = shocks_of(past, rules)
    spans = weekly if length == 1 else shocks_of(past.in_spans(length), rules)
    square = found.weekly**2
    alpha = found.dispersion[:, None]
    shared = np.minimum(weekly.total, alpha) * square

    def part(variance: Floats, mean: Floats, over: Floats, common: Floats) -> tuple[Floats, Floats]:
        return variance - common, np.sqrt(np.maximum(variance - mean - over, 0.0))

    whole = part(found.variance, found.expected, (alpha * square).sum(axis=1), shared.sum(axis=1))
    each = part(found.weekly_variance, found.weekly, alpha * square, shared)
    return replace(found, parted=Parted(*whole, spans), weekly_parted=Parted(*each, weekly))


def _nothing(known: Reals, ahead: int) -> Expectation:
    cells = len(known)
    unknown = np.full((cells, ahead), np.nan)
    one = np.full(cells, np.nan)
    none = np.zeros(cells, np.int64)
    return Expectation(unknown, unknown, one, one, one, float("nan"), none, none > 0)


def _outlook(
    base: Baseline, means: Floats, design: Floats, known: Reals, rules: ExpectationRules
) -> Expectation:
    """Means and variances of the weeks ahead; the error of the mean is shared by all of them."""
    weeks_known = known.sum(axis=1).astype(np.int64)
    enough = weeks_known >= rules.least_weeks
    means = np.where(enough[:, None], means, np.nan)
    own = base.alpha * rules.dispersion_margin
    alpha, covariance = own[:, None], base.covariance
    error = means**2 * np.einsum("kp,cpq,kq->ck", design, covariance, design)
    direction = means @ design
    shared = np.einsum("cp,cpq,cq->c", direction, covariance, direction)
    return Expectation(
        weekly=means,
        weekly_variance=predictive_variance(means, alpha, error),
        expected=means.sum(axis=1),
        variance=(means + alpha * means**2).sum(axis=1) + shared,
        dispersion=own,
        pooled_dispersion=base.pooled,
        weeks_known=weeks_known,
        enough=enough,
    )
