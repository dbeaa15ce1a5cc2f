"""False alarms and finds of the surge detectors on drawn series, at full size."""

from __future__ import annotations

from functools import partial

import numpy as np

from core.risk.alarms import Alarms
from core.risk.cusum import cusum
from core.risk.detector_settings import EarsSettings, detectors
from core.risk.ears import ears_c1, ears_c2, ears_c3
from core.risk.run_length import count_chain, decision_interval, reference_value
from core.stats.arrays import Ints
from tests.prove.report import Report
from tests.support.false_alarms import (
    DISPERSIONS,
    MEANS,
    STEEP,
    DayCell,
    Reached,
    day_cells,
    reached_by_ears,
    reached_by_farrington,
    reached_on_days,
)

SEED = 20_262
YEARLY_RUNS = 4_000
YOUNG_RUNS = 100_000
DAY_RUNS = 20_000
FOUND_RUNS = 1_000
RUN_PERIODS = 26
RUNS = 10_000


def prove(report: Report) -> None:
    """Every mean and spread by each detector, then tripled weeks, then runs of the CUSUM."""
    desk = detectors()
    rng = np.random.default_rng(SEED)
    for name, judge in (("C1", ears_c1), ("C2", ears_c2), ("C3", ears_c3)):
        told = partial(_by, judge, desk.ears)
        cells = {c: reached_by_ears(told, rng, YOUNG_RUNS, *c) for c in _cells()}
        _say(report, f"EARS {name}", cells, desk.ears.reached_share)
    for name in ("farrington_original", "farrington_flexible"):
        how = getattr(desk, name)
        cells = {c: reached_by_farrington(how, rng, YEARLY_RUNS, *c) for c in _cells()}
        _say(report, name.replace("_", " "), cells, how.reached_share)
    _prove_days(report, rng)
    _prove_finds(report, rng)
    _prove_runs(report, rng)


def _by(judge: object, how: EarsSettings, counts: Ints) -> Alarms:
    assert callable(judge)
    told = judge(counts, how)
    assert isinstance(told, Alarms)
    return told


def _cells() -> list[tuple[float, float]]:
    return [(mean, spread) for mean in MEANS for spread in DISPERSIONS]


def _say(
    report: Report,
    name: str,
    cells: dict[tuple[float, float], Reached],
    stated: tuple[float, float],
) -> None:
    shares = ", ".join(f"{m:g}/{s:g}: {r.share:.4f}" for (m, s), r in cells.items())
    report.add(
        f"{name} alarms in {stated[0]:.2%} to {stated[1]:.2%} of quiet weeks",
        seed=SEED,
        runs=sum(r.runs for r in cells.values()),
        holds=all(r.fits(*stated) for r in cells.values()),
        detail=f"mean/alpha: share {shares}",
    )


def _prove_days(report: Report, rng: np.random.Generator) -> None:
    how = detectors().ears_days
    cells = {cell: reached_on_days(how, rng, DAY_RUNS, cell) for cell in day_cells()}
    worst = max(cells, key=lambda cell: cells[cell].share)
    report.add(
        f"EARS on days: any of C1, C2 and C3 alarms on at most {how.reached_share[1]:.2%} of "
        "quiet days, on each weekday",
        seed=SEED,
        runs=sum(r.runs for r in cells.values()),
        holds=all(r.fits(*how.reached_share) for r in cells.values()),
        detail=f"most {cells[worst].share:.4f} at {worst}; "
        f"mean {np.mean([r.share for r in cells.values()]):.4f}",
    )
    for spread, least in ((0.0, 0.90), (0.1, 0.55)):
        cell = DayCell(10.0, spread, STEEP, weekday=2)
        found = reached_on_days(how, rng, DAY_RUNS, cell, factor=3.0)
        report.add(
            f"EARS on days finds {least:.0%} of working days that expect three times 10 cases",
            seed=SEED,
            runs=found.runs,
            holds=found.fits(least, 1.0),
            detail=f"alpha {spread:g}, found {found.share:.3f}",
        )


def _prove_finds(report: Report, rng: np.random.Generator) -> None:
    how = detectors().farrington_flexible
    for mean, spread, least in ((10.0, 0.0, 0.95), (10.0, 0.1, 0.70), (40.0, 0.1, 0.80)):
        found = reached_by_farrington(how, rng, FOUND_RUNS, mean, spread, factor=3.0)
        report.add(
            f"Farrington flexible finds {least:.0%} of weeks that expect three times {mean:g}",
            seed=SEED,
            runs=found.runs,
            holds=found.fits(least, 1.0),
            detail=f"alpha {spread:g}, found {found.share:.3f}",
        )


def _prove_runs(report: Report, rng: np.random.Generator) -> None:
    how = detectors().cusum.model_copy(update={"head_start_share": 0.0})
    for mean, spread in _cells():
        level = rng.gamma(1 / spread, spread, (RUNS, RUN_PERIODS)) if spread > 0 else 1.0
        counts = rng.poisson(mean * level, (RUNS, RUN_PERIODS)).astype(np.int64)
        expected = np.full(RUN_PERIODS, mean)
        ended = sum(
            bool(cusum(row, expected, how, dispersion=spread).alarms.alarm.any()) for row in counts
        )
        h = decision_interval(mean, how.ratio, how.quiet_run, parts=how.parts, dispersion=spread)
        k = float(reference_value(np.asarray(mean), how.ratio, spread))
        chain = count_chain(mean, k, h, unit=h / 500, dispersion=spread)
        share = chain.alarm_share(RUN_PERIODS)
        report.add(
            f"CUSUM at mean {mean:g}, alpha {spread:g}: runs end in {RUN_PERIODS} weeks as computed",
            seed=SEED,
            runs=RUNS,
            holds=Reached(ended, RUNS).fits(0.99 * share, 1.01 * share),
            detail=f"{ended / RUNS:.4f} against {share:.4f}; mean run {chain.mean_run():.0f}",
        )
