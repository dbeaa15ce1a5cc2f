"""Weeks of drawn cases for the scan: quiet ones with shocks of markets and abuse types, and surges.

The shocks are gamma factors of a week, so that no slice is Poisson; injections are drawn among the
past cases of the slice, so that they look like it in all other dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.risk.cube import Cube
from core.risk.scan import Prepared, scan_week
from core.risk.scan_rules import scan_rules
from core.risk.weeked_cases import Dimension, WeekedCases

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class World:
    """How cases are drawn: values of each dimension, cases a week, spread of the weekly shocks."""

    sizes: tuple[tuple[str, int], ...]
    per_week: int
    week_cv: float = 0.10
    market_cv: float = 0.13
    abuse_cv: float = 0.11


FULL = World(
    (("abuse_type", 37), ("channel", 15), ("market", 60), ("surface", 20), ("platform", 3),
     ("tier", 4)), 3_000
)  # fmt: skip
SMALL = World((("abuse_type", 12), ("channel", 6), ("market", 10), ("tier", 4)), 600)


def quiet_cases(world: World, weeks: int, rng: Rng) -> WeekedCases:
    """Cases of some quiet weeks, the channel leaning on the abuse type and the tier on the market."""
    names = [name for name, _ in world.sizes]
    size = dict(world.sizes)
    abuse_share, market_share = _shares(size["abuse_type"], rng), _shares(size["market"], rng)
    channel = np.stack([_shares(size["channel"], rng) for _ in range(size["abuse_type"])])
    tier = np.stack([_shares(size["tier"], rng, 1) for _ in range(size["market"])])
    others = {n: _shares(size[n], rng) for n in names if n in {"surface", "platform"}}
    columns: dict[str, list[npt.NDArray[np.int64]]] = {name: [] for name in names}
    week_of = []
    for week in range(weeks):
        n = rng.poisson(world.per_week * _shock(world.week_cv, 1, rng)[0])
        drawn = {
            "abuse_type": _draw(
                abuse_share * _shock(world.abuse_cv, len(abuse_share), rng), n, rng
            ),
            "market": _draw(market_share * _shock(world.market_cv, len(market_share), rng), n, rng),
        }
        drawn["channel"] = _draw_by_row(channel, drawn["abuse_type"], rng)
        drawn["tier"] = _draw_by_row(tier, drawn["market"], rng)
        drawn |= {name: _draw(share, n, rng) for name, share in others.items()}
        for name in names:
            columns[name].append(drawn[name])
        week_of.append(np.full(n, week, dtype=np.int64))
    dimensions = tuple(
        Dimension(
            name, tuple(f"{name} {v}" for v in range(size[name])), np.concatenate(columns[name])
        )
        for name in names
    )
    return WeekedCases(dimensions, np.concatenate(week_of), weeks)


def with_surge(ready: Prepared, position: int, ratio: float, rng: Rng) -> Prepared:
    """The same week with ``ratio`` times the cases that a slice expects, Poisson."""
    cube = ready.cube
    expected = ready.calibration.share[position] * cube.totals[-1]
    past = np.flatnonzero(cube.members(cube.cases, position) & ~cube.cases.this_week)
    extra = rng.choice(past, rng.poisson((ratio - 1) * expected))
    return replace(ready, cube=_with_extra(cube, extra))


def _with_extra(cube: Cube, extra: npt.NDArray[np.int64]) -> Cube:
    now = cube.cases.weeks - 1
    rows = np.concatenate([np.arange(len(cube.cases.week)), extra])
    week = np.concatenate([cube.cases.week, np.full(len(extra), now)])
    dimensions = tuple(replace(d, codes=d.codes[rows]) for d in cube.cases.dimensions)
    cases = replace(cube.cases, dimensions=dimensions, week=week)
    counts = cube.counts.copy()
    counts[:, -1] = cube.weigh(cases.only(cases.this_week))
    totals = cube.totals.copy()
    totals[-1] += len(extra)
    return replace(cube, cases=cases, counts=counts, totals=totals)


def _shares(size: int, rng: Rng, spread: float = 4.0) -> npt.NDArray[np.float64]:
    weight = rng.permutation(1 / (np.arange(size) + spread)) * rng.gamma(20, 1 / 20, size)
    found: npt.NDArray[np.float64] = weight / weight.sum()
    return found


def _shock(cv: float, size: int, rng: Rng) -> npt.NDArray[np.float64]:
    return rng.gamma(1 / cv**2, cv**2, size)


def _draw(weight: npt.NDArray[np.float64], n: int, rng: Rng) -> npt.NDArray[np.int64]:
    return np.searchsorted(np.cumsum(weight / weight.sum())[:-1], rng.random(n), side="right")


def _draw_by_row(
    table: npt.NDArray[np.float64], row: npt.NDArray[np.int64], rng: Rng
) -> npt.NDArray[np.int64]:
    edges = np.cumsum(table, axis=1)[:, :-1]
    found: npt.NDArray[np.int64] = (rng.random(len(row))[:, None] > edges[row]).sum(axis=1)
    return found


def alarms(cases: WeekedCases, history: int) -> list[bool]:
    """For each week that has so many before it: whether its scan has a finding."""
    found = []
    for week in range(history, cases.weeks):
        part = cases.only((cases.week <= week) & (cases.week >= week - history))
        part = replace(part, week=part.week - (week - history), weeks=history + 1)
        found.append(bool(scan_week(part, scan_rules()).findings))
    return found
