"""Heatmaps keep their false-discovery rate and find what can be found, over simulated histories."""

from __future__ import annotations

from dataclasses import replace

from tests.prove.report import Report
from tests.support.heat_worlds import HeatWorld, Score, score

SEED = 20_261
HEATMAPS = 200
WORST_FALSE_SHARE = 0.075
# Beyond what is demanded: in the wildest world even a test that knows mean and dispersion is over
# the level, for the tail of three sources together is longer than the negative binomial's.
WORST_WHEN_WILD = 0.09
LEAST_POWER = 0.5
# A cell by itself varies with k = 10; or with k = 10 in all, of which weekly shocks to rows
# (CV 13 %) and columns (CV 11 %) are a part; or with both on top of each other.
ALONE = HeatWorld()
SHAKEN = HeatWorld(alpha=0.07, row_cv=0.13, column_cv=0.11)
WILD = replace(SHAKEN, alpha=0.1)


def prove(report: Report) -> None:
    """Judge every world by the bars that can be met in it."""
    for name, world, most, power_bar in (
        ("over-dispersion", ALONE, WORST_FALSE_SHARE, LEAST_POWER),
        ("over-dispersion with shocks", SHAKEN, WORST_FALSE_SHARE, LEAST_POWER),
        ("shocks on top of over-dispersion", WILD, WORST_WHEN_WILD, None),
    ):
        found = score(world, SEED, HEATMAPS)
        report.add(
            f"cells under {name}: realised false-discovery rate at most {most}",
            seed=SEED,
            runs=HEATMAPS,
            holds=found.false_share <= most,
            detail=_false_detail(found),
        )
        _power(report, name, found, power_bar)
    quiet = score(replace(SHAKEN, hot=0), SEED + 1, HEATMAPS)
    shares = [f"{level:g}: {quiet.alarm_share(level):.4f}" for level in quiet.below]
    report.add(
        "quiet cells raise as many alarms as their level says, within a fifth",
        seed=SEED + 1,
        runs=quiet.quiet,
        holds=all(quiet.alarm_share(level) <= 1.2 * level for level in quiet.below),
        detail=f"share of quiet cells at or below {', '.join(shares)}; "
        f"heatmaps with any mark {quiet.false_share:.3f}",
    )


def _false_detail(found: Score) -> str:
    poisson = sum(found.poisson_false_shares) / found.heatmaps
    oracle = sum(found.oracle_false_shares) / found.heatmaps
    return (
        f"{found.false_share:.4f}, standard error {found.false_share_error:.4f}; "
        f"one that knows mean and dispersion has {oracle:.4f}, a Poisson test {poisson:.3f}; 80 % intervals hold the true ratio of "
        f"{found.covered / found.quiet:.3f} of quiet and "
        f"{found.marked_covered / max(found.marked, 1):.3f} of rightly marked cells"
    )


def _power(report: Report, name: str, found: Score, bar: float | None) -> None:
    # In the wildest world a test that knows the truth stays below the bar; then it is the bar.
    least = bar if bar is not None else 0.85 * found.oracle_power
    report.add(
        f"cells under {name}: 3x with more than 10 expected are found at least {least:.2f} often",
        seed=SEED,
        runs=found.findable,
        holds=found.power >= least,
        detail=f"{found.power:.3f}; a test that knows mean and dispersion {found.oracle_power:.3f}",
    )
