"""The scan's false-alarm rate and power at full size: drawn weeks, injected surges, the demo's."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np
from scipy.stats import binomtest

from core.risk.finding import Slice
from core.risk.scan import prepare, scan, scan_week, slice_of
from core.risk.scan_rules import scan_rules
from tests.prove.report import Report
from tests.support.scan_demo import demo_weeks
from tests.support.scan_worlds import FULL, alarms, quiet_cases, with_surge

SEED = 20_261
HISTORY = 104
QUIET_WEEKS = 200
MOST_ALARMS = 15  # one-sided 95 % limit of a binomial with 200 weeks at 5 %
QUIET_WORLDS = 3
INJECTIONS = 400  # for each range of expectation
WORLDS = 8
RANGES = ((5, 10), (10, 20), (20, 40), (40, 120))
BARS = {20: (0.95, 0.90), 40: (0.99, 0.95)}  # detected, and with exactly its slice
DEMO_CASES = 100_000
DEMO_SEEDS = (1, 2, 3, 4, 5)


def prove(report: Report) -> None:
    """Quiet weeks, threefold surges by size, and the surges that the demo plants."""
    _quiet(report)
    _surges(report)
    _demo(report)


def _quiet(report: Report) -> None:
    raised = []
    for seed in range(SEED, SEED + QUIET_WORLDS):
        cases = quiet_cases(FULL, HISTORY + QUIET_WEEKS, np.random.default_rng(seed))
        raised.append(sum(alarms(cases, HISTORY)))
    low, high = interval(sum(raised), QUIET_WORLDS * QUIET_WEEKS)
    report.add(
        f"At most {MOST_ALARMS} of {QUIET_WEEKS} quiet weeks raise an alarm at 5 %",
        seed=SEED,
        runs=QUIET_WORLDS * QUIET_WEEKS,
        holds=raised[0] <= MOST_ALARMS and low <= scan_rules().alarm_rate,
        detail=f"{raised} of {QUIET_WEEKS} in each world, together {low:.1%} to {high:.1%}",
    )


def _surges(report: Report) -> None:
    ends = {low: Counter[str]() for low, _ in RANGES}
    for world in range(WORLDS):
        rng = np.random.default_rng([SEED, world])
        ready = prepare(quiet_cases(FULL, HISTORY + 1, rng), scan_rules())
        expected = ready.calibration.share * ready.cube.totals[-1]
        for low, high in RANGES:
            places = np.flatnonzero((expected >= low) & (expected < high))
            for position in rng.choice(places, INJECTIONS // WORLDS).tolist():
                findings = scan(with_surge(ready, position, 3, rng)).findings
                truth = slice_of(ready.cube, position)
                ends[low][_end(findings[0].slice if findings else None, truth)] += 1
    for low, high in RANGES:
        _tell(report, low, high, ends[low])


def _end(found: Slice | None, truth: Slice) -> str:
    if found is None:
        return "missed"
    if found == truth:
        return "exact"
    if set(found) < set(truth):
        return "parent"
    return "child" if set(truth) < set(found) else "other"


def _tell(report: Report, low: int, high: int, ends: Counter[str]) -> None:
    runs = ends.total()
    detected, exact = runs - ends["missed"], ends["exact"]
    shares = [f"{n / runs:.1%} ({_between(n, runs)})" for n in (detected, exact)]
    bar = BARS.get(low, (0.0, 0.0))
    claim = f"is found {bar[0]:.0%} and its slice {bar[1]:.0%}" if low in BARS else "is measured"
    report.add(
        f"A threefold surge that expects {low} to {high} a week {claim}",
        seed=SEED,
        runs=runs,
        holds=detected >= bar[0] * runs and exact >= bar[1] * runs,
        detail=f"found {shares[0]}, exact {shares[1]}; "
        + ", ".join(f"{ends[k]} {k}" for k in ("parent", "child", "other")),
    )


def _demo(report: Report) -> None:
    rules, wrong, quiet, raised, slowest = scan_rules(), [], 0, 0, 0.0
    least = rules.least_baseline_weeks + rules.least_calibration_weeks
    for seed in DEMO_SEEDS:
        demo = demo_weeks(DEMO_CASES, seed)
        planted = {week: slice_ for week, slice_, _ in demo.surges}
        for week in range(least + 1, demo.cases.weeks):
            started = time.perf_counter()
            found = scan_week(demo.until(week, frozenset(planted) - {week}), rules).findings
            slowest = max(slowest, time.perf_counter() - started)
            if week not in planted:
                quiet, raised = quiet + 1, raised + bool(found)
            elif not found or found[0].slice != planted[week]:
                wrong.append(f"seed {seed}, week {week}")
    report.add(
        "Each surge that the demo plants is the top finding of its week, with its slice",
        seed=f"{DEMO_SEEDS[0]}-{DEMO_SEEDS[-1]}",
        runs=3 * len(DEMO_SEEDS),
        holds=not wrong,
        detail=f"{'; '.join(wrong) or 'all'}; slowest week {slowest:.2f} s",
    )
    low, high = interval(raised, quiet)
    report.add(
        "Weeks of the demo without a surge raise no more alarms than stated",
        seed=f"{DEMO_SEEDS[0]}-{DEMO_SEEDS[-1]}",
        runs=quiet,
        holds=low <= rules.alarm_rate,
        detail=f"{raised} alarms, {low:.1%} to {high:.1%}",
    )


def interval(count: int, runs: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share."""
    found = binomtest(count, runs).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def _between(count: int, runs: int) -> str:
    low, high = interval(count, runs)
    return f"{low:.1%} to {high:.1%}"
