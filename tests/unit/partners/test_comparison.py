"""Fair comparison: mix, peers, and a funnel that ordinary partners stay in."""

from __future__ import annotations

import numpy as np
import pytest

from core.partners.funnel import funnel
from core.partners.mix import MixRows, adjust, compare_with_peers
from core.partners.score_rules import FunnelRules, HealthRules, PeerRules, health_versions
from core.stats.arrays import Floats

PLAIN = FunnelRules(levels=(0.95, 0.998), winsorised_share=0.1)


def rules() -> HealthRules:
    return health_versions().named("1.0")


def rows(cells: list[tuple[int, int, float, float]]) -> MixRows:
    partner, stratum, hits, of = (np.array(column) for column in zip(*cells, strict=True))
    return MixRows(partner, stratum, hits.astype(float), of.astype(float))


def test_a_partner_with_the_hard_cases_is_not_worse_for_it() -> None:
    # Simpson: the first is better in both strata, and worse when they are thrown together.
    cells = [(0, 0, 2.0, 20.0), (0, 1, 40.0, 80.0), (1, 0, 12.0, 80.0), (1, 1, 11.0, 20.0)]
    found = adjust(rows(cells), 2, 0.0)
    assert 42 / 100 > 23 / 100
    assert found.ratio[0] < 1 < found.ratio[1]


def test_all_partners_together_have_as_many_as_expected() -> None:
    rng = np.random.default_rng(1)
    of = rng.integers(0, 30, 400).astype(float)
    hits = rng.binomial(of.astype(int), 0.2).astype(float)
    made = MixRows(np.arange(400) // 8, rng.integers(0, 12, 400), hits, of)
    for standard_cases in (0.0, 20.0):
        found = adjust(made, 50, standard_cases)
        assert found.expected.sum() == pytest.approx(hits.sum())
        assert found.overall == pytest.approx(hits.sum() / of.sum())


def test_a_partner_without_cases_has_no_ratio() -> None:
    found = adjust(rows([(0, 0, 1, 4), (2, 0, 1, 4)]), 4, 20.0)
    assert np.isnan(found.ratio[[1, 3]]).all()
    assert found.ratio[[0, 2]] == pytest.approx([1, 1])


def test_peers_are_those_alike_and_fewer_attributes_count_where_there_are_few() -> None:
    count = 30
    tier = np.repeat([0, 1, 2], 10)
    category = np.where(np.arange(count) < 9, 0, np.arange(count) % 3)
    market = np.zeros(count, np.int64)
    market[25] = 1
    made = MixRows(
        np.arange(count), np.zeros(count, np.int64), np.full(count, 3.0), np.full(count, 9.0)
    )
    peer_rules = PeerRules(same=("tier", "category", "market"), least=5, standard_cases=20)
    found = compare_with_peers(adjust(made, count, 0.0), [tier, category, market], peer_rules, 0.8)
    assert (found.alike[0], found.peers[0]) == (3, 9)
    assert (found.alike[15], found.peers[15]) == (1, 9)
    assert found.peers_ratio == pytest.approx(np.ones(count))
    alone = compare_with_peers(
        adjust(made, count, 0.0),
        [np.arange(count)],
        PeerRules(same=("tier",), least=5, standard_cases=0),
        0.8,
    )
    assert (alone.alike == 0).all()
    assert (alone.peers == count - 1).all()


def test_a_partner_far_above_its_peers_is_told_so() -> None:
    count = 40
    hits, of = np.full(count, 8.0), np.full(count, 80.0)
    hits[:10], hits[0] = [5, 6, 7, 8, 9, 10, 11, 12, 6, 9], 40.0
    made = MixRows(np.arange(count), np.zeros(count, np.int64), hits, of)
    found = compare_with_peers(
        adjust(made, count, 20.0), [np.zeros(count, np.int64)], rules().peers, 0.8
    )
    assert found.low[0] > found.peers_ratio[0]
    assert found.chance_above[0] > 0.99
    assert found.chance_above[1] < 0.5


def ordinary(seed: int, between: float, *, is_share: bool) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    if is_share:
        n = rng.integers(20, 400, 4000).astype(float)
        own = np.sin(np.arcsin(np.sqrt(0.2)) + between * rng.normal(size=4000)) ** 2
        return rng.binomial(n.astype(int), own).astype(float), n
    expected = rng.uniform(5, 100, 4000)
    return rng.poisson(expected * (1 + between * rng.normal(size=4000)) ** 2).astype(
        float
    ), expected


@pytest.mark.parametrize("is_share", [True, False])
@pytest.mark.parametrize("between", [0.0, 0.06])
def test_limits_hold_as_many_ordinary_partners_as_they_say(
    between: float, *, is_share: bool
) -> None:
    hits, sizes = ordinary(1, between, is_share=is_share)
    found = funnel(hits, sizes, PLAIN, is_share=is_share)
    beyond = np.abs(found.outside(hits, sizes))
    # Three standard errors of 0.05 in 4,000 are 0.010; counts are discrete on top.
    assert float((beyond >= 1).mean()) == pytest.approx(0.05, abs=0.018)
    assert float((beyond >= 2).mean()) < 0.007
    # A root: a dispersion of 1.02 instead of 1 already reads as 0.013 here.
    assert np.sqrt(found.between) == pytest.approx(between, abs=0.02)


def test_chance_alone_gives_a_dispersion_of_one() -> None:
    found = funnel(*ordinary(2, 0.0, is_share=True), PLAIN, is_share=True)
    assert found.dispersion == pytest.approx(1.0, abs=0.08)


def test_a_few_outliers_do_not_widen_the_funnel() -> None:
    hits, sizes = ordinary(3, 0.0, is_share=True)
    wild = hits.copy()
    wild[:100] = sizes[:100] * 0.9
    plain, spoiled = (funnel(one, sizes, PLAIN, is_share=True) for one in (hits, wild))
    assert np.sqrt(spoiled.between) < np.sqrt(plain.between) + 0.03
    assert (spoiled.outside(wild, sizes)[:100] == 2).all()


def test_an_empty_funnel_has_nobody_outside() -> None:
    found = funnel(np.zeros(3), np.zeros(3), PLAIN, is_share=False)
    assert (found.outside(np.zeros(3), np.zeros(3)) == 0).all()
    assert found.target == 1.0
