"""The weekly scan for surges over many dimensions: from coded cases to findings.

Exhaustive over slices, so what it finds can be said in a sentence; its threshold comes from the
highest scores of the desk's own past weeks, because Poisson chance is far too narrow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.risk.calibration import Calibration, calibrate
from core.risk.cube import ANY, Cube, make_cube
from core.risk.finding import (
    Condition,
    Coverage,
    Finding,
    Incidents,
    Related,
    ScanResult,
    Slice,
    SmallValue,
)
from core.risk.incidents import Submissions
from core.risk.rare import rare_slices, unscanned_count
from core.risk.scan_rules import ScanRules
from core.risk.scores import poisson_llr
from core.risk.search import Found, Search
from core.risk.weeked_cases import (
    Flags,
    NewValues,
    WeekedCases,
    find_new_values,
    without_new_values,
)

Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False, slots=True)
class Prepared:
    """All that the scan of a week needs; keep it as long as the cases do not change."""

    cube: Cube
    calibration: Calibration
    rules: ScanRules
    given: WeekedCases  # with the cases of new values
    new: NewValues
    submissions: Submissions | None = None  # one entry per case of ``given``


def prepare(
    cases: WeekedCases,
    rules: ScanRules,
    submissions: Submissions | None = None,
    progress: Progress | None = None,
) -> Prepared:
    """Part what is new, count the slices and calibrate on the past weeks.

    ``submissions`` has one entry per case, all of which must then be of some week.
    """
    tell = progress or _silent
    tell(0.0, "Looking for new values")
    cases = cases.counted()
    new = find_new_values(cases, rules)
    kept = without_new_values(cases, new)
    cube = make_cube(kept, rules, lambda share: tell(0.1 + 0.7 * share, "Counting slices"))
    tell(0.8, "Judging the past weeks")
    calibration = calibrate(cube, rules)
    tell(1.0, "Searching")
    return Prepared(cube, calibration, rules, cases, new, submissions)


def _silent(_share: float, _what: str) -> None:
    """Nobody watches."""


def scan_week(cases: WeekedCases, rules: ScanRules) -> ScanResult:
    """Prepare and scan in one go."""
    return scan(prepare(cases, rules))


def scan(ready: Prepared) -> ScanResult:
    """The findings of this week, and what the scan could not see."""
    cube, rules = ready.cube, ready.rules
    search = Search(cube, ready.calibration, rules)
    first = search.scores()
    small = search.expected < rules.detectable_from_expected
    enough = ready.calibration.law is not None
    not_detectable = _small_values(ready) if enough else ()
    found = search.run(rules.most_findings) if enough else []
    return ScanResult(
        total=int(cube.totals[-1]),
        usual_total=usual_total(cube, rules),
        findings=tuple(_finding(ready, one) for one in found),
        new_values=ready.new.listed,
        rare=rare_slices(cube, ready.calibration, [f.position for f in found], rules),
        not_detectable=not_detectable,
        coverage=_coverage(ready, float(first.max(initial=0)), int(small.sum())),
    )


def usual_total(cube: Cube, rules: ScanRules) -> float:
    """Median total of the last usable weeks."""
    weeks = cube.cases.usable_weeks()[-rules.usual_weeks :]
    return float(np.median(cube.totals[weeks])) if len(weeks) else 0.0


def slice_of(cube: Cube, position: int) -> Slice:
    """The conditions of a slice in words of the data."""
    pairs = zip(cube.cases.dimensions, cube.slices[position].tolist(), strict=True)
    return tuple(Condition(d.name, d.values[code]) for d, code in pairs if code != ANY)


def _finding(ready: Prepared, one: Found) -> Finding:
    law, calibration = ready.calibration.law, ready.calibration
    return Finding(
        slice=slice_of(ready.cube, one.position),
        count=int(one.count),
        expected=one.expected,
        score=one.score,
        threshold=calibration.threshold,
        dispersion=float(calibration.dispersion[one.position]),
        chance_share=law.tail(one.score) if law else 1.0,
        quiet_weeks=ready.rules.quiet_weeks,
        explained_share=_explained_share(ready, one),
        incidents=_incidents(ready, one),
        related=_related(ready, one),
    )


def _explained_share(ready: Prepared, one: Found) -> float | None:
    """Share of the week's excess over the usual week that the slice accounts for.

    The expectation is conditional on a total that contains the rise: a rise of x in a slice of
    share p shows as x(1 - p), which is undone here.
    """
    total = float(ready.cube.totals[-1])
    usual = usual_total(ready.cube, ready.rules)
    excess = total - usual
    if excess <= usual * ready.rules.excess_from_share or one.expected >= total:
        return None
    own = (one.count - one.expected) / (1 - one.expected / total)
    return own / excess


def _incidents(ready: Prepared, one: Found) -> Incidents | None:
    cube = ready.cube
    if cube.cases.incident is not None:
        inside = cube.members(cube.cases, one.position)
        incident = cube.cases.incident[inside]
        week = cube.cases.week[inside]
    elif ready.submissions is not None:
        inside = _counted(ready, one.position)
        since = ready.given.week >= int(cube.baseline.min(initial=cube.cases.weeks))
        incident = ready.submissions.incidents(inside & since, since, ready.rules)
        week = ready.given.week[inside & since]
    else:
        return None
    now = np.unique(incident[week == cube.cases.weeks - 1])
    before = incident[np.isin(week, cube.baseline)]
    expected = one.expected * len(np.unique(before)) / max(1, len(before))
    score = poisson_llr(len(now), expected) / ready.calibration.dispersion[one.position]
    stands = bool(score >= ready.calibration.threshold)
    return Incidents(len(now), expected, stands)


def _counted(ready: Prepared, position: int) -> Flags:
    """Which of the given cases the slice counts: not those with a new value elsewhere."""
    return ready.cube.members(ready.given, position) & ~ready.new.of(ready.given)


def _related(ready: Prepared, one: Found) -> tuple[Related, ...]:
    count = ready.cube.counts[:, -1]
    parents, children = ready.cube.kin(one.position)
    found = [
        (float(poisson_llr(count[at], expected)), at, expected) for at, expected in one.related
    ]
    found.sort(key=lambda entry: (-entry[0], entry[1]))
    return tuple(
        Related(
            slice_of(ready.cube, at),
            _kin(bool(parents[at]), child=bool(children[at])),
            int(count[at]),
            expected,
        )
        for _, at, expected in found[: ready.rules.most_related]
    )


def _kin(parent: bool, *, child: bool) -> Literal["parent", "child", "overlap"]:
    if parent:
        return "parent"
    return "child" if child else "overlap"


def _small_values(ready: Prepared) -> tuple[SmallValue, ...]:
    """Values of single dimensions that expect too few cases, the largest first."""
    cube, limit = ready.cube, ready.rules.detectable_from_expected
    found = []
    now = cube.cases.only(cube.cases.this_week)
    scale = float(cube.totals[-1]) / max(1, int(cube.totals[cube.baseline].sum()))
    for at, dimension in enumerate(cube.cases.dimensions):
        expected = cube.seen[(at,)] * scale
        count = np.bincount(now.dimensions[at].codes, minlength=len(expected))
        for place, value in enumerate(dimension.values):
            if 0 < expected[place] < limit:
                small = SmallValue(dimension.name, value, int(count[place]), float(expected[place]))
                found.append(small)
    return tuple(sorted(found, key=lambda s: (-s.expected, s.dimension, s.value)))


def _coverage(ready: Prepared, highest: float, small: int) -> Coverage:
    calibration, rules = ready.calibration, ready.rules
    weeks = len(ready.cube.cases.usable_weeks())
    needed = rules.least_baseline_weeks + rules.least_calibration_weeks
    why_not = "" if calibration.law else f"{weeks} usable weeks of history, {needed} are needed"
    return Coverage(
        scanned=len(ready.cube.slices),
        too_small=small,
        not_scanned=unscanned_count(ready.cube, rules),
        calibrated_weeks=len(calibration.maxima),
        past_alarms=int((calibration.maxima >= calibration.threshold).sum()),
        threshold=calibration.threshold,
        highest=highest,
        alarm_rate=rules.alarm_rate,
        why_not=why_not,
    )
