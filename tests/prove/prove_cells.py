"""Heatmaps keep their false-discovery rate and find what can be found, over simulated histories."""

from __future__ import annotations

from dataclasses import replace

from core.risk.cells import judge
from tests.prove.report import Report
from tests.support.heat_worlds import HeatWorld, Score, counted, draw, expectation_of, score

SEED = 20_261
HEATMAPS, QUIET_HEATMAPS, RISEN_HEATMAPS = 400, 200, 60
WORST_FALSE_SHARE = 0.075
LEAST_POWER = 0.5
# A cell by itself varies with k = 10; or with k = 10 in all, of which weekly shocks to rows
# (CV 13 %) and columns (CV 11 %) are a part; or with both on top of each other.
ALONE = HeatWorld()
SHAKEN = HeatWorld(alpha=0.07, row_cv=0.13, column_cv=0.11)
WILD = replace(SHAKEN, alpha=0.1)
WORLDS = {
    "over-dispersion": ALONE,
    "over-dispersion with shocks": SHAKEN,
    "shocks on top of over-dispersion": WILD,
    "shocks on top of over-dispersion, four weeks together": replace(WILD, shown=4),
}


def prove(report: Report) -> None:
    """Judge every world by the same bars; then quiet cells, and a row that rises as a whole."""
    for name, world in WORLDS.items():
        found = score(world, SEED, HEATMAPS)
        report.add(
            f"cells under {name}: realised false-discovery rate at most {WORST_FALSE_SHARE}",
            seed=SEED,
            runs=HEATMAPS,
            holds=found.false_share <= WORST_FALSE_SHARE,
            detail=_false_detail(found),
        )
        report.add(
            f"cells under {name}: 3x with more than 10 expected are found at least half the time",
            seed=SEED,
            runs=found.findable,
            holds=found.power >= LEAST_POWER,
            detail=f"{found.power:.3f} ± {1.96 * found.power_error:.3f}; equal tests that know "
            f"means and dispersion {found.blind_power:.3f}, "
            f"that also know the shocks {found.knowing_power:.3f}",
        )
    for name, world in (("with shocks", SHAKEN), ("with shocks on top", WILD)):
        _quiet(report, name, replace(world, hot=0))
    _risen(report)


def _false_detail(found: Score) -> str:
    poisson = sum(found.poisson_false_shares) / found.heatmaps
    return (
        f"{found.false_share:.4f} ± {1.96 * found.false_share_error:.4f}; "
        f"a Poisson test has {poisson:.3f}; 80 % intervals hold the true ratio of "
        f"{found.covered / found.quiet:.3f} of quiet and "
        f"{found.marked_covered / max(found.marked, 1):.3f} of rightly marked cells"
    )


def _quiet(report: Report, name: str, world: HeatWorld) -> None:
    found = score(world, SEED + 1, QUIET_HEATMAPS)
    shares = [f"{level:g}: {found.alarm_share(level):.4f}" for level in found.below]
    report.add(
        f"quiet cells {name} raise as many alarms as their level says, within a fifth",
        seed=SEED + 1,
        runs=found.quiet,
        holds=all(found.alarm_share(level) <= 1.2 * level for level in found.below),
        detail=f"share of quiet cells at or below {', '.join(shares)}; "
        f"heatmaps with any mark {found.false_share:.3f}",
    )
    share = found.totals_below / found.totals
    report.add(
        f"quiet rows and columns {name} raise as many alarms as their level says, within a fifth",
        seed=SEED + 1,
        runs=found.totals,
        holds=share <= 1.2 * 0.05,
        detail=f"share of totals at or below 0.05: {share:.4f}",
    )


def _risen(report: Report) -> None:
    """Where a whole row holds three times its mean, its total says so, not a dozen cells."""
    world = replace(WILD, hot=0, risen_rows=1)
    told = given = alone = 0
    for number in range(RISEN_HEATMAPS):
        truth = draw(world, (SEED + 2, number))
        both = counted(truth, expectation_of(truth))
        heat = judge(both)
        told += int(heat.rows.loc[heat.rows["value"] == "r000", "significant"].sum())
        given += int(heat.cells["significant"].sum())
        alone += int(judge(replace(both, parted=None)).cells["significant"].sum())
    report.add(
        "a row that rises to 3x as a whole is marked by its total, with at most two cells",
        seed=SEED + 2,
        runs=RISEN_HEATMAPS,
        holds=told >= 0.95 * RISEN_HEATMAPS and given <= 2 * RISEN_HEATMAPS,
        detail=f"totals marked {told}, cells {given}; {alone} if each were judged by itself",
    )
