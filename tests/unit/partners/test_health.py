"""The score: sums, scarce data, and one case that must not move a band."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.partners.bands import NO_BAND, plain_bands
from core.partners.estimates import Population, fit_population
from core.partners.health import Health, health_ranks, score
from core.partners.inputs import (
    Counted,
    PartnerInputs,
    independent_count,
    independent_counts,
)
from core.partners.score_rules import HealthRules, health_versions
from core.stats.arrays import Floats
from tests.support.partner_worlds import World, partner_world, true_scores, uneven_sizes


def rules() -> HealthRules:
    return health_versions().named("1.0")


def judged(world: World) -> tuple[PartnerInputs, Population, Health]:
    inputs = world.inputs(rules())
    population = fit_population(inputs, rules())
    return inputs, population, score(inputs, population, rules())


def sizes_between(seed: int, low: int, high: int, count: int) -> Floats:
    return np.random.default_rng(seed).integers(low, high + 1, count).astype(np.float64)


def test_contributions_sum_to_the_score_and_weights_to_one() -> None:
    _, _, found = judged(partner_world(1, uneven_sizes(1, 300)))
    known = np.isfinite(found.score)
    assert np.abs(found.contributions.sum(axis=1) - found.score)[known].max() < 1e-9
    assert found.weights.sum() == pytest.approx(1, abs=1e-12)
    for name, weight, column in zip(found.names, found.weights, found.contributions.T, strict=True):
        assert column == pytest.approx(weight * found.points[name].points, abs=1e-12)
    assert (found.low[known] <= found.score[known]).all()
    assert (found.score[known] <= found.high[known]).all()


def test_below_an_effective_n_of_ten_there_is_no_score() -> None:
    _, _, found = judged(partner_world(2, np.arange(60, dtype=np.float64) % 20))
    few = found.effective < 10
    assert few.any()
    assert (~few).any()
    for part in (found.score, found.low, found.high):
        assert np.isnan(part[few]).all()
        assert np.isfinite(part[~few]).all()
    assert (found.bands[few] == NO_BAND).all()
    assert (found.bands[~few] >= 0).all()


def test_cases_of_one_burst_count_as_few() -> None:
    assert independent_count(np.ones(12)) == 12
    assert independent_count(np.array([20.0])) == 1
    assert independent_count(np.empty(0)) == 0
    found = independent_counts(np.array([0, 0, 2]), np.array([1.0, 3.0, 5.0]), 3)
    assert found == pytest.approx([1.6, 0, 1])


def test_thirty_cases_of_two_bursts_give_no_score() -> None:
    world = partner_world(3, np.full(40, 30.0))
    sla = world.counted["sla_attainment"]
    effective = sla.effective.copy()
    effective[0] = 2.0
    world = replace(
        world, counted={**world.counted, "sla_attainment": replace(sla, effective=effective)}
    )
    _, _, found = judged(world)
    assert np.isnan(found.score[0])
    assert np.isfinite(found.score[1:]).all()


def test_a_partner_without_answers_gets_what_is_usual_and_says_so() -> None:
    world = partner_world(4, np.full(60, 25.0))
    csat = world.counted["csat"]
    none = replace(csat, hits=csat.hits.copy(), of=csat.of.copy())
    none.hits[0] = none.of[0] = 0
    _, population, found = judged(replace(world, counted={**world.counted, "csat": none}))
    prior = population.prior("csat", int(world.groups[0]))
    assert found.estimates["csat"].value[0] == pytest.approx(prior.first @ prior.weights)
    assert found.estimates["csat"].own_share[0] == 0
    assert (found.estimates["csat"].own_share[1:] > 0.1).all()


def test_an_input_that_nobody_records_hands_its_weight_to_the_others() -> None:
    world = partner_world(5, np.full(50, 25.0))
    rest = {name: one for name, one in world.counted.items() if name != "csat"}
    empty = Counted(*(np.zeros(50) for _ in range(3)))
    _, _, without = judged(replace(world, counted=rest))
    _, _, unused = judged(replace(world, counted={**rest, "csat": empty}))
    assert "csat" not in without.names
    assert without.weights.sum() == pytest.approx(1)
    assert unused.score == pytest.approx(without.score)


def test_without_the_input_that_counts_cases_nobody_has_a_score() -> None:
    world = partner_world(6, np.full(30, 25.0))
    rest = {name: one for name, one in world.counted.items() if name != "sla_attainment"}
    assert np.isnan(judged(replace(world, counted=rest))[2].score).all()


def test_no_partners_at_all_are_no_fault() -> None:
    found = judged(partner_world(7, np.empty(0)))[2]
    assert found.score.shape == (0,)
    assert health_ranks(found, rules()).expected.shape == (0,)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("bad", [True, False])
def test_one_extreme_case_does_not_move_a_band_of_a_partner_with_10_to_30(
    seed: int, *, bad: bool
) -> None:
    world = partner_world(seed, sizes_between(seed, 10, 30, 24))
    _, _, before = judged(world)
    for partner in range(24):
        inputs = world.with_one_case(np.array([partner]), bad=bad).inputs(rules())
        # The usual is learnt anew too, with that one case among the others.
        after = score(inputs, fit_population(inputs, rules()), rules(), before.bands)
        assert (after.bands == before.bands).all()


def test_one_extreme_case_would_move_many_bands_if_nothing_held_them() -> None:
    world = partner_world(0, sizes_between(0, 10, 30, 200))
    _, population, before = judged(world)
    inputs = world.with_one_case(np.arange(200), bad=True).inputs(rules())
    moved = score(inputs, population, rules()).bands != before.bands
    held = score(inputs, population, rules(), before.bands).bands != before.bands
    assert moved.mean() > 0.1
    assert held.mean() < 0.01


def test_a_lasting_fall_moves_the_band() -> None:
    world = partner_world(8, np.full(100, 25.0))
    _, population, before = judged(world)
    sla = world.counted["sla_attainment"]
    late = replace(sla, hits=np.maximum(sla.hits - 10, 0))
    returns = world.counted["returns"]
    worse = {"sla_attainment": late, "returns": replace(returns, hits=returns.of * 0.5)}
    inputs = replace(world, counted={**world.counted, **worse}).inputs(rules())
    after = score(inputs, population, rules(), before.bands)
    healthy = before.bands == 2
    assert healthy.sum() > 10
    assert (after.bands[healthy] < 2).mean() > 0.9


def test_a_band_held_before_is_left_only_in_the_direction_of_the_score() -> None:
    world = partner_world(9, sizes_between(9, 10, 40, 300))
    inputs, population, plain = judged(world)
    for before in range(3):
        held = score(inputs, population, rules(), np.full(300, before)).bands
        low, high = np.minimum(plain.bands, before), np.maximum(plain.bands, before)
        assert ((low <= held) & (held <= high)).all()


def test_a_partner_that_had_no_band_gets_the_plain_one() -> None:
    inputs, population, plain = judged(partner_world(10, sizes_between(10, 10, 40, 100)))
    again = score(inputs, population, rules(), np.full(100, NO_BAND))
    assert (again.bands == plain_bands(plain.score, rules())).all()


def test_a_score_on_the_edge_belongs_to_the_better_band() -> None:
    scores = np.array([0.0, 49.999, 50.0, 69.999, 70.0, 100.0, np.nan])
    assert list(plain_bands(scores, rules())) == [0, 0, 1, 1, 2, 2, NO_BAND]


def test_intervals_hold_the_true_score_as_often_as_they_say() -> None:
    world = partner_world(11, np.maximum(uneven_sizes(11, 3000), 10))
    _, _, found = judged(world)
    truth = true_scores(world, rules())
    inside = float(((found.low <= truth) & (truth <= found.high)).mean())
    # Three standard errors of a share of 3,000 are 0.022.
    assert inside == pytest.approx(0.8, abs=0.025)


def test_ranks_are_those_of_partners_with_a_score_only() -> None:
    _, _, found = judged(partner_world(12, np.arange(80, dtype=np.float64) % 40))
    ranked = health_ranks(found, rules())
    known = np.isfinite(found.score)
    assert np.isnan(ranked.expected[~known]).all()
    assert (ranked.low[known] <= ranked.high[known]).all()
    worst = int(np.nanargmin(found.score))
    assert ranked.in_lowest[worst] > 0.3
