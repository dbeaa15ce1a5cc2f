"""Groups of values that rise together, such as five markets by two channels.

Multidimensional subset scan (Neill, McFowland & Zheng 2013): the best subset of one dimension given
those of the others, in turn, from many starts; each named value must earn a penalty. A group has no
false-alarm rate of its own; it widens what the scan has found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from core.errors import BadInput
from core.risk.cube import Cube, cells_of
from core.risk.scan_rules import ScanRules
from core.risk.scores import poisson_llr
from core.stats.arrays import Bools, Floats

RATIOS = np.geomspace(1.02, 100, 60)  # starts; each is then moved to the best of its own subset
STEPS = 20


@dataclass(frozen=True, eq=False, slots=True)
class Subset:
    """The chosen values of each axis, with counts and the penalised score; all = no condition."""

    chosen: tuple[Bools, ...]
    count: float
    expected: float
    score: float


@dataclass(frozen=True, slots=True)
class ValueGroup:
    """A group in words of the data; a dimension without a condition is not named."""

    values: dict[str, tuple[str, ...]]
    count: int
    expected: float
    score: float


def value_group(cube: Cube, names: Sequence[str], rules: ScanRules) -> ValueGroup | None:
    """The group of values of some dimensions that stands out most this week, if any does."""
    places = {d.name: at for at, d in enumerate(cube.cases.dimensions)}
    unknown = [name for name in names if name not in places]
    group = tuple(sorted(places[name] for name in names if name in places))
    if unknown or group not in cube.seen:
        raise BadInput("These dimensions cannot be grouped", at=", ".join(names))
    sizes = cube.sizes(group)
    known = tuple(slice(0, size - 1) for size in sizes)
    now = cells_of(cube.cases.only(cube.cases.this_week), group)
    count = np.bincount(now, minlength=prod(sizes)).reshape(sizes)[known].astype(np.float64)
    scale = cube.totals[-1] / max(1, cube.totals[cube.baseline].sum())
    expected = (cube.seen[group] * scale).reshape(sizes)[known]
    count[expected == 0] = 0  # what was never there cannot be said to rise
    best = best_subset(count, expected, rules)
    if best.score <= 0:
        return None
    named = {
        cube.cases.dimensions[at].name: tuple(
            v for v, c in zip(cube.cases.dimensions[at].values, chosen, strict=True) if c
        )
        for at, chosen in zip(group, best.chosen, strict=True)
        if not chosen.all()
    }
    return ValueGroup(named, int(best.count), best.expected, best.score)


def best_subset(count: Floats, expected: Floats, rules: ScanRules) -> Subset:
    """Coordinate ascent from all values and from random starts."""
    rng = np.random.default_rng(rules.group_seed)
    starts = [tuple(np.ones(n, dtype=np.bool_) for n in count.shape)]
    starts += [_random_start(count.shape, rng) for _ in range(rules.group_restarts)]
    found = [_climb(count, expected, start, rules.group_penalty) for start in starts]
    return max(found, key=lambda subset: subset.score)


def best_values(count: Floats, expected: Floats, penalty: float) -> tuple[Bools, float]:
    """The best subset of one dimension with its score; all values together cost nothing."""
    whole = np.ones(len(count), dtype=np.bool_)
    best, top = whole, _score(count, expected, whole, penalty)
    ratio = RATIOS[:, None]
    for _ in range(STEPS):
        chosen = count * np.log(ratio) - expected * (ratio - 1) > penalty
        counted, wanted = chosen @ count, chosen @ expected
        score = poisson_llr(counted, wanted) - penalty * chosen.sum(axis=1)
        at = int(np.argmax(np.where(chosen.any(axis=1), score, -np.inf)))
        if chosen[at].any() and score[at] > top:
            best, top = chosen[at], float(score[at])
        moved = np.divide(counted, wanted, out=np.ones_like(counted), where=wanted > 0)
        if np.allclose(moved[:, None], ratio):
            break
        ratio = np.maximum(1.0, moved)[:, None]
    return best, top


def _random_start(shape: tuple[int, ...], rng: np.random.Generator) -> tuple[Bools, ...]:
    shares = rng.uniform(0.1, 0.9, len(shape))
    return tuple(rng.random(n) < share for n, share in zip(shape, shares.tolist(), strict=True))


def _climb(count: Floats, expected: Floats, start: tuple[Bools, ...], penalty: float) -> Subset:
    chosen, score, before = list(start), -np.inf, -np.inf
    for _ in range(STEPS):
        for axis in range(count.ndim):
            others = sum(_cost(c, penalty) for at, c in enumerate(chosen) if at != axis)
            values, own = best_values(
                _along(count, chosen, axis), _along(expected, chosen, axis), penalty
            )
            chosen[axis], score = values, own - others
        if score <= before + 1e-9:
            break
        before = score
    counted = _along(count, chosen, 0)[chosen[0]].sum()
    wanted = _along(expected, chosen, 0)[chosen[0]].sum()
    return Subset(tuple(chosen), float(counted), float(wanted), float(score))


def _along(table: Floats, chosen: Sequence[Bools], axis: int) -> Floats:
    """Sums over the chosen values of all other axes."""
    found = table
    for at in reversed(range(table.ndim)):
        if at != axis:
            found = np.compress(chosen[at], found, axis=at).sum(axis=at)
    return found


def _score(count: Floats, expected: Floats, chosen: Bools, penalty: float) -> float:
    found = poisson_llr(count[chosen].sum(), expected[chosen].sum())
    return float(found) - _cost(chosen, penalty)


def _cost(chosen: Bools, penalty: float) -> float:
    return 0.0 if chosen.all() else penalty * int(chosen.sum())
