"""Worlds of re-reviewed decisions with planted gaps, and with what looks like gaps but is none.

Not planted, but there: abuse types, markets and surfaces that differ in how much is overturned,
people of differing strictness, clauses and places that vary a little, and bulk submissions that
are decided alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from core.gaps.mining import Where, mine_excess
from core.gaps.mining_cells import ReviewedCases
from core.gaps.mining_rules import mining_rules
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
ALIKE = 0.5  # share of the cases of two slices that both have, from which on they are one


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


@dataclass(frozen=True, slots=True)
class MiningScore:
    """How the first candidates of some worlds compare with what was planted."""

    planted: int = 0
    recalled: int = 0  # planted gaps among the first, most of their cases the same
    exact: int = 0  # of these, the very same cases
    first: int = 0  # places looked at
    shown: int = 0  # of these, taken by a candidate
    found: int = 0  # candidates in all
    worlds: int = 0

    def and_also(self, other: MiningScore) -> MiningScore:
        """Both together."""
        return MiningScore(*(getattr(self, n) + getattr(other, n) for n in MiningScore.__slots__))

    @property
    def recall(self) -> float:
        """Of the planted gaps those among the first candidates."""
        return self.recalled / max(1, self.planted)

    @property
    def precision(self) -> float:
        """Of the first places those with a planted gap, an empty one counting as a miss."""
        return self.recalled / max(1, self.first)

    @property
    def precision_of_shown(self) -> float:
        """Of the candidates in the first places those that are a planted gap."""
        return self.recalled / max(1, self.shown)


def score_world(world: MiningWorld, first: int = 5) -> MiningScore:
    """Mine a world and compare the first candidates with what was planted."""
    rules = mining_rules()
    mined = mine_excess(world.cases, rules, rules.excess.material)
    masks = [members(world.cases, one.where) for one in mined.found[:first]]
    recalled = exact = 0
    for gap in world.gaps:
        alike = max((_jaccard(gap.inside, mask) for mask in masks), default=0.0)
        recalled += alike >= ALIKE
        exact += alike == 1.0
    return MiningScore(len(world.gaps), recalled, exact, first, len(masks), len(mined.found), 1)


def score(seeds: range, gaps: Sequence[int]) -> MiningScore:
    """Many worlds, with these numbers of gaps in turn."""
    found = MiningScore()
    for seed in seeds:
        found = found.and_also(score_world(mining_world(seed, gaps[seed % len(gaps)])))
    return found


def members(cases: ReviewedCases, where: Where) -> Bools:
    """The cases of a slice."""
    inside = np.ones(len(cases.hit), dtype=np.bool_)
    for name, value in where:
        inside &= cases.codes[name] == cases.values[name].index(value)
    return inside


def _jaccard(one: Bools, other: Bools) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))
