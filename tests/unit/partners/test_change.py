"""What moved a score: parts that sum up exactly, whose cases did it, who got worse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.partners.change import Change, Moment, causes, change_between, got_worse
from core.partners.estimates import Population, fit_population
from core.partners.health import score
from core.partners.inputs import Counted
from core.partners.score_rules import HealthRules, health_versions
from core.partners.segments import Slices, split_change
from tests.support.partner_worlds import World, partner_world

COUNT = 200


def rules() -> HealthRules:
    return health_versions().named("1.0")


def moment(world: World) -> tuple[Moment, Population]:
    inputs = world.inputs(rules())
    population = fit_population(inputs, rules())
    return Moment(inputs, score(inputs, population, rules())), population


def world(seed: int) -> World:
    return partner_world(seed, np.random.default_rng(seed).integers(5, 60, COUNT).astype(float))


def declining(base: World, partner: int, lost: float) -> World:
    sla = base.counted["sla_attainment"]
    hits = sla.hits.copy()
    hits[partner] = max(hits[partner] - lost * sla.of[partner], 0)
    return replace(base, counted={**base.counted, "sla_attainment": replace(sla, hits=hits)})


def compared(first: World, second: World) -> tuple[Change, Moment, Moment]:
    before, population = moment(first)
    after, _ = moment(second)
    own_only = score(after.inputs, population, rules())
    level = rules().interval
    return change_between(before.health, after.health, level, own_only), before, after


@pytest.mark.parametrize("seed", range(4))
def test_parts_sum_to_any_change(seed: int) -> None:
    change, before, after = compared(world(seed), world(seed + 50))
    known = np.isfinite(before.health.score) & np.isfinite(after.health.score)
    difference = after.health.score - before.health.score
    assert np.abs(change.parts.sum(axis=1) - difference)[known].max() < 1e-9
    assert np.abs(change.total - difference)[known].max() < 1e-9
    assert np.isnan(change.total[~known]).all()
    assert (change.low[known] <= change.total[known]).all()
    assert (change.total[known] <= change.high[known]).all()
    assert (np.sign(0.5 - change.chance_worse[known]) == np.sign(change.total[known])).all()


def test_parts_sum_also_when_an_input_came_in_between() -> None:
    first = world(1)
    rest = {name: one for name, one in first.counted.items() if name != "csat"}
    change, before, after = compared(replace(first, counted=rest), world(2))
    known = np.isfinite(change.total)
    difference = after.health.score - before.health.score
    assert "csat" in change.names
    assert np.abs(change.parts.sum(axis=1) - difference)[known].max() < 1e-9
    mover = causes(change, before, after, int(np.flatnonzero(known)[0]))
    assert all(one.before is None for one in mover if one.name == "csat")


def test_nothing_changes_between_a_moment_and_itself() -> None:
    change, before, after = compared(world(3), world(3))
    known = np.isfinite(change.total)
    assert (change.parts[known] == 0).all()
    assert got_worse(change, before, after, 10) == ()


def test_what_others_did_is_told_apart_from_a_partners_own_cases() -> None:
    first = world(4)
    sla = first.counted["sla_attainment"]
    hits = np.rint(sla.hits * 0.7)
    hits[0] = sla.hits[0]
    later = replace(first, counted={**first.counted, "sla_attainment": replace(sla, hits=hits)})
    change, *_ = compared(first, later)
    place = change.names.index("sla_attainment")
    # The first partner's own cases are the same; its estimate falls with the usual alone.
    if np.isfinite(change.total[0]):
        assert change.others[0, place] == pytest.approx(change.parts[0, place], abs=1e-9)
    assert np.nanmean(np.abs(change.others[:, place])) > 0


def test_a_planted_decline_comes_first_with_its_cause_first() -> None:
    base = partner_world(6, np.random.default_rng(6).integers(10, 60, COUNT).astype(float))
    partner = int(np.argmax(base.counted["sla_attainment"].of))
    change, before, after = compared(base, declining(base, partner, 0.5))
    worst = got_worse(change, before, after, 5)[0]
    assert worst.partner == partner
    assert worst.sure
    assert worst.causes[0].name == "sla_attainment"
    first, last = worst.causes[0].before, worst.causes[0].after
    assert first is not None
    assert last is not None
    assert last.value < first.value
    assert last.hits is not None
    assert first.hits is not None
    assert last.hits < first.hits
    assert sum(one.part for one in worst.causes) <= worst.total + 1e-9


def test_a_sure_fall_of_many_cases_stands_before_a_larger_one_of_few() -> None:
    cases = np.full(COUNT, 30.0)
    cases[0], cases[1] = 11.0, 600.0
    base = partner_world(7, cases)
    later = declining(declining(base, 0, 0.35), 1, 0.3)
    change, before, after = compared(base, later)
    order = [one.partner for one in got_worse(change, before, after, 5)]
    assert order.index(1) < order.index(0) if 0 in order else order[0] == 1


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["sla_attainment", "returns", "severe_incidents"])
def test_segments_sum_to_the_inputs_part_of_the_change(seed: int, name: str) -> None:
    change, before, after = compared(world(seed), world(seed + 20))
    populations = [fit_population(one.inputs, rules()) for one in (before, after)]
    rng = np.random.default_rng(seed)
    for partner in np.flatnonzero(np.isfinite(change.total))[:10]:
        both = []
        for one, population in zip((before, after), populations, strict=True):
            evidence = one.inputs.evidence[name]
            assert isinstance(evidence, Counted)
            cut = rng.dirichlet(np.ones(4), 2)
            group = int(one.inputs.groups[partner])
            prior = population.prior(name, group)
            both.append(
                Slices(cut[0] * evidence.hits[partner], cut[1] * evidence.of[partner], prior)
            )
        weight = float(before.health.weights[before.health.names.index(name)])
        found = split_change(both[0], both[1], rules().inputs[name], (weight, weight))
        part = change.parts[partner, change.names.index(name)]
        assert found.parts.sum() + found.usual == pytest.approx(part, abs=1e-9)


def test_the_segment_that_was_made_late_comes_first() -> None:
    after, population = moment(world(8))
    prior = population.prior("sla_attainment", 0)
    of = np.array([30.0, 20.0, 25.0])
    before = Slices(of * 0.9, of, prior)
    later = Slices(np.array([27.0, 6.0, 22.5]), of, prior)
    found = split_change(before, later, rules().inputs["sla_attainment"], (0.25, 0.25))
    assert found.order[0] == 1
    assert found.parts[0] == pytest.approx(0, abs=1e-9)
    assert found.usual == pytest.approx(0, abs=1e-9)
    assert after.health.version == "1.0"


def test_a_tail_has_no_segments() -> None:
    slices = Slices(np.ones(2), np.ones(2), moment(world(9))[1].prior("csat", 0))
    with pytest.raises(ValueError, match="tail"):
        split_change(slices, slices, rules().inputs["ttr_p90"], (0.2, 0.2))
