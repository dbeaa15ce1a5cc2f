"""Heatmaps whose truth is known: seasonal over-dispersed histories, weeks to judge, hot cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from core.risk.cells import Counted, Heat, judge
from core.risk.expectation import Expectation, History, expect
from core.risk.weeks import DAYS_PER_WEEK, DAYS_PER_YEAR, Weeks
from core.stats.arrays import Bools, Floats, Ints
from core.stats.false_discovery import rejected
from core.stats.negative_binomial import upper_mid_p

WEEKS_PER_YEAR = DAYS_PER_YEAR / DAYS_PER_WEEK


@dataclass(frozen=True, slots=True)
class HeatWorld:
    """How the counts of a heatmap come about.

    ``alpha`` is the dispersion of a cell by itself; in each week every row and every column is
    shaken by a factor with these coefficients of variation. The last ``shown`` weeks are judged
    together; hot cells hold ``ratio`` times their mean in all of them, and so do ``risen_rows``.
    """

    rows: int = 30
    columns: int = 20
    weeks: int = 156
    alpha: float = 0.1
    row_cv: float = 0.0
    column_cv: float = 0.0
    levels: tuple[float, float] = (0.3, 40.0)
    hot: int = 12
    ratio: float = 3.0
    shown: int = 1
    risen_rows: int = 0

    @property
    def whole_alpha(self) -> float:
        """The dispersion that one cell shows, its own and that of the shocks."""
        return (1 + self.alpha) * (1 + self.row_cv**2) * (1 + self.column_cv**2) - 1


@dataclass(frozen=True, eq=False, slots=True)
class HeatTruth:
    """One drawn heatmap: what the desk would know, and what is true.

    ``means`` are those of cells × shown weeks before any shock, ``shaken`` with the shocks.
    """

    history: History
    ahead: Weeks
    observed: Ints
    means: Floats
    shaken: Floats
    hot: Bools

    @property
    def mean(self) -> Floats:
        """Of each cell over the shown weeks."""
        return np.asarray(self.means.sum(axis=1))

    @property
    def rows(self) -> list[str]:
        """The name of each cell's row."""
        return [f"r{row:03}" for row in self.history.rows]

    @property
    def columns(self) -> list[str]:
        """The name of each cell's column."""
        assert self.history.columns is not None
        return [f"c{column:03}" for column in self.history.columns]


def flat_weeks(count: int, first: int = 0) -> Weeks:
    """Weeks that all have the same open days."""
    number = np.arange(first, first + count, dtype=np.float64)
    return Weeks(number, (number / WEEKS_PER_YEAR) % 1, np.ones(count))


def draw(world: HeatWorld, seed: Iterable[int]) -> HeatTruth:
    """History and the weeks to judge, with hot cells among those that expect more than one case."""
    rng = np.random.default_rng(list(seed))
    cells, weeks = world.rows * world.columns, world.weeks + world.shown
    row = np.repeat(np.arange(world.rows), world.columns)
    column = np.tile(np.arange(world.columns), world.rows)
    number = np.arange(weeks, dtype=np.float64)
    year = (number / WEEKS_PER_YEAR) % 1
    effort = (5 - rng.binomial(1, 0.15, weeks) + 0.8) / DAYS_PER_WEEK
    mean = _means(world, rng, year) * effort * np.exp(0.1 * (number - weeks) / WEEKS_PER_YEAR)
    shaken = mean * _shock(rng, world.row_cv, (world.rows, weeks))[row]
    shaken *= _shock(rng, world.column_cv, (world.columns, weeks))[column]
    quiet = shaken[:, world.weeks :].copy()
    hot = np.zeros(cells, np.bool_)
    large = mean[:, world.weeks :].sum(axis=1) > 1
    hot[rng.choice(np.flatnonzero(large), world.hot, replace=False)] = True
    shaken[hot, world.weeks :] *= world.ratio
    shaken[row < world.risen_rows, world.weeks :] *= world.ratio
    counts = rng.negative_binomial(1 / world.alpha, 1 / (1 + world.alpha * shaken))
    every = Weeks(number, year, effort)
    past, now = counts[:, : world.weeks], counts[:, world.weeks :].sum(axis=1)
    history = History(past, every.part(0, world.weeks), row, columns=column)
    return HeatTruth(history, every.part(world.weeks), now, mean[:, world.weeks :], quiet, hot)


def _means(world: HeatWorld, rng: np.random.Generator, year: Floats) -> Floats:
    """Levels apart by orders of magnitude, one season for all, and each cell's own on top."""
    cells = world.rows * world.columns
    low, high = (float(np.log(level)) for level in world.levels)
    level = np.exp(rng.uniform(low, high, (cells, 1)))
    season = 0.25 * np.cos(2 * np.pi * (year - 0.1)) + 0.1 * np.sin(4 * np.pi * year)
    own = rng.normal(0, 0.15, (cells, 1)) * np.cos(2 * np.pi * (year - rng.random((cells, 1))))
    means: Floats = level * np.exp(season + own)
    return means


