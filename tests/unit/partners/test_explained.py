"""A partner's score taken apart: every line can be worked out by hand, and the parts sum up."""

from __future__ import annotations

from dataclasses import replace
from math import exp, isnan, log

import numpy as np
import pytest

from core.partners.change import Moment
from core.partners.estimates import fit_population
from core.partners.explained import ExplainedInput, explained, not_recorded
from core.partners.health import score
from core.partners.inputs import PartnerInputs
from core.partners.score_rules import HealthRules, Kind, health_versions
from tests.support.partner_worlds import partner_world, uneven_sizes

COUNT = 160
RULES: HealthRules = health_versions().named("1.0")


def moment(seed: int, without: str = "") -> tuple[Moment, tuple[tuple[ExplainedInput, ...], ...]]:
    inputs = partner_world(seed, uneven_sizes(seed, COUNT)).inputs(RULES)
    evidence = {name: one for name, one in inputs.evidence.items() if name != without}
    inputs = PartnerInputs(inputs.groups, evidence)
    population = fit_population(inputs, RULES)
    found = Moment(inputs, score(inputs, population, RULES))
    return found, tuple(explained(found, population, RULES, k) for k in range(COUNT))


def by_hand(line: ExplainedInput) -> float:
    """The estimate from the figures of the line alone."""
    if line.usual is None:
        return line.raw
    if not line.has_cases:
        return line.usual.leaning
    if line.kind is Kind.TAIL:
        logs = line.own_share * log(line.raw) + (1 - line.own_share) * log(line.usual.leaning)
        return exp(logs)
    return line.own_share * line.raw + (1 - line.own_share) * line.usual.leaning


@pytest.mark.parametrize("seed", range(3))
def test_each_estimate_is_own_cases_and_the_usual_weighed(seed: int) -> None:
    _, partners = moment(seed)
    for lines in partners:
        for line in lines:
            assert by_hand(line) == pytest.approx(line.value, abs=1e-9), line.name
            points = float(RULES.inputs[line.name].points(np.array([line.value]))[0])
            assert line.weight * points == pytest.approx(line.part, abs=1e-9)


@pytest.mark.parametrize("without", ["", "csat", "open_gaps"])
def test_parts_sum_to_the_score_and_a_missing_input_is_named(without: str) -> None:
    found, partners = moment(7, without)
    known = np.flatnonzero(np.isfinite(found.health.score))
    assert len(known) > COUNT / 2
    for place in known:
        lines = partners[place]
        assert sum(line.part for line in lines) == pytest.approx(found.health.score[place])
        assert sum(line.weight for line in lines) == pytest.approx(1.0)
    assert not_recorded(found, RULES) == ((without,) if without else ())


def test_what_own_cases_are_weighed_against_is_close_to_the_usual() -> None:
    _, partners = moment(11)
    apart = [
        abs(line.usual.leaning - line.usual.value)
        for lines in partners
        for line in lines
        if line.kind is Kind.SHARE and line.usual is not None and 0 < line.own_share < 0.9
    ]
    assert np.median(apart) < 0.01


def test_a_partner_without_cases_has_the_usual_and_no_own_value() -> None:
    world = partner_world(3, np.r_[0.0, np.full(COUNT - 1, 20.0)])
    inputs = world.inputs(RULES)
    population = fit_population(inputs, RULES)
    found = Moment(inputs, score(inputs, population, RULES))
    for line in explained(found, population, RULES, 0):
        if line.usual is not None:
            assert not line.has_cases
            assert isnan(line.raw)
            assert line.value == pytest.approx(line.usual.value, rel=1e-6)


def test_a_small_tier_says_that_all_tiers_teach_it() -> None:
    world = partner_world(5, np.full(COUNT, 20.0))
    groups = np.where(np.arange(COUNT) < 5, 1, 0)
    inputs = replace(world.inputs(RULES), groups=groups)
    population = fit_population(inputs, RULES)
    found = Moment(inputs, score(inputs, population, RULES))
    few = explained(found, population, RULES, 0)[0].usual
    many = explained(found, population, RULES, COUNT - 1)[0].usual
    assert few is not None
    assert many is not None
    assert (few.is_of_group, few.partners) == (False, COUNT)
    assert (many.is_of_group, many.partners) == (True, COUNT - 5)
