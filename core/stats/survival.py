"""Time until an end where some have not ended yet: Kaplan–Meier, of one group or of many at once.

Durations are in any unit; ``ended`` is False where the end was still to come when last seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from core.stats.arrays import Bools, Floats, Ints

LEAST_ERROR = 0.05  # of one case: cases all alike are still not all that can happen
CLOSE = 1e-9  # products of many shares end up beside the share that is meant


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """At each time with an end: the share that lasts longer, and Greenwood's standard error."""

    times: Floats
    at_risk: Floats
    ends: Floats
    survival: Floats
    error: Floats

    def at(self, time: float) -> float:
        """The share that lasts longer than ``time``."""
        place = int(np.searchsorted(self.times, time, side="right"))
        return float(self.survival[place - 1]) if place else 1.0


def kaplan_meier(durations: Floats, ended: Bools) -> Curve:
    """The curve of one group (Kaplan and Meier 1958); what ends and what is lost at the same time
    counts as lost after it.
    """
    times, place = np.unique(durations[ended], return_inverse=True)
    ends = np.bincount(place, minlength=len(times)).astype(np.float64)
    ordered = np.sort(durations)
    at_risk = (len(ordered) - np.searchsorted(ordered, times, side="left")).astype(np.float64)
    survival = np.cumprod(1 - ends / at_risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazards = np.cumsum(ends / (at_risk * (at_risk - ends)))
        error = np.where(survival > 0, survival * np.sqrt(hazards), 0.0)
    return Curve(times, at_risk, ends, survival, error)


def quantile(curve: Curve, share: float) -> float:
    """The first time by which ``share`` has ended; infinite where the curve does not get there."""
    return _first(curve.times, curve.survival <= 1 - share + CLOSE)


def quantile_interval(curve: Curve, share: float, level: float) -> tuple[float, float]:
    """Times at which ``share`` may have ended (Brookmeyer and Crowley 1982, on the scale
    log(-log S)).
    """
    z = float(ndtri((1 + level) / 2))
    inside = (curve.survival > 0) & (curve.survival < 1)
    s, error = curve.survival[inside], curve.error[inside]
    logs = np.log(s)
    # Larger is later in the course: high where most have ended.
    course, spread = np.log(-logs), error / (s * np.abs(logs))
    aim = np.log(-np.log(1 - share))
    times = curve.times[inside]
    low = _first(times, course + z * spread >= aim - CLOSE)
    high = _first(times, course - z * spread >= aim - CLOSE)
    over = _first(curve.times, curve.survival <= 0)
    return min(low, over), min(high, over)


def _first(times: Floats, reached: Bools) -> float:
    return float(times[np.argmax(reached)]) if reached.any() else float("inf")


@dataclass(frozen=True, slots=True)
class TailRules:
    """Which quantile is the tail, and how long a duration counts at most."""

    share: float
    longest: float
    shortest: float


@dataclass(frozen=True, eq=False, slots=True)
class Tails:
    """The tail of each group; NaN where nothing has ended.

    ``error`` is that of the logarithm. ``without_longest`` and ``without_shortest`` are what the
    tail would be if the longest or the shortest case had not been there.
    """

    value: Floats
    error: Floats
    effective: Floats
    without_longest: Floats
    without_shortest: Floats


def tails(groups: Ints, durations: Floats, ended: Bools, count: int, rules: TailRules) -> Tails:
    """The tails of ``count`` groups, numbered from 0; a row is one case.

    Where the curve ends above the tail it is completed by an exponential (Brown, Hollander and
    Korwar 1974). The errors share one constant: a few order statistics cannot tell their own.
    """
    rows = _ordered(groups, np.clip(durations, rules.shortest, rules.longest), ended)
    course = _course(rows, count)
    n = np.maximum(course.effective, 1.0)
    value = course.tail(rules)
    half = np.sqrt(rules.share * (1 - rules.share) * n)
    low, high = (course.ranked(_place(n, rules) + side * half, n, rules) for side in (-1, 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        own = (np.log(high) - np.log(low)) / 2 * np.sqrt(n)
    known = np.isfinite(own) & (course.effective >= 2)
    # Weighed by n: of few cases the ends of the bracket are the shortest and the longest.
    constant = float(np.average(own[known], weights=n[known])) if known.any() else 1.0
    return Tails(
        value,
        max(constant, LEAST_ERROR) / np.sqrt(n),
        np.where(np.isfinite(value), course.effective, 0.0),
        _course(rows.without_last(), count).tail(rules),
        _course(rows.without_first(), count).tail(rules),
    )


def _place(n: Floats, rules: TailRules) -> Floats:
    """Which of n in order is the tail (median-unbiased, Hyndman and Fan 1996, their eighth)."""
    found: Floats = rules.share * (n + 1 / 3) + 1 / 3
    return found


@dataclass(frozen=True, eq=False, slots=True)
class _Course:
    """Survival after each case, in the order of group and duration, and where groups begin."""

    durations: Floats
    survival: Floats
    begins: Ints
    sizes: Ints
    effective: Floats
    last: Floats

    def tail(self, rules: TailRules) -> Floats:
        """The duration that the given share does not exceed."""
        n = np.maximum(self.effective, 1.0)
        return self.ranked(_place(n, rules), n, rules)

    def ranked(self, place: Floats, n: Floats, rules: TailRules) -> Floats:
        """The duration of that place among n, between two of them by their logarithms."""
        place = np.clip(place, 1.0, n)
        below = np.floor(place)
        first, second = (
            self.when_left(np.maximum(1 - np.minimum(k, n) / n, 0.5 / n), rules)
            for k in (below, below + 1)
        )
        found: Floats = np.exp(np.log(first) + (place - below) * np.log(second / first))
        return found

    def when_left(self, shares: Floats, rules: TailRules) -> Floats:
        """The first duration of each group beyond which at most its share lasts."""
        held = self.sizes > 0
        found = np.full(len(self.sizes), np.nan)
        above = self.survival > np.repeat(shares, self.sizes) + CLOSE
        place = np.zeros(len(self.sizes), np.int64)
        place[held] = np.add.reduceat(above.astype(np.int64), self.begins[held])
        reached = held & (place < self.sizes)
        found[reached] = self.durations[(self.begins + place)[reached]]
        open_ = held & ~reached & (self.last < 1)
        end = self.durations[(self.begins + self.sizes - 1)[open_]]
        with np.errstate(divide="ignore"):
            beyond = np.log(shares[open_]) / np.log(self.last[open_])
        found[open_] = np.minimum(end * beyond, rules.longest)
        return found


@dataclass(frozen=True, eq=False, slots=True)
class _Rows:
    """Cases in the order of group and duration, those that ended before those lost sight of."""

    groups: Ints
    durations: Floats
    ended: Bools

    def without_last(self) -> _Rows:
        """The longest case of each group left out."""
        return self._kept(np.diff(self.groups, append=-1) == 0)

    def without_first(self) -> _Rows:
        """The shortest case of each group left out."""
        return self._kept(np.diff(self.groups, prepend=-1) == 0)

    def _kept(self, keep: Bools) -> _Rows:
        return _Rows(self.groups[keep], self.durations[keep], self.ended[keep])


def _ordered(groups: Ints, durations: Floats, ended: Bools) -> _Rows:
    # One number sorts by all three: a third of the time of three keys.
    within = durations / (2 * max(float(durations.max(initial=0.0)), 1.0))
    order = np.argsort(groups + within + np.where(ended, 0.0, 1e-10))
    return _Rows(groups[order], durations[order], ended[order])


def _course(rows: _Rows, count: int) -> _Course:
    sizes = np.bincount(rows.groups, minlength=count)
    begins = np.cumsum(sizes) - sizes
    at_risk = np.repeat(begins + sizes, sizes) - np.arange(len(rows.groups))
    with np.errstate(divide="ignore"):
        step = np.where(rows.ended, np.log1p(-1.0 / at_risk), 0.0)
    # The last of a group ends with nobody left; its logarithm must not spill over.
    running = np.cumsum(np.where(np.isfinite(step), step, 0.0))
    before = np.concatenate([[0.0], running])[begins]
    survival = np.exp(running - np.repeat(before, sizes)) * np.isfinite(step)
    ended = np.bincount(rows.groups, weights=rows.ended, minlength=count).astype(np.float64)
    last = np.ones(count)
    held = sizes > 0
    last[held] = survival[(begins + sizes - 1)[held]]
    return _Course(rows.durations, survival, begins, sizes, ended, last)