def _shock(rng: np.random.Generator, cv: float, shape: tuple[int, int]) -> Floats:
    return rng.gamma(cv**-2, cv**2, shape) if cv else np.ones(shape)


def expectation_of(truth: HeatTruth) -> Expectation:
    """What the desk expects in the week to judge."""
    return expect(truth.history, truth.ahead)


def counted(truth: HeatTruth, expected: Expectation) -> Counted:
    """What is there to be judged, cell by cell in the order of the truth."""
    return Counted(
        truth.rows,
        truth.columns,
        truth.observed,
        expected.expected,
        expected.variance,
        parted=expected.parted,
    )


def heat_of(truth: HeatTruth, expected: Expectation) -> Heat:
    """The judged heatmap; sorted by row and column its cells stand in the order of the truth."""
    return judge(counted(truth, expected))


@dataclass(slots=True)
class Score:
    """What many heatmaps showed, against their truth."""

    heatmaps: int = 0
    false_shares: list[float] = field(default_factory=list)
    poisson_false_shares: list[float] = field(default_factory=list)
    found: int = 0
    found_blind: int = 0
    found_knowing: int = 0
    findable: int = 0
    quiet: int = 0
    below: dict[float, int] = field(default_factory=lambda: {0.05: 0, 0.01: 0})
    covered: int = 0
    marked_covered: int = 0
    marked: int = 0
    totals: int = 0
    totals_below: int = 0

    def add(self, world: HeatWorld, truth: HeatTruth) -> None:
        """Judge one more heatmap."""
        expected = expectation_of(truth)
        heat = heat_of(truth, expected)
        cells = heat.cells.sort_values(["row", "column"])
        marked, judged = cells["significant"].to_numpy(), cells["has_power"].to_numpy()
        p, hot = cells["p"].to_numpy(), truth.hot
        self.heatmaps += 1
        self.false_shares.append(false_share(marked, hot))
        mean = expected.expected
        plain = np.where(judged, upper_mid_p(truth.observed, mean, mean), np.nan)
        self.poisson_false_shares.append(false_share(rejected(plain, 0.05), hot))
        large = hot & (truth.mean > 10)
        self.found += int(marked[large].sum())
        blind = _by_oracle(truth.observed, truth.means, world.whole_alpha, judged)
        self.found_blind += int(blind[large].sum())
        knowing = _by_oracle(truth.observed, truth.shaken, world.alpha, judged)
        self.found_knowing += int(knowing[large].sum())
        self.findable += int(large.sum())
        quiet = judged & ~hot
        self.quiet += int(quiet.sum())
        for level in self.below:
            self.below[level] += int((p[quiet] <= level).sum())
        for margin in (heat.rows, heat.columns):
            self.totals += len(margin)
            self.totals_below += int((margin["p"] <= 0.05).sum())
        low, high = cells["ratio_low"].to_numpy(), cells["ratio_high"].to_numpy()
        self.covered += int(((low <= 1) & (high >= 1))[quiet].sum())
        right = marked & hot
        self.marked += int(right.sum())
        self.marked_covered += int(((low <= world.ratio) & (high >= world.ratio))[right].sum())

    @property
    def false_share(self) -> float:
        """The realised false-discovery rate."""
        return float(np.mean(self.false_shares))

    @property
    def false_share_error(self) -> float:
        """Its standard error over heatmaps."""
        return float(np.std(self.false_shares, ddof=1) / np.sqrt(self.heatmaps))

    @property
    def power(self) -> float:
        """Share of hot cells with more than 10 expected that were marked."""
        return self.found / max(self.findable, 1)

    @property
    def power_error(self) -> float:
        """Its standard error."""
        return float(np.sqrt(self.power * (1 - self.power) / max(self.findable, 1)))

    @property
    def blind_power(self) -> float:
        """The power of equal tests that know means and dispersion, and take shocks for chance."""
        return self.found_blind / max(self.findable, 1)

    @property
    def knowing_power(self) -> float:
        """The power of equal tests that also know the shocks."""
        return self.found_knowing / max(self.findable, 1)

    def alarm_share(self, level: float) -> float:
        """How often a quiet cell's p lies at or below the level."""
        return self.below[level] / max(self.quiet, 1)


def _by_oracle(observed: Ints, means: Floats, alpha: float, judged: Bools) -> Bools:
    variance = (means + alpha * means**2).sum(axis=1)
    p = upper_mid_p(observed, means.sum(axis=1), variance)
    return rejected(np.where(judged, p, np.nan), 0.05)


def false_share(marked: Bools, hot: Bools) -> float:
    """Share of marked cells that are not hot; 0 where none is marked."""
    return float((marked & ~hot).sum() / max(int(marked.sum()), 1))


def score(world: HeatWorld, seed: int, heatmaps: int) -> Score:
    """So many heatmaps of one world."""
    total = Score()
    for number in range(heatmaps):
        total.add(world, draw(world, (seed, number)))
    return total
