"""The best estimate of one input for every partner: own cases weighed against what is usual.

What the usual is, is learnt from the partners of the same group, or from all where they are few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.partners.inputs import Counted, Evidence, Known, PartnerInputs
from core.partners.score_rules import HealthRules, InputRules, Kind
from core.stats.arrays import Bools, Floats, Ints
from core.stats.beta_binomial import fit_shares, share_interval_of, share_posterior, share_pull
from core.stats.gamma_poisson import fit_ratios, ratio_interval, ratio_posterior, ratio_pull
from core.stats.hyper_grid import HyperGrid
from core.stats.normal_means import fit_means, mean_posterior
from core.stats.survival import Tails


@dataclass(frozen=True, eq=False, slots=True)
class Population:
    """What is usual: for each input that anybody has cases of, one prior per group of partners."""

    priors: Mapping[str, Sequence[HyperGrid | None]]

    def prior(self, name: str, group: int) -> HyperGrid:
        """The prior of one group; a known count has none."""
        found = self.priors[name][group]
        if found is None:
            msg = f"{name} is certain and has nothing usual to be weighed against"
            raise KeyError(msg)
        return found


@dataclass(frozen=True, eq=False, slots=True)
class Estimate:
    """One input of every partner.

    ``without_hit`` and ``without_miss`` are the estimates without the one case that raises the
    value most, or lowers it most. ``own_share`` is how much of the estimate the own cases make.
    """

    value: Floats
    low: Floats
    high: Floats
    own_share: Floats
    effective: Floats
    without_hit: Floats
    without_miss: Floats


# Value, ends of the interval, own share, without a hit, without a miss: columns of one array each.
Columns = tuple[Floats, Floats, Floats, Floats, Floats, Floats]


def fit_population(inputs: PartnerInputs, rules: HealthRules) -> Population:
    """Learn what is usual; inputs without any case at all are left out."""
    found: dict[str, Sequence[HyperGrid | None]] = {}
    groups = inputs.groups
    for name in rules.inputs:
        evidence = inputs.evidence.get(name)
        if evidence is None or not (seen := _seen(evidence)).any():
            continue
        whole = _fit(evidence, rules.inputs[name], seen)
        partners = np.bincount(groups[seen], minlength=int(groups.max(initial=0)) + 1)
        found[name] = tuple(
            _fit(evidence, rules.inputs[name], seen & (groups == group))
            if count >= rules.least_partners
            else whole
            for group, count in enumerate(partners)
        )
    return Population(found)


def _seen(evidence: Evidence) -> Bools:
    if isinstance(evidence, Counted):
        return evidence.of > 0
    if isinstance(evidence, Tails):
        return np.isfinite(evidence.value)
    return np.isfinite(evidence.count)


def _fit(evidence: Evidence, rules: InputRules, rows: Bools) -> HyperGrid | None:
    if isinstance(evidence, Tails):
        return fit_means(np.log(evidence.value[rows]), evidence.error[rows])
    if isinstance(evidence, Counted):
        if rules.kind is Kind.RATIO:
            return fit_ratios(evidence.hits[rows], evidence.of[rows])
        hits, of = evidence.weighing()
        return fit_shares(hits[rows], of[rows])
    return None


def estimate(
    evidence: Evidence,
    rules: InputRules,
    groups: Ints,
    priors: Sequence[HyperGrid | None],
    level: float,
) -> Estimate:
    """The estimates of one input, with their central intervals of that level."""
    if isinstance(evidence, Known):
        count, whole = evidence.count, np.ones(len(groups))
        return Estimate(count, count, count, whole, whole * np.nan, count, count)
    if isinstance(evidence, Tails):
        columns = _by_prior(groups, priors, lambda rows, prior: _tail(evidence, rows, prior, level))
        return Estimate(*columns[:4], evidence.effective, *columns[4:])
    if rules.kind is Kind.RATIO:
        columns = _by_prior(
            groups, priors, lambda rows, prior: _ratio(evidence, rows, prior, level)
        )
        return Estimate(*columns[:4], evidence.effective, *columns[4:])
    hits, of = evidence.weighing()
    columns = _by_prior(
        groups, priors, lambda rows, prior: _share(hits[rows], of[rows], prior, level)
    )
    return Estimate(*columns[:4], of, *columns[4:])


def _by_prior(
    groups: Ints, priors: Sequence[HyperGrid | None], of_rows: Callable[[Ints, HyperGrid], Columns]
) -> Columns:
    """The columns of all partners; groups that share a prior are worked out at once."""
    found = np.full((6, len(groups)), np.nan)
    distinct = {id(prior): prior for prior in priors if prior is not None}
    for key, prior in distinct.items():
        mine = np.array([id(one) == key for one in priors])
        rows = np.flatnonzero(mine[groups])
        found[:, rows] = of_rows(rows, prior)
    value, low, high, own, no_hit, no_miss = found
    return value, low, high, own, no_hit, no_miss


def _share(hits: Floats, of: Floats, prior: HyperGrid, level: float) -> Columns:
    post = share_posterior(hits, of, prior)
    low, high = share_interval_of(post, level)
    hit, miss = np.minimum(hits, 1.0), np.minimum(of - hits, 1.0)
    return (
        post.mean,
        low,
        high,
        share_pull(of, prior).per_hit * of,
        share_pull(of - hit, prior).means(hits - hit, of - hit),
        share_pull(of - miss, prior).means(hits, of - miss),
    )


def _ratio(evidence: Counted, rows: Ints, prior: HyperGrid, level: float) -> Columns:
    hits, of = evidence.hits[rows], evidence.of[rows]
    post = ratio_posterior(hits, of, prior)
    low, high = ratio_interval(post, level)
    pull, fewer = ratio_pull(of, prior), np.maximum(of - 1, 0.0)
    without_hit = pull.means(np.maximum(hits - 1, 0.0), of)
    return (
        post.mean,
        low,
        high,
        pull.per_hit * of,
        without_hit,
        ratio_pull(fewer, prior).means(hits, fewer),
    )


def _tail(evidence: Tails, rows: Ints, prior: HyperGrid, level: float) -> Columns:
    error, n = evidence.error[rows], np.maximum(evidence.effective[rows], 1.0)
    post = mean_posterior(np.log(evidence.value[rows]), error, prior)
    low, high = post.interval(level)
    fewer = error * np.sqrt(n / np.maximum(n - 1, 0.5))
    no_long = mean_posterior(np.log(evidence.without_longest[rows]), fewer, prior).mean
    no_short = mean_posterior(np.log(evidence.without_shortest[rows]), fewer, prior).mean
    own = np.where(np.isfinite(evidence.value[rows]), _own_share(error, prior), 0.0)
    return np.exp(post.mean), np.exp(low), np.exp(high), own, np.exp(no_long), np.exp(no_short)


def _own_share(error: Floats, prior: HyperGrid) -> Floats:
    spread = prior.second**2
    found: Floats = (spread / (spread + error[:, None] ** 2)) @ prior.weights
    return found
