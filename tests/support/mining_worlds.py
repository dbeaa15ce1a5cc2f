"""Worlds of re-reviewed decisions with planted gaps, and with what looks like gaps but is none.

Not planted, but there: abuse types, markets and surfaces that differ in how much is overturned,
people of differing strictness, clauses and places that vary a little, and bulk submissions that
are decided alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from core.gaps.mining_cells import ReviewedCases
from core.stats.arrays import Bools, Floats, Ints

TYPES, MARKETS, SURFACES, PEOPLE, REGIONS = 36, 30, 14, 20, 4
CLAUSE_WEIGHTS = (5.0, 3.0, 2.0, 1.0)
USUAL = 0.26
SPREADS = {"abuse_type": 0.3, "market": 0.25, "surface": 0.1, "person": 0.3}
CLAUSE_SPREAD, PLACE_SPREAD, EVENT_SPREAD = 0.1, 0.15, 1.0
BULK_SHARE, BULK_SIZE = 0.06, 5
KINDS = (("clause",), ("clause", "market"), ("clause", "surface"), ("abuse_type", "market"))
KIND_WEIGHTS = (0.5, 0.2, 0.15, 0.15)
LEAST_CASES, LEAST_PLUS, MOST_PLUS = 80, 0.18, 0.35


@dataclass(frozen=True, eq=False)
class Planted:
    """A slice in which more is overturned than anything else explains."""

    where: dict[str, int]
    inside: Bools
    plus: float


@dataclass(frozen=True, eq=False)
class MiningWorld:
    """The cases of a world, who decided each, and the truth about its gaps."""

    cases: ReviewedCases
    person: Ints
    gaps: tuple[Planted, ...]


def mining_world(seed: int, gaps: int, size: tuple[int, int] = (8_000, 24_000)) -> MiningWorld:
    """A world with so many gaps, of between so many re-reviewed cases."""
    rng = np.random.default_rng([seed, 77])
    codes = _attributes(rng, int(rng.integers(*size)))
    event = _bulk(rng, codes)
    person = codes["market"] % REGIONS * (PEOPLE // REGIONS) + rng.integers(
        0, PEOPLE // REGIONS, len(event)
    )
    odds = _usual(rng, codes, event, person)
    share = expit(odds)
    planted = _plant(rng, codes, gaps)
    for gap in planted:
        share[gap.inside] = np.minimum(share[gap.inside] + gap.plus, 0.97)
    words = {n: tuple(f"{n[:2]}{i:03}" for i in range(int(c.max()) + 1)) for n, c in codes.items()}
    cases = ReviewedCases(words, codes, rng.random(len(share)) < share, event)
    return MiningWorld(cases, person, planted)


def _attributes(rng: np.random.Generator, n: int) -> dict[str, Ints]:
    def drawn(count: int, steepness: float) -> Ints:
        weight = rng.permutation(1 / np.arange(1, count + 1) ** steepness)
        return rng.choice(count, n, p=weight / weight.sum())

    abuse = drawn(TYPES, 0.8)
    weights = np.array(CLAUSE_WEIGHTS) / sum(CLAUSE_WEIGHTS)
    clause = abuse * len(weights) + rng.choice(len(weights), n, p=weights)
    return {
        "abuse_type": abuse,
        "market": drawn(MARKETS, 0.9),
        "surface": drawn(SURFACES, 0.9),
        "clause": clause,
    }


def _bulk(rng: np.random.Generator, codes: dict[str, Ints]) -> Ints:
    """Cases that came together: they are alike in everything; negative stands for itself."""
    n = len(codes["clause"])
    event = np.full(n, -1, dtype=np.int64)
    for number in range(int(n * BULK_SHARE / BULK_SIZE)):
        first = int(rng.integers(0, n - 2 * BULK_SIZE))
        members = slice(first, first + 2 + int(rng.integers(0, 2 * BULK_SIZE - 2)))
        event[members] = number
        for values in codes.values():
            values[members] = values[first]
    return event


def _usual(rng: np.random.Generator, codes: dict[str, Ints], event: Ints, person: Ints) -> Floats:
    odds = np.full(len(event), logit(USUAL))
    for name, values in {**codes, "person": person}.items():
        odds += rng.normal(0, SPREADS.get(name, CLAUSE_SPREAD), int(values.max()) + 1)[values]
    place = codes["clause"] * MARKETS + codes["market"]
    odds += rng.normal(0, PLACE_SPREAD, int(place.max()) + 1)[place]
    shared = rng.normal(0, EVENT_SPREAD, int(event.max()) + 2)
    shared[-1] = 0.0
    return odds + shared[event]


def _plant(rng: np.random.Generator, codes: dict[str, Ints], gaps: int) -> tuple[Planted, ...]:
    found: list[Planted] = []
    used: set[int] = set()
    while len(found) < gaps:
        names = KINDS[int(rng.choice(len(KINDS), p=KIND_WEIGHTS))]
        key = np.zeros(len(codes["clause"]), dtype=np.int64)
        for name in names:
            key = key * 1000 + codes[name]
        every, count = np.unique(key, return_counts=True)
        if not (count >= LEAST_CASES).any():
            continue
        chosen = int(rng.choice(every[count >= LEAST_CASES]))
        inside = key == chosen
        first = int(np.flatnonzero(inside)[0])
        abuse = int(codes["abuse_type"][first])
        if abuse in used:  # one gap in a type, so that each is a truth of its own
            continue
        used.add(abuse)
        where = {name: int(codes[name][first]) for name in names}
        found.append(Planted(where, inside, float(rng.uniform(LEAST_PLUS, MOST_PLUS))))
    return tuple(found)
