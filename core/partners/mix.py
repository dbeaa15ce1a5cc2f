"""Fair comparison: what a partner's own mix of abuse types and priorities would give elsewhere.

Indirect standardisation: expected = sum over strata of the partner's cases × the usual share there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from core.partners.score_rules import PeerRules
from core.stats.arrays import Floats, Ints
from core.stats.gamma_poisson import (
    RatioPosterior,
    fit_ratios,
    probability_below,
    ratio_interval,
    ratio_posterior,
)

ALL_PARTNERS = -1


@dataclass(frozen=True, eq=False, slots=True)
class MixRows:
    """Cases by partner and stratum (abuse type × priority), a row for each pair that has any."""

    partners: Ints
    strata: Ints
    hits: Floats
    of: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Adjusted:
    """Observed and expected hits of each partner, and the share of all partners together.

    ``share`` is what the partner's share would be at everybody's mix; NaN without cases.
    """

    observed: Floats
    expected: Floats
    overall: float

    @property
    def ratio(self) -> Floats:
        """Observed ÷ expected; NaN where nothing was expected."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = np.where(self.expected > 0, self.observed / self.expected, np.nan)
        return found

    @property
    def share(self) -> Floats:
        """The adjusted share, at most 1."""
        return np.minimum(self.ratio * self.overall, 1.0)


def stratum_shares(rows: MixRows, standard_cases: float) -> Floats:
    """The usual share of each stratum; thin strata lean on the share of all, by ``standard_cases``."""
    hits = np.bincount(rows.strata, weights=rows.hits).astype(np.float64)
    of = np.bincount(rows.strata, weights=rows.of).astype(np.float64)
    overall = float(hits.sum() / of.sum()) if of.sum() > 0 else 0.0
    found = np.full(len(of), overall)
    np.divide(
        hits + standard_cases * overall,
        of + standard_cases,
        out=found,
        where=of + standard_cases > 0,
    )
    return found


def expected_cases(rows: MixRows, standard_cases: float) -> Floats:
    """What is expected of each row: the sums by partner are those of ``adjust``."""
    expected = rows.of * stratum_shares(rows, standard_cases)[rows.strata]
    scale = float(rows.hits.sum() / expected.sum()) if expected.sum() > 0 else 1.0
    return np.asarray(expected * scale, np.float64)


def adjust(rows: MixRows, count: int, standard_cases: float) -> Adjusted:
    """Observed against expected of ``count`` partners."""
    # Scaled so that all partners together have as many as were expected of them.
    weights = expected_cases(rows, standard_cases)
    expected = np.bincount(rows.partners, weights=weights, minlength=count)
    observed = np.bincount(rows.partners, weights=rows.hits, minlength=count).astype(np.float64)
    of = float(rows.of.sum())
    return Adjusted(
        observed,
        np.asarray(expected, np.float64),
        float(rows.hits.sum()) / of if of else 0.0,
    )


@dataclass(frozen=True, eq=False, slots=True)
class PeerComparison:
    """Each partner beside its peers, itself left out.

    ``alike`` is how many of the peer attributes they share (0: all partners), ``peers`` how many
    they are; ratios are shrunken observed ÷ expected with the ends of the interval.
    """

    alike: Ints
    peers: Ints
    own: Floats
    low: Floats
    high: Floats
    peers_ratio: Floats
    chance_above: Floats


def compare_with_peers(
    adjusted: Adjusted, attributes: Sequence[Ints], rules: PeerRules, level: float
) -> PeerComparison:
    """Partners against those alike; ``attributes`` are codes in the order of ``rules.same``.

    With fewer peers than ``rules.least`` the last attribute is dropped, and so on.
    """
    alike, peers, observed, expected = _peer_sums(adjusted, attributes, rules.least)
    with np.errstate(divide="ignore", invalid="ignore"):
        theirs = np.where(expected > 0, observed / expected, np.nan)
    prior = fit_ratios(adjusted.observed, adjusted.expected)
    post = ratio_posterior(adjusted.observed, adjusted.expected, prior)
    low, high = ratio_interval(post, level)
    above = _chance_above(post, theirs, observed)
    return PeerComparison(alike, peers, post.mean, low, high, theirs, above)


def _chance_above(post: RatioPosterior, theirs: Floats, observed: Floats) -> Floats:
    """P(own ratio > that of the peers), the latter's own error included where it is not small."""
    exact = 1 - probability_below(post, np.where(np.isfinite(theirs), theirs, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(post.mean) - np.log(theirs)
        rough = ndtr(logs / np.sqrt(1 / post.shape + 1 / observed))
    chance: Floats = np.where(observed > 50 * post.shape, exact, rough)
    return np.where(np.isfinite(theirs) & (observed > 0), chance, np.nan)


def _peer_sums(
    adjusted: Adjusted, attributes: Sequence[Ints], least: int
) -> tuple[Ints, Ints, Floats, Floats]:
    """How alike the peers are, how many, what was observed of them, and what expected."""
    count = len(adjusted.observed)
    active = adjusted.expected > 0
    found_alike = np.full(count, ALL_PARTNERS)
    sums = np.zeros((3, count))
    for depth in range(len(attributes), -1, -1):
        group = _group_codes(attributes[:depth], count)
        rows = (active.astype(np.float64), adjusted.observed, adjusted.expected)
        whole = np.array([np.bincount(group, weights=row)[group] for row in rows])
        others = whole - np.array(rows)
        take = (found_alike == ALL_PARTNERS) & ((others[0] >= least) | (depth == 0))
        found_alike[take], sums[:, take] = depth, others[:, take]
    return found_alike, sums[0].astype(np.int64), sums[1], sums[2]


def _group_codes(attributes: Sequence[Ints], count: int) -> Ints:
    codes = np.zeros(count, np.int64)
    for attribute in attributes:
        codes = codes * (int(attribute.max(initial=0)) + 1) + attribute
    return np.unique(codes, return_inverse=True)[1]
