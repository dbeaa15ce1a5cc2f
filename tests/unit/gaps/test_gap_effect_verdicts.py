"""What is said of an effect: enough to judge, the interval, and what else would explain it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.gaps.effect import decide, judge, without_facts
from core.gaps.effect_facts import Design, Doubt, Facts, Verdict
from core.gaps.effect_rules import effect_rules
from core.stats.interrupted_series import Ratio
from tests.support.effect_worlds import GapWorld

RULES = effect_rules()
LOWER, HIGHER, OPEN = Ratio(0.7, 0.6, 0.8), Ratio(1.4, 1.2, 1.6), Ratio(0.9, 0.7, 1.2)


def drawn(world: GapWorld, seed: int = 1) -> Facts:
    return world.draw(np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("headline", "own", "before", "placebo", "verdict", "doubts"),
    [
        (LOWER, OPEN, None, (0, 12), Verdict.WORKED, ()),
        (LOWER, LOWER, OPEN, (2, 12), Verdict.WORKED, ()),
        (HIGHER, OPEN, None, (0, 12), Verdict.GOT_WORSE, ()),
        (OPEN, LOWER, LOWER, (9, 12), Verdict.NO_MEASURABLE_EFFECT, (Doubt.HOLDS_NO_CHANGE,)),
        (LOWER, OPEN, LOWER, (0, 12), Verdict.NO_MEASURABLE_EFFECT, (Doubt.ALREADY_MOVING,)),
        # Its own history allows for the trend and says the same.
        (LOWER, LOWER, LOWER, (0, 12), Verdict.WORKED, ()),
        (LOWER, OPEN, HIGHER, (0, 12), Verdict.WORKED, ()),
        (LOWER, OPEN, None, (3, 12), Verdict.NO_MEASURABLE_EFFECT, (Doubt.DATES_WITHOUT_CHANGE,)),
        (LOWER, OPEN, None, (2, 2), Verdict.WORKED, ()),  # two dates say nothing
        (LOWER, HIGHER, None, (0, 12), Verdict.NO_MEASURABLE_EFFECT, (Doubt.READINGS_DISAGREE,)),
    ],
)
def test_the_verdict_is_that_of_the_interval_unless_something_else_explains_it(
    headline: Ratio,
    own: Ratio,
    before: Ratio | None,
    placebo: tuple[int, int],
    verdict: Verdict,
    doubts: tuple[Doubt, ...],
) -> None:
    assert decide(headline, own, before, placebo, RULES) == (verdict, doubts)


@pytest.mark.parametrize(("weeks", "begin"), [(59, 52), (60, 7), (52, 52), (40, 0)])
def test_fewer_than_eight_periods_on_a_side_are_too_early(weeks: int, begin: int) -> None:
    effect = judge(drawn(GapWorld(weeks=weeks, begin=begin)))
    assert (effect.verdict, effect.doubts) == (Verdict.TOO_EARLY, (Doubt.FEW_POINTS,))
    assert effect.headline is None


def test_eight_periods_on_each_side_are_judged() -> None:
    assert judge(drawn(GapWorld(weeks=16, begin=8, reviewed=30.0))).headline is not None


def test_too_few_re_reviewed_cases_are_no_data() -> None:
    facts = drawn(GapWorld(reviewed=0.2))
    assert judge(facts).verdict is Verdict.NO_DATA
    none_before = replace(drawn(GapWorld()), counts=np.zeros(104))
    assert judge(none_before).doubts == (Doubt.FEW_COUNTED,)


def test_what_has_not_shipped_is_early_and_what_names_no_cases_has_no_data() -> None:
    assert without_facts(Doubt.NOT_SHIPPED).verdict is Verdict.TOO_EARLY
    assert without_facts(Doubt.NO_CASES_NAMED).verdict is Verdict.NO_DATA


def test_a_planted_drop_worked_and_a_planted_rise_got_worse() -> None:
    found = judge(drawn(GapWorld(reviewed=30.0)))
    assert found.verdict is Verdict.WORKED
    assert found.headline is not None
    assert found.headline.low < 0.7 < found.headline.high
    assert found.design is Design.AGAINST_OTHERS
    assert found.units == 30
    assert found.two_way == pytest.approx(found.headline.ratio, rel=0.05)
    assert judge(drawn(GapWorld(reviewed=30.0, share=0.3, ratio=1.6))).verdict is Verdict.GOT_WORSE


def test_what_all_clauses_do_together_is_no_effect() -> None:
    found = judge(drawn(GapWorld(reviewed=60.0, ratio=1.0, together=-0.4)))
    assert found.verdict is Verdict.NO_MEASURABLE_EFFECT
    assert found.others is not None
    assert found.others.is_lower
    assert found.headline is not None
    assert found.headline.low < 1.0 < found.headline.high


def test_clauses_that_drift_apart_by_themselves_make_the_interval_wider() -> None:
    calm = judge(drawn(GapWorld(reviewed=60.0, of_others=40.0)))
    wild = judge(drawn(GapWorld(reviewed=60.0, of_others=40.0, apart=0.3)))
    assert calm.headline is not None
    assert wild.headline is not None
    assert wild.spread_between > calm.spread_between + 0.1
    assert wild.headline.high / wild.headline.low > 1.5 * calm.headline.high / calm.headline.low


def test_without_enough_others_a_series_is_held_against_its_own_history() -> None:
    facts = drawn(GapWorld(reviewed=60.0, ratio=0.5, spread=0.05))
    alone = judge(replace(facts, others=None))
    assert alone.design is Design.OWN_HISTORY
    assert (alone.others, alone.two_way, alone.unit_changes) == (None, None, ())
    assert alone.headline == alone.own
    assert alone.has_season
    few = judge(drawn(GapWorld(others=RULES.comparison.least_units - 1)))
    assert few.design is Design.OWN_HISTORY


def test_others_without_enough_cases_are_left_out() -> None:
    facts = drawn(GapWorld())
    assert facts.others is not None
    counts = facts.others.counts.copy()
    counts[:4] = 0.0
    found = judge(replace(facts, others=replace(facts.others, counts=counts)))
    assert found.units == 26


def test_a_series_that_fell_all_along_did_not_fall_by_the_change() -> None:
    facts = drawn(GapWorld(reviewed=120.0, ratio=1.0, spread=0.0))
    falling = 0.8 * np.exp(-0.9 * np.arange(104) / 52)
    counts = np.random.default_rng(4).binomial(facts.base.astype(int), falling).astype(float)
    found = judge(replace(facts, counts=counts))
    assert found.verdict is Verdict.NO_MEASURABLE_EFFECT
    assert Doubt.ALREADY_MOVING in found.doubts
    assert found.headline is not None
    assert found.headline.is_lower


def test_dates_that_are_tried_lie_before_the_change_with_enough_on_each_side() -> None:
    found = judge(drawn(GapWorld()))
    begins = [one.begin for one in found.placebos]
    assert len(begins) == RULES.placebo.most
    assert min(begins) >= RULES.periods.least_points
    assert max(begins) <= 52 - RULES.periods.least_points
    assert judge(drawn(GapWorld(weeks=60, begin=12))).placebos == ()


def test_what_was_there_since_the_proposal_is_told_where_there_is_enough_of_it() -> None:
    facts = drawn(GapWorld(reviewed=60.0))
    assert judge(replace(facts, proposed=30)).since_proposed is not None
    assert judge(replace(facts, proposed=48)).since_proposed is None
    assert judge(replace(facts, proposed=None)).since_proposed is None


def test_more_cases_let_a_smaller_drop_be_seen() -> None:
    few, many = (judge(drawn(GapWorld(reviewed=n, spread=0.0))) for n in (6.0, 60.0))
    assert few.least_visible is not None
    assert many.least_visible is not None
    assert 0 < few.least_visible < many.least_visible < 1
