"""The search through slices: the strongest excess, its best kin, and explaining it away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from core.gaps.mining_cells import CountedSlices, ReviewedCases, sums
from core.gaps.mining_rules import MiningRules
from core.stats.arrays import Bools, Floats
from core.stats.crossed_effects import Crossed, Factor, fit_crossed
from core.stats.odds_shift import Shares, evidence, fit_shifts, shift_posterior

Progress = Callable[[float, str], None]
ROUNDS_PER_CANDIDATE = 3  # kin that is folded takes a round each
WORTH_A_LOOK = 0.5  # evidence below which no slice can be sure


@dataclass(eq=False, slots=True)
class Found:
    """A candidate as places of slices: itself and those folded under it."""

    place: int
    flag: int  # which of the free effects is its own
    related: list[int] = field(default_factory=list)


class Verdict(NamedTuple):
    """What the cases say about one slice when everything else found is accounted for."""

    total: float
    hits: float
    expected: float
    share: float
    low: float
    high: float
    sureness: float


class Search:
    """Counts against expectations that change as candidates explain them."""

    def __init__(
        self,
        cases: ReviewedCases,
        counted: CountedSlices,
        asked: tuple[MiningRules, float],
        progress: Progress,
    ) -> None:
        rules, material = asked
        self._rules, self._material = rules, material
        self._tell = progress
        self._cells, self._families = counted.cells, counted.families
        self._cell_hits = sums(self._cells.cell_of, cases.hit, len(self._cells.totals))
        self._factors = [
            Factor(self._cells.codes[n], len(self._cells.values[n])) for n in rules.factors
        ]
        self._without = [rules.factors.index(rules.rule)]
        self._starts = np.cumsum([0, *(len(f.totals) for f in self._families)])
        self._totals = np.concatenate([f.totals for f in self._families])
        self._hits = np.concatenate([f.sums(self._cell_hits) for f in self._families])
        self._conditions = np.concatenate(
            [np.full(len(f.totals), len(f.names)) for f in self._families]
        )
        self._flags: list[Bools] = []
        progress(0.1, "Telling what is usual")
        self._fit = self._fitted(None)
        self.spread = self._event_spread(cases)
        progress(0.4, "Judging slices")
        self._priors = self._fit_priors()

    @property
    def slice_count(self) -> int:
        """How many slices are judged."""
        return len(self._totals)

    def run(self) -> list[Found]:
        """Candidates in the order in which they explain most."""
        found: list[Found] = []
        most = self._rules.most_candidates
        if not self.slice_count:
            return found
        expected = self._expected()
        sure = self._stands_out(expected)
        for turn in range(most * ROUNDS_PER_CANDIDATE):
            if len(found) == most or not sure.any():
                break
            self._tell(0.5 + 0.5 * min(1.0, turn / most), "Explaining what stands out")
            strength = evidence(self._shares(expected))
            winner = self._best_kin(int(np.where(sure, strength, -1.0).argmax()), strength)
            before, expected = sure, self._explained(winner)
            sure = self._stands_out(expected)
            sure[[winner, *(one.place for one in found)]] = False
            self._fold(winner, found, before & ~sure, strength)
        return found

    def _explained(self, winner: int) -> Floats:
        """What is usual when the winner has an effect of its own."""
        self._flags.append(self._flag(winner))
        self._fit = self._fitted(self._fit)
        return self._expected()

    def final(self, one: Found) -> Verdict:
        """The verdict on a candidate with all others explained, but not itself."""
        own = self._odds(but=one.flag)
        family = self._family_of(one.place)
        place = one.place - self._starts[family]
        usual = self._families[family].sums(self._cells.totals * expit(own))[place]
        return self._verdict(one.place, float(usual / self._totals[one.place]))

    def _verdict(self, place: int, usual: float) -> Verdict:
        """The verdict on a slice against a usual share."""
        family = self._family_of(place)
        total, hits, expected = self._totals[place], self._hits[place], np.array([usual])
        shares = Shares(np.array([hits]), np.array([total]), expected, self.spread)
        post = shift_posterior(shares, self._priors[family])
        edge = (1 - self._rules.interval) / 2
        return Verdict(
            float(total),
            float(hits),
            float(expected[0]),
            float(post.mean[0]),
            float(post.quantile(edge)[0]),
            float(post.quantile(1 - edge)[0]),
            float(post.above(expected + self._material)[0]),
        )

    def where(self, place: int) -> tuple[tuple[str, str], ...]:
        """The slice as dimensions and values."""
        at = self._family_of(place)
        family, own = self._families[at], place - self._starts[at]
        return tuple(
            (name, self._cells.values[name][codes[own]])
            for name, codes in zip(family.names, family.codes, strict=True)
        )

    def counts(self, place: int) -> tuple[float, float]:
        """Overturned and re-reviewed cases of a slice."""
        return float(self._hits[place]), float(self._totals[place])

    def _fitted(self, start: Crossed | None) -> Crossed:
        cells = self._cells
        return fit_crossed(self._cell_hits, cells.totals, self._factors, self._flags, start)

    def _odds(self, but: int | None = None) -> Floats:
        """Log-odds of each cell without the rule's own part, and without one free effect."""
        odds = self._fit.log_odds(self._factors, self._flags, self._without)
        if but is not None:
            odds = odds - self._flags[but] * self._fit.free[but]
        return odds

    def _expected(self) -> Floats:
        """The usual share of each slice."""
        usual = self._cells.totals * expit(self._odds())
        found: Floats = np.concatenate([f.sums(usual) for f in self._families]) / self._totals
        return found

    def _shares(self, expected: Floats) -> Shares:
        return Shares(self._hits, self._totals, expected, self.spread)

    def _fit_priors(self) -> list[Floats]:
        shares = self._shares(self._expected())
        return [fit_shifts(shares.only(self._in_family(at))) for at in range(len(self._families))]

    def _stands_out(self, expected: Floats) -> Bools:
        """The slices that are materially above the usual as far as can be told with care."""
        shares, found = self._shares(expected), np.zeros(self.slice_count, dtype=np.bool_)
        promising = evidence(shares) >= WORTH_A_LOOK
        for at, prior in enumerate(self._priors):
            places = np.flatnonzero(promising & self._in_family(at))
            if not len(places):
                continue
            some = shares.only(places)
            post = shift_posterior(some, prior)
            sure = post.above(some.expected + self._material) >= self._rules.sure_from
            places, some, post = places[sure], some.only(sure), post.only(sure)
            beyond = (post.mean - some.expected) * some.totals
            found[places] = beyond >= self._rules.least_excess
        return found

    def _in_family(self, at: int) -> Bools:
        found = np.zeros(self.slice_count, dtype=np.bool_)
        found[self._starts[at] : self._starts[at + 1]] = True
        return found

    def _family_of(self, place: int) -> int:
        return int(np.searchsorted(self._starts, place, side="right")) - 1

    def _flag(self, place: int) -> Bools:
        at = self._family_of(place)
        found: Bools = self._families[at].slice_of == place - self._starts[at]
        return found

    def _shared(self, place: int) -> Floats:
        """Of each slice the cases that it shares with one."""
        return self._inside(self._flag(place))

    def _inside(self, flag: Bools) -> Floats:
        """Of each slice the cases in some cells."""
        cells = np.flatnonzero(flag)
        numbers = self._cells.totals[cells]
        return np.concatenate([f.sums_of(cells, numbers) for f in self._families])

    def _kin(self, place: int) -> Bools:
        """Slices inside of one, or that hold it whole; itself too."""
        shared = self._shared(place)
        found: Bools = (shared == self._totals) | (shared == self._totals[place])
        return found

    def _best_kin(self, top: int, strength: Floats) -> int:
        """The slice among kin that explains most; each condition more has to earn its place."""
        worth = strength - self._rules.condition_margin * self._conditions
        taken = np.zeros(self.slice_count, dtype=np.bool_)
        for flag in self._flags:
            same = self._inside(flag)
            taken |= (same == self._totals) & (same == self._cells.totals[flag].sum())
        return int(np.where(self._kin(top) & ~taken, worth, -np.inf).argmax())

    def _fold(self, winner: int, found: list[Found], faded: Bools, strength: Floats) -> None:
        kin = self._kin(winner)
        host = next((one for one in found if kin[one.place]), None)
        if host is None:
            host = Found(winner, len(self._flags) - 1)
            found.append(host)
        else:
            host.related.append(winner)
        touching = np.flatnonzero(faded & (self._shared(winner) > 0))
        for place in touching[np.argsort(-strength[touching])].tolist():
            if place != host.place and place not in host.related:
                host.related.append(place)

    def _event_spread(self, cases: ReviewedCases) -> float:
        """How much wider than by chance the sums over events vary; at least 1."""
        if cases.event is None:
            return 1.0
        mean = expit(self._fit.log_odds(self._factors, self._flags))
        chance = float((self._cells.totals * mean * (1 - mean)).sum())
        miss = cases.hit - mean[self._cells.cell_of]
        alone = cases.event < 0
        _, number = np.unique(cases.event[~alone], return_inverse=True)
        together = np.bincount(number, miss[~alone])
        seen = float((together**2).sum() + (miss[alone] ** 2).sum())
        return max(1.0, seen / chance) if chance else 1.0
