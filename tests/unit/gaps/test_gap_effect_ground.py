"""Which cases an effect is counted in, in which periods, and what it says in words."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from core.cases.filter import CaseFilter, Segment
from core.cases.measures import overturned_outcomes, reviewed_outcomes
from core.gaps.effect import judge, without_facts
from core.gaps.effect_facts import Design, Doubt, Effect, Facts, Verdict
from core.gaps.effect_ground import EffectGround, ground_of
from core.gaps.effect_periods import DailyCounts, Periods, in_periods
from core.gaps.effect_rules import EffectRules, effect_rules
from core.gaps.effect_words import (
    caveats,
    change_words,
    doubt_words,
    headline_words,
    interval_words,
    subject_words,
)
from core.stats.interrupted_series import Ratio
from tests.support.gaps import a_gap

RULES = effect_rules()
DAY_ONE = date(2025, 1, 1)
FIRST, LAST = date(2026, 1, 5), date(2026, 1, 11)


def found(gap_parts: dict[str, object], *foreign: str) -> EffectGround:
    ground = ground_of(a_gap("proposed", "not_started", **gap_parts), "overturns", foreign)
    assert ground is not None
    return ground


def test_a_gap_of_clauses_is_held_against_the_other_clauses() -> None:
    ground = found({"clauses": ("A-1", "A-2")}, "B-1")
    assert ground.changed == CaseFilter(segment=Segment.ALL, clause=("A-1", "A-2"))
    assert ground.dimension == "clause"
    assert ground.others == CaseFilter(segment=Segment.ALL)
    assert ground.excluded == ("", "A-1", "A-2", "B-1")
    assert ground.unit("C-1").clause == ("C-1",)


def test_a_matching_filter_loses_what_is_decided_when_a_case_ends() -> None:
    matching = CaseFilter(
        clause=("A-1",),
        abuse_type=("spam",),
        platform=("threads",),
        outcome=("upheld",),
        received_from=date(2026, 1, 1),
        sla_ttr=("breached",),
    )
    ground = found({"clauses": ("B-1",), "matching": matching})
    assert set(ground.changed.chosen()) == {"segment", "clause", "abuse_type", "platform"}
    # The abuse type goes with the clause; the platform is shared.
    assert ground.others == CaseFilter(segment=Segment.ALL, platform=("threads",))


def test_a_filter_of_a_market_is_held_against_other_markets() -> None:
    ground = found({"matching": CaseFilter(market=("DE",), region=("EMEA",), channel=("phone",))})
    assert ground.dimension == "market"
    assert ground.others == CaseFilter(segment=Segment.ALL, channel=("phone",))


def test_a_filter_of_neither_has_nothing_to_compare_with() -> None:
    ground = found({"matching": CaseFilter(channel=("phone",))})
    assert (ground.dimension, ground.others) == ("", None)


def test_without_clause_or_filter_nothing_is_counted() -> None:
    assert ground_of(a_gap(), "overturns") is None
    only_decided = CaseFilter(outcome=("upheld",))
    assert ground_of(a_gap(matching=only_decided), "overturns") is None
    fallen_back = found({"matching": only_decided, "clauses": ("A-1",)})
    assert fallen_back.changed.clause == ("A-1",)


def test_overturns_count_when_resolved_and_cases_when_received() -> None:
    ground = found({"clauses": ("A-1",)})
    overturned = ground.within(ground.counted(ground.changed), FIRST, LAST, "Asia/Tokyo")
    assert overturned.outcome == overturned_outcomes()
    assert (overturned.resolved_from, overturned.resolved_to) == (FIRST, LAST)
    assert overturned.zone == "Asia/Tokyo"
    assert ground.base(ground.changed).outcome == reviewed_outcomes()
    cases = ground_of(a_gap(clauses=("A-1",)), "cases")
    assert cases is not None
    assert cases.within(cases.counted(cases.changed), FIRST, LAST, "UTC").received_to == LAST
    assert cases.base(cases.changed) == CaseFilter(segment=Segment.ALL)


def daily(days: int, per_day: float) -> DailyCounts:
    counts = np.full(days, per_day)
    units = np.tile(counts, (2, 1))
    return DailyCounts(DAY_ONE, counts, 2 * counts, True, ("X", "Y"), units, 2 * units)


def periods(days: int, shipped_after: int, per_day: float = 1.0) -> Periods:
    shipped = DAY_ONE + timedelta(days=shipped_after)
    return in_periods(daily(days, per_day), shipped, None, RULES)


def test_periods_are_complete_and_one_begins_on_the_day_of_the_change() -> None:
    made = periods(days=100, shipped_after=60)
    assert made.days == 7
    assert made.facts.points == (8, 5)
    assert made.day(made.facts.begin) == DAY_ONE + timedelta(days=60)
    assert made.first == DAY_ONE + timedelta(days=4)
    assert made.last_day == DAY_ONE + timedelta(days=94)
    assert made.facts.sums(made.facts.counts) == (56, 35)
    assert made.facts.others is not None
    assert made.facts.others.base.shape == (2, 13)
    assert made.facts.others.base.sum() == 2 * 2 * 91


def test_rare_events_stand_in_longer_periods_where_enough_of_them_fit() -> None:
    rare = 0.3
    assert periods(500, 250, rare).days == 28
    assert periods(500, 420, rare).days == 7  # else there would be two periods after the change
    assert periods(500, 250, 1.0).days == 7


@pytest.mark.parametrize(
    ("shipped_after", "points"), [(0, (0, 14)), (100, (14, 0)), (-30, (0, 14))]
)
def test_a_change_at_the_edge_has_one_side_only(
    shipped_after: int, points: tuple[int, int]
) -> None:
    assert periods(100, shipped_after).facts.points == points


def test_the_first_period_after_the_proposal_is_known() -> None:
    made = in_periods(
        daily(200, 1.0), DAY_ONE + timedelta(days=100), DAY_ONE + timedelta(days=30), RULES
    )
    assert made.facts.proposed is not None
    assert made.day(made.facts.proposed) >= DAY_ONE + timedelta(days=30)
    assert made.day(made.facts.proposed - 1) < DAY_ONE + timedelta(days=30)


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(0.71, "29 % lower"), (1.4, "40 % higher"), (1.0, "no different"), (0.996, "no different")],
)
def test_a_factor_reads_as_a_change(ratio: float, words: str) -> None:
    assert change_words(ratio) == words


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (Ratio(0.71, 0.61, 0.82), "18 to 39 % lower"),
        (Ratio(1.3, 1.1, 1.5), "10 to 50 % higher"),
        (Ratio(0.9, 0.42, 1.42), "58 % lower to 42 % higher"),
    ],
)
def test_an_interval_reads_from_the_smaller_to_the_larger_change(ratio: Ratio, words: str) -> None:
    assert interval_words(ratio) == words


def an_effect(**parts: object) -> Effect:
    facts: dict[str, object] = {
        "verdict": Verdict.WORKED,
        "doubts": (),
        "design": Design.AGAINST_OTHERS,
        "headline": Ratio(0.71, 0.61, 0.82),
        "others": Ratio(0.99, 0.96, 1.02),
        "units": 40,
    }
    return Effect(**(facts | parts))  # type: ignore[arg-type]


def told(effect: Effect, rules: EffectRules = RULES) -> str:
    subject = subject_words("overturns", ("MD-2",))
    return headline_words(effect, subject, date(2025, 11, 22), rules, "clauses")


def test_the_sentence_says_since_when_what_how_sure_and_what_others_did() -> None:
    assert told(an_effect()) == (
        "Since 22 Nov 2025 the overturn share of MD-2 is 29 % lower (95 % interval 18 to 39 % "
        "lower), while 40 comparison clauses together did not change measurably (4 % lower to "
        "2 % higher)."
    )
    falling = told(an_effect(others=Ratio(0.9, 0.85, 0.95)))
    assert "together are 10 % lower (5 to 15 % lower), which is taken off." in falling
    alone = told(an_effect(design=Design.OWN_HISTORY, others=None))
    assert alone.endswith(
        "29 % lower than its own history lets expect (95 % interval 18 to 39 % lower)."
    )


def test_what_may_be_chance_is_not_told_as_a_change() -> None:
    words = told(an_effect(headline=Ratio(0.9, 0.5, 1.4), others=None))
    assert words == (
        "Since 22 Nov 2025 the overturn share of MD-2 shows no change that can be measured "
        "(95 % interval 50 % lower to 40 % higher)."
    )


def test_many_clauses_are_not_listed() -> None:
    assert subject_words("cases", ("A-1", "A-2")) == "the number of cases of A-1 and A-2"
    assert subject_words("overturns", tuple("ABCD")) == "the overturn share behind this gap"


def test_too_early_says_when_to_look_again() -> None:
    made = periods(days=110, shipped_after=80)
    effect = judge(made.facts)
    (doubt,) = effect.doubts
    words = doubt_words(doubt, effect, made, RULES)
    assert "11 complete weeks before the change and 4 since; at least 8 are needed" in words
    ready = DAY_ONE + timedelta(days=80 + 8 * 7 + 1)
    assert f"Look again on {ready.day} {ready:%b %Y}." in words


@pytest.mark.parametrize("doubt", list(Doubt))
def test_every_doubt_has_a_sentence(doubt: Doubt) -> None:
    effect = an_effect(trend_before=Ratio(0.8, 0.7, 0.9), least_visible=0.6)
    words = doubt_words(doubt, effect, periods(100, 60), RULES)
    assert words[0].isupper()
    assert words.endswith(".")


def test_what_counts_nothing_says_why() -> None:
    assert "recorded as shipped" in doubt_words(
        Doubt.NOT_SHIPPED, without_facts(Doubt.NOT_SHIPPED), None, RULES
    )
    assert "no cases in sight" in doubt_words(
        Doubt.FEW_COUNTED, without_facts(Doubt.FEW_COUNTED), None, RULES
    )


def test_the_caveats_begin_with_how_the_gap_was_noticed() -> None:
    own = caveats(an_effect(design=Design.OWN_HISTORY, others=None), "overturns", DAY_ONE)
    assert own[0].startswith("A gap is noticed when its numbers are extreme")
    assert any("nothing unchanged to compare with" in words for words in own)
    since = caveats(an_effect(since_proposed=Ratio(0.8, 0.7, 0.9)), "cases", DAY_ONE)
    assert "1 Jan 2025): 20 % lower (10 to 30 % lower)" in since[0]
    assert len(since) == 1


def test_counts_of_a_share_never_exceed_their_base() -> None:
    made = periods(100, 60)
    assert isinstance(made.facts, Facts)
    assert (made.facts.counts <= made.facts.base).all()
