"""Partners with known true service, and the cases that they would have seen: numbers for the score."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.partners.inputs import Counted, Evidence, Known, PartnerInputs
from core.partners.score_rules import HealthRules
from core.stats.arrays import Bools, Floats, Ints
from core.stats.survival import Tails, tails

# What is usual in this world: mean and size of a beta for shares, shape of a gamma for ratios.
SHARES = {
    "sla_attainment": (0.86, 14.0),
    "returns": (0.12, 16.0),
    "overturn_rate": (0.18, 12.0),
    "csat": (0.72, 10.0),
}
RATIO_SHAPES = {"load": 5.0, "severe_incidents": 4.0}
TIER_SHIFT = 0.3  # log-odds between one tier and the next
LOG_TIME, TIME_SPREAD, CASE_SPREAD = -0.9, 0.35, 0.8
# Cases of an input for one case that a clock has judged.
CASES_PER_CASE = {"returns": 3.0, "overturn_rate": 0.8, "csat": 0.9}
EXPECTED_PER_CASE = {"load": 0.3, "severe_incidents": 0.2}


@dataclass(frozen=True, eq=False, slots=True)
class World:
    """True values of each input by partner, and the cases seen; tail cases one row each."""

    groups: Ints
    truth: dict[str, Floats]
    counted: dict[str, Counted]
    gaps: Floats
    tail_partner: Ints
    tail_time: Floats
    tail_ended: Bools

    def inputs(self, rules: HealthRules) -> PartnerInputs:
        """As the score takes them."""
        evidence: dict[str, Evidence] = {**self.counted, "open_gaps": Known(self.gaps)}
        evidence["ttr_p90"] = self.tails(rules)
        return PartnerInputs(self.groups, evidence)

    def tails(self, rules: HealthRules) -> Tails:
        """Tails of the times ÷ target."""
        shape = rules.inputs["ttr_p90"].tail
        assert shape is not None
        count = len(self.groups)
        return tails(self.tail_partner, self.tail_time, self.tail_ended, count, shape.rules())

    def with_one_case(self, who: Ints, *, bad: bool) -> World:
        """The same, but these partners have one more case, as bad or as good as a case can be."""
        more = np.bincount(who, minlength=len(self.groups)).astype(np.float64)
        time = np.full(len(who), 8.0 if bad else 0.02)
        return replace(
            self,
            counted={n: _with_case(one, n, more, bad=bad) for n, one in self.counted.items()},
            tail_partner=np.concatenate([self.tail_partner, who]),
            tail_time=np.concatenate([self.tail_time, time]),
            tail_ended=np.concatenate([self.tail_ended, np.ones(len(who), bool)]),
        )


def _with_case(one: Counted, name: str, more: Floats, *, bad: bool) -> Counted:
    good_is_hit = name in {"sla_attainment", "csat"}
    hit = float(bad != good_is_hit)
    share = EXPECTED_PER_CASE.get(name, 1.0)
    return Counted(one.hits + hit * more, one.of + share * more, one.effective + more)


def partner_world(seed: int, cases: Floats) -> World:
    """A world with as many partners as ``cases`` has entries: cases judged by a clock of each."""
    rng = np.random.default_rng(seed)
    count = len(cases)
    groups = rng.integers(0, 4, count)
    truth, counted = {}, {}
    for name, (mean, size) in SHARES.items():
        own = _shifted(mean, groups, rises=name in {"sla_attainment", "csat"})
        truth[name] = rng.beta(own * size, (1 - own) * size)
        many = CASES_PER_CASE.get(name)
        n = cases if many is None else rng.poisson(cases * many).astype(np.float64)
        hits = rng.binomial(n.astype(np.int64), truth[name]).astype(np.float64)
        counted[name] = Counted(hits, n, n)
    for name, shape in RATIO_SHAPES.items():
        truth[name] = rng.gamma(shape, 1 / shape, count)
        expected = cases * EXPECTED_PER_CASE[name] * rng.uniform(0.7, 1.3, count)
        counted[name] = Counted(rng.poisson(truth[name] * expected).astype(float), expected, cases)
    level = LOG_TIME + 0.15 * groups + TIME_SPREAD * rng.normal(size=count)
    truth["ttr_p90"] = np.exp(level + 1.2815515655 * CASE_SPREAD)
    partner = np.repeat(np.arange(count), (3 * cases).astype(np.int64))
    full = np.exp(level[partner] + CASE_SPREAD * rng.normal(size=len(partner)))
    seen = rng.uniform(0.3, 12, len(partner))
    gaps = rng.poisson(0.4, count).astype(np.float64)
    truth["open_gaps"] = gaps
    time, ended = np.minimum(full, seen), full <= seen
    return World(groups, truth, counted, gaps, partner, time, ended)


def _shifted(mean: float, groups: Ints, *, rises: bool) -> Floats:
    odds = mean / (1 - mean) * np.exp((-1 if rises else 1) * TIER_SHIFT * (groups - 1.5))
    found: Floats = odds / (1 + odds)
    return found


def true_scores(world: World, rules: HealthRules) -> Floats:
    """What the score would be if everything were known."""
    parts = [own.weight * own.points(world.truth[name]) for name, own in rules.inputs.items()]
    return np.asarray(np.sum(parts, axis=0), np.float64)


def uneven_sizes(seed: int, count: int) -> Floats:
    """A few partners with hundreds of cases, many with hardly any."""
    rng = np.random.default_rng(seed)
    return np.rint(rng.lognormal(2.7, 1.2, count))
