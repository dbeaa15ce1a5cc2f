"""The scan told naively, case by case and slice by slice, for small data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from math import log
from statistics import mean

from core.risk.scan_rules import ScanRules
from core.risk.weeked_cases import WeekedCases

Key = tuple[tuple[str, str], ...]  # dimension and value, in order of the dimensions


@dataclass
class Told:
    """Slices with their counts, and what the past weeks say."""

    counts: dict[Key, list[int]]  # by week
    totals: list[int]
    expected: dict[Key, float]
    dispersion: dict[Key, float]
    maxima: list[float]
    cases: list[tuple[Key, int]]  # known values of a case, and its week


def tell(cases: WeekedCases, rules: ScanRules) -> Told:
    """All that is known before the search."""
    rows = _rows(cases)
    totals = [sum(week == w for _, week in rows) for w in range(cases.weeks)]
    usable = [w for w in range(cases.weeks - 1) if w not in cases.left_out]
    baseline = usable[-rules.baseline_weeks :]
    whole = sum(totals[w] for w in baseline)
    counts = _counts(rows, cases.weeks, rules)
    seen = {key: sum(by_week[w] for w in baseline) for key, by_week in counts.items()}
    expected = {
        key: n * totals[-1] / whole
        for key, n in seen.items()
        if n * totals[-1] / whole >= rules.scanned_from_expected - 1e-9
        and all(seen[p] != n if p else whole != n for p in _parents(key))
    }
    dispersion, maxima = _past({k: counts[k] for k in expected}, totals, usable, rules)
    return Told({k: counts[k] for k in expected}, totals, expected, dispersion, maxima, rows)


def ratio(count: float, expected: float) -> float:
    """Expectation-based Poisson log-likelihood ratio."""
    return count * log(count / expected) - (count - expected) if count > expected else 0.0


def explained(told: Told, baseline: list[int], winner: Key) -> dict[Key, float]:
    """Expectations after a winner's is scaled to its count, by a weight of each past case."""
    before = [row for row, week in told.cases if week in baseline]
    total, own, counted = told.totals[-1], told.expected[winner], told.counts[winner][-1]
    up, down = counted / own, (total - counted) / (total - own)
    found: Counter[Key] = Counter()
    for row in before:
        weight = total / len(before) * (up if set(winner) <= set(row) else down)
        for key in told.expected:
            if set(key) <= set(row):
                found[key] += weight  # type: ignore[assignment] # sums of parts
    return {key: float(found[key]) for key in told.expected}


def _rows(cases: WeekedCases) -> list[tuple[Key, int]]:
    return [
        (
            tuple(
                (d.name, d.values[int(d.codes[at])])
                for d in cases.dimensions
                if 0 <= d.codes[at] < len(d.values)
            ),
            int(week),
        )
        for at, week in enumerate(cases.week)
    ]


def _counts(rows: list[tuple[Key, int]], weeks: int, rules: ScanRules) -> dict[Key, list[int]]:
    counts: dict[Key, list[int]] = {}
    for row, week in rows:
        for size in range(1, rules.most_conditions + 1):
            for key in combinations(row, size):
                counts.setdefault(key, [0] * weeks)[week] += 1
    return counts


def _parents(key: Key) -> list[Key]:
    return [key[:at] + key[at + 1 :] for at in range(len(key))]


def _past(
    counts: dict[Key, list[int]], totals: list[int], usable: list[int], rules: ScanRules
) -> tuple[dict[Key, float], list[float]]:
    judged = usable[rules.least_baseline_weeks :]
    expected = {
        key: [_expected(by_week, totals, usable, w, rules) for w in judged]
        for key, by_week in counts.items()
    }
    pairs = [(counts[k][w], e) for k in counts for w, e in zip(judged, expected[k], strict=True)]
    over = sum(min((c - e) ** 2, rules.residual_cap * e) - e for c, e in pairs)
    a = max(0.0, over / sum(e * e for _, e in pairs))
    dispersion, scores = {}, []
    for key, by_week in counts.items():
        squared = [
            min((by_week[w] - e) ** 2 / max(e, 1), rules.residual_cap)
            for w, e in zip(judged, expected[key], strict=True)
        ]
        prior, n0 = 1 + a * mean(expected[key]), rules.dispersion_prior_weeks
        dispersion[key] = max(1.0, (n0 * prior + sum(squared)) / (n0 + len(squared)))
        row = []
        for w, e, own in zip(judged, expected[key], squared, strict=True):
            others = (n0 * prior + sum(squared) - own) / (n0 + len(squared) - 1)
            row.append(ratio(by_week[w], e) / max(1.0, others) if e >= 1 else 0.0)
        scores.append(row)
    return dispersion, [max(column) for column in zip(*scores, strict=True)]


def _expected(
    by_week: list[int], totals: list[int], usable: list[int], week: int, rules: ScanRules
) -> float:
    before = [w for w in usable if w < week][-rules.baseline_weeks :]
    return sum(by_week[w] for w in before) / sum(totals[w] for w in before) * totals[week]
