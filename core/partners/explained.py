"""One partner's score taken apart: own cases, what is usual, the estimate, its points, its part.

Every line can be worked out by hand from the figures in it: estimate = own share × own value +
(1 - own share) × usual, of a tail by the logarithms; part = weight × points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log, nan

import numpy as np

from core.partners.change import Moment
from core.partners.estimates import Population
from core.partners.inputs import Known
from core.partners.score_rules import HealthRules, Kind
from core.stats.survival import Tails

LEAST_SHARE = 1e-9  # of the usual in an estimate, below which nothing can be read from it


@dataclass(frozen=True, slots=True)
class Usual:
    """What an input usually is, learnt from so many partners: those of the group, or all.

    ``value`` is that of a partner without cases; ``leaning`` is what this partner's own cases are
    weighed against, which differs a little because the usual is known only roughly. Where too few
    partners stand behind it, it is not shown.
    """

    value: float
    leaning: float
    points: float  # that the value would bring
    partners: int | None  # None: not for the reader to know
    is_of_group: bool
    is_shown: bool


@dataclass(frozen=True, slots=True)
class ExplainedInput:
    """One recorded input of one partner; ``raw`` is the value of its own cases, NaN without any.

    ``hits`` and ``of`` are counts of cases (or expected ones), ``None`` where it is no such count.
    """

    name: str
    kind: Kind
    weight: float
    raw: float
    hits: float | None
    of: float | None
    effective: float
    own_share: float
    usual: Usual | None
    value: float
    low: float
    high: float
    points: float
    points_low: float
    points_high: float
    part: float

    @property
    def has_cases(self) -> bool:
        """False where the usual stands in for the partner's own cases."""
        return self.own_share > 0


def explained(
    moment: Moment, population: Population, rules: HealthRules, place: int
) -> tuple[ExplainedInput, ...]:
    """The recorded inputs of the partner at that place, in the order of the rules."""
    return tuple(_one(moment, population, rules, place, name) for name in moment.health.names)


def without_partners(found: ExplainedInput) -> ExplainedInput:
    """The same for a reader who may not know how many partners the desk has."""
    return replace(found, usual=found.usual and replace(found.usual, partners=None))


def not_recorded(moment: Moment, rules: HealthRules) -> tuple[str, ...]:
    """Inputs that this desk does not record, whose weight goes to the others."""
    return tuple(name for name in rules.inputs if name not in moment.health.names)


def _one(
    moment: Moment, population: Population, rules: HealthRules, place: int, name: str
) -> ExplainedInput:
    health, own = moment.health, rules.inputs[name]
    column = health.names.index(name)
    found, points = health.estimates[name], health.points[name]
    raw, hits, of = _raw(moment, name, place)
    value, share = float(found.value[place]), float(found.own_share[place])
    return ExplainedInput(
        name=name,
        kind=own.kind,
        weight=float(health.weights[column]),
        raw=raw,
        hits=hits,
        of=of,
        effective=float(found.effective[place]),
        own_share=share,
        usual=_usual(moment, population, rules, place, name),
        value=value,
        low=float(found.low[place]),
        high=float(found.high[place]),
        points=float(points.points[place]),
        points_low=float(points.low[place]),
        points_high=float(points.high[place]),
        part=float(health.contributions[place, column]),
    )


def _raw(moment: Moment, name: str, place: int) -> tuple[float, float | None, float | None]:
    evidence = moment.inputs.evidence[name]
    if isinstance(evidence, Tails):
        return float(evidence.value[place]), None, None
    if isinstance(evidence, Known):
        return float(evidence.count[place]), None, None
    hits, of = float(evidence.hits[place]), float(evidence.of[place])
    return (hits / of if of > 0 else nan), hits, of


def _usual(
    moment: Moment, population: Population, rules: HealthRules, place: int, name: str
) -> Usual | None:
    kind = rules.inputs[name].kind
    if kind is Kind.KNOWN:
        return None
    found, groups = moment.health.estimates[name], moment.inputs.groups
    group = int(groups[place])
    prior = population.prior(name, group)
    known = found.own_share > 0
    alike = int(np.count_nonzero(known & (groups == group)))
    is_of_group = alike >= rules.least_partners
    mean = float(prior.first @ prior.weights)
    usual = exp(mean) if kind is Kind.TAIL else mean
    raw = _raw(moment, name, place)[0]
    share = float(found.own_share[place])
    leaning = _leaning(kind, float(found.value[place]), raw, share, usual)
    points = float(rules.inputs[name].points(np.array([usual]))[0])
    partners = alike if is_of_group else int(known.sum())
    is_shown = partners >= rules.peers.least
    return Usual(usual, leaning, points, partners, is_of_group, is_shown)


def _leaning(kind: Kind, value: float, raw: float, share: float, usual: float) -> float:
    """What the rest of the estimate is, once the own cases are taken out of it."""
    rest = 1 - share
    if share <= 0:
        return value
    if rest < LEAST_SHARE:
        return usual
    if kind is Kind.TAIL:
        return exp((log(value) - share * log(raw)) / rest)
    return (value - share * raw) / rest
