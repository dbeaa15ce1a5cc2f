"""Series with a known effect and noise that carries over, and how often intervals hold the effect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np

from core.gaps.effect_facts import Facts, Units
from core.gaps.effect_rules import effect_rules
from core.stats.arrays import Floats
from core.stats.correlated_counts import Counted, fit_step
from core.stats.interrupted_series import STEP, Shape, design

YEAR = 365.25 / 7
Interval = tuple[float, float]  # of the step's logarithm
Method = Callable[[Floats, Floats], Interval]


@dataclass(frozen=True, slots=True)
class SeriesWorld:
    """Weekly counts: a step on top of trend and season, and autoregressive noise of the logarithm."""

    weeks: int = 104
    begin: int = 52
    mean: float = 30.0
    carry: float = 0.4
    spread: float = 0.2
    ratio: float = 0.7
    trend: bool = True  # 10 % a year, and read as such
    season: bool = True

    @property
    def columns(self) -> Floats:
        return design(self.weeks, self.begin, Shape(self.trend, False, int(self.season), YEAR))

    def draw(self, rng: np.random.Generator) -> Floats:
        time = np.arange(self.weeks)
        eta = carried(rng, self.weeks, self.carry, self.spread)
        eta += log(self.ratio) * (time >= self.begin)
        if self.trend:
            eta += 0.1 * (time / YEAR - 1)
        if self.season:
            eta += 0.1 * np.sin(2 * np.pi * time / YEAR)
        return rng.poisson(self.mean * np.exp(eta)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class GapWorld:
    """Weekly re-reviews of one clause and of others; shares vary by week, clauses drift apart."""

    weeks: int = 104
    begin: int = 52
    reviewed: float = 12.0
    share: float = 0.5
    ratio: float = 0.7
    others: int = 30
    of_others: float = 8.0
    carry: float = 0.4
    spread: float = 0.15  # of each clause's share, week by week
    apart: float = 0.0  # how far clauses move by themselves at the date
    together: float = 0.0  # the logarithm that all move by at the date

    def draw(self, rng: np.random.Generator) -> Facts:
        own = self._clause(rng, self.reviewed, self.share, log(self.ratio))
        rest = [self._clause(rng, self.of_others, 0.26, 0.0) for _ in range(self.others)]
        names = tuple(f"C-{place}" for place in range(self.others))
        counts, base = (np.array([one[part] for one in rest]) for part in (0, 1))
        return Facts(*own, self.begin, 7, share=True, others=Units(names, counts, base))

    def _clause(
        self, rng: np.random.Generator, reviewed: float, share: float, step: float
    ) -> tuple[Floats, Floats]:
        step += self.together + self.apart * rng.normal()
        eta = carried(rng, self.weeks, self.carry, self.spread)
        eta += step * (np.arange(self.weeks) >= self.begin)
        base = rng.poisson(reviewed, self.weeks)
        counts = rng.binomial(base, np.clip(share * np.exp(eta), 0.0, 0.98))
        return counts.astype(np.float64), base.astype(np.float64)


def carried(rng: np.random.Generator, count: int, carry: float, spread: float) -> Floats:
    """Stationary autoregressive noise."""
    noise = rng.normal(size=count)
    for place in range(1, count):
        noise[place] = carry * noise[place - 1] + np.sqrt(1 - carry**2) * noise[place]
    return np.asarray(spread * noise)


def ours(counts: Floats, columns: Floats) -> Interval:
    """The desk's interval."""
    fit = fit_step(Counted(counts, np.ones_like(counts)), columns, effect_rules().noise.grid)
    _, low, high = fit.interval(STEP, effect_rules().interval)
    return low, high


@dataclass(frozen=True, slots=True)
class Score:
    """How a method did: runs, intervals with the effect in them, below no change, and their size."""

    runs: int
    held: int
    found: int
    width: float

    @property
    def coverage(self) -> float:
        return self.held / self.runs

    @property
    def power(self) -> float:
        return self.found / self.runs

    def words(self) -> str:
        return f"{self.coverage:.3f} (found {self.power:.2f}, high ÷ low {exp(self.width):.2f})"


def score(world: SeriesWorld, method: Method, seed: int, runs: int) -> Score:
    """The same series for every method of a seed."""
    rng, columns = np.random.default_rng(seed), world.columns
    ends = np.array([method(world.draw(rng), columns) for _ in range(runs)])
    truth = log(world.ratio)
    held = int(np.sum((ends[:, 0] <= truth) & (truth <= ends[:, 1])))
    width = float(np.mean(ends[:, 1] - ends[:, 0]))
    return Score(runs, held, int(np.sum(ends[:, 1] < 0)), width)


def quiet(world: SeriesWorld) -> SeriesWorld:
    """The same without an effect."""
    return replace(world, ratio=1.0)
