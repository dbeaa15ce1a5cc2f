"""Where like cases under one clause are decided differently by different people. Pure.

Of each person under each clause the overturned decisions are compared with what clause, market and
the person's own strictness everywhere lead to expect; what remains between people is the clause's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri, expit, logit, ndtri

from core.gaps.disagreement import Disagreement
from core.gaps.mining_cells import sums
from core.gaps.mining_rules import PeopleRules
from core.stats.arrays import Bools, Floats, Ints
from core.stats.crossed_effects import Factor, fit_crossed
from core.stats.false_discovery import adjusted
from core.stats.one_thread import one_thread

MOST_SPREAD = 4.0  # of people around the usual, on the log-odds


@dataclass(frozen=True, eq=False, slots=True)
class PeopleDecisions:
    """Re-reviewed decisions: by whom, under which clause, where, and whether it was an overturn."""

    clauses: tuple[str, ...]
    clause: Ints
    market: Ints
    person: Ints
    hit: Bools


@dataclass(frozen=True, slots=True)
class MinedPeople:
    """Clauses under which people differ, the widest first, and what was looked through."""

    found: tuple[Disagreement, ...]
    decisions: int
    people: int
    clauses: int  # judged


def mine_people(given: PeopleDecisions, rules: PeopleRules) -> MinedPeople:
    """Look through all clauses that enough people decided often enough under."""
    if not len(given.hit):
        return MinedPeople((), 0, 0, 0)
    with one_thread():
        groups = _groups(given, rules)
    judged = [_Clause(groups, c) for c in np.unique(groups.clause).tolist()]
    judged = [one for one in judged if one.people >= rules.least_people]
    rng = np.random.default_rng(rules.seed)
    chance = adjusted(np.array([one.chance(rng, rules.draws) for one in judged]))
    found = [
        one.told(given.clauses[one.clause], p, rules)
        for one, p in zip(judged, chance.tolist(), strict=True)
        if p <= rules.false_share
    ]
    found = [one for one in found if one.high_share - one.low_share >= rules.material]
    return MinedPeople(
        found=tuple(sorted(found, key=lambda one: one.low_share - one.high_share)),
        decisions=len(given.hit),
        people=len(np.unique(given.person)),
        clauses=len(judged),
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Groups:
    """The decisions of each person under each clause, those with enough of them."""

    clause: Ints
    total: Floats
    hits: Floats
    expected: Floats
    variance: Floats


def _groups(given: PeopleDecisions, rules: PeopleRules) -> _Groups:
    """Counted against clause, market and the strictness that a person has everywhere."""
    columns = (given.clause, given.market, given.person)
    sizes = [int(c.max()) + 1 for c in columns]
    key = (given.clause * sizes[1] + given.market) * sizes[2] + given.person
    every, place = np.unique(key, return_inverse=True)
    rest, person = np.divmod(every, sizes[2])
    clause, market = np.divmod(rest, sizes[1])
    hits, totals = sums(place, given.hit, len(every)), sums(place, np.ones(len(place)), len(every))
    factors = [Factor(c, s) for c, s in zip((clause, market, person), sizes, strict=True)]
    mean = expit(fit_crossed(hits, totals, factors).log_odds(factors, []))
    pair, group = np.unique(clause * sizes[2] + person, return_inverse=True)
    total = sums(group, totals, len(pair))
    kept = total >= rules.least_decisions
    return _Groups(
        clause=(pair // sizes[2])[kept],
        total=total[kept],
        hits=sums(group, hits, len(pair))[kept],
        expected=sums(group, totals * mean, len(pair))[kept],
        variance=sums(group, totals * mean * (1 - mean), len(pair))[kept],
    )


class _Clause:
    """The people of one clause: how far each lies from the expectation, on the log-odds."""

    def __init__(self, groups: _Groups, clause: int) -> None:
        own = groups.clause == clause
        self.clause = clause
        self._total, self._hits = groups.total[own], groups.hits[own]
        self._expected, self._weight = groups.expected[own], groups.variance[own]

    @property
    def people(self) -> int:
        return len(self._total)

    def chance(self, rng: np.random.Generator, draws: int) -> float:
        """How often people who do not differ lie as far apart."""
        share = self._expected / self._total
        drawn = rng.binomial(self._total.astype(np.int64), share, (draws, self.people))
        apart = self._apart(drawn.astype(np.float64))
        seen = self._apart(self._hits[None, :])[0]
        return float((1 + (apart >= seen).sum()) / (1 + draws))

    def told(self, name: str, chance: float, rules: PeopleRules) -> Disagreement:
        """In shares of like cases."""
        df, edge = self.people - 1, (1 - rules.interval) / 2
        usual = float(logit(self._hits.sum() / self._total.sum()))
        reach = float(ndtri(1 - edge))

        def ends(spread: float) -> tuple[float, float]:
            return float(expit(usual - reach * spread)), float(expit(usual + reach * spread))

        low, high = ends(self._spread(df))
        narrow = ends(self._spread(float(chdtri(df, edge))))
        wide = ends(self._spread(float(chdtri(df, 1 - edge))))
        return Disagreement(
            clause=name,
            decisions=int(self._total.sum()),
            people=self.people,
            share=float(self._hits.sum() / self._total.sum()),
            low_share=low,
            high_share=high,
            width_low=narrow[1] - narrow[0],
            width_high=wide[1] - wide[0],
            chance=chance,
        )

    def _apart(self, hits: Floats, spread: float = 0.0) -> Floats:
        """The weighted squares of the people's distances from their common middle."""
        far = (hits - self._expected) / self._weight
        weight = 1 / (1 / self._weight + spread**2)
        middle = (far * weight).sum(axis=1, keepdims=True) / weight.sum()
        found: Floats = ((far - middle) ** 2 * weight).sum(axis=1)
        return found

    def _spread(self, wanted: float) -> float:
        """The spread of people under which the distances would sum to that (Q-profile)."""

        def beyond(spread: float) -> float:
            return float(self._apart(self._hits[None, :], spread)[0]) - wanted

        if beyond(0.0) <= 0:
            return 0.0
        if beyond(MOST_SPREAD) >= 0:
            return MOST_SPREAD
        return float(brentq(beyond, 0.0, MOST_SPREAD))
