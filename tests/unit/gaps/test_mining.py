"""Mining slices for too many overturns: what is planted is found, what only looks like it is not."""

from __future__ import annotations

import numpy as np
import pytest

from core.gaps.mining import event_numbers, mine_excess
from core.gaps.mining_cells import ReviewedCases, count_slices
from core.gaps.mining_rules import mining_rules
from tests.support.mining_worlds import members, mining_world, score

RULES = mining_rules()
WORLDS = 8


def plain(share: dict[tuple[int, int], float], each: int = 200) -> ReviewedCases:
    """Six clauses of three types in four markets; overturned as often as said, else a quarter."""
    grid = [(c, m) for c in range(6) for m in range(4) for _ in range(each)]
    clause, market = (np.array(x, dtype=np.int64) for x in zip(*grid, strict=True))
    hit = np.zeros(len(clause), dtype=np.bool_)
    for c in range(6):
        for m in range(4):
            own = np.flatnonzero((clause == c) & (market == m))
            hit[own[: round(share.get((c, m), 0.25) * each)]] = True
    codes = {
        "abuse_type": clause // 2,
        "market": market,
        "surface": np.zeros(len(clause), dtype=np.int64),
        "clause": clause,
    }
    words = {
        "abuse_type": ("a", "b", "c"),
        "market": ("DE", "FR", "BR", "IN"),
        "surface": ("feed",),
        "clause": ("A-1", "A-2", "B-1", "B-2", "C-1", "C-2"),
    }
    return ReviewedCases(words, codes, hit)


def test_a_clause_that_is_overturned_twice_as_often_is_the_one_candidate() -> None:
    cases = plain({(3, market): 0.5 for market in range(4)})
    (found,) = mine_excess(cases, RULES, RULES.excess.material).found
    assert found.where == (("clause", "B-2"),)
    assert (found.reviewed, found.hits) == (800, 400)
    assert found.expected_share == pytest.approx(0.25, abs=0.03)
    assert found.low < 0.5 < found.high or found.share == pytest.approx(0.5, abs=0.03)
    assert found.sureness > RULES.strong_from


def test_a_gap_in_one_market_is_told_as_that_market_not_as_the_whole_clause() -> None:
    (found,) = mine_excess(plain({(3, 2): 0.6}), RULES, RULES.excess.material).found
    assert dict(found.where) == {"clause": "B-2", "market": "BR"}
    assert found.hits == 120


def test_the_counts_of_a_candidate_are_those_of_its_cases() -> None:
    world = mining_world(3, 4)
    for found in mine_excess(world.cases, RULES, RULES.excess.material).found:
        inside = members(world.cases, found.where)
        assert (inside.sum(), world.cases.hit[inside].sum()) == (found.reviewed, found.hits)


def test_markets_and_types_that_differ_as_such_are_no_candidates() -> None:
    steep = {(c, m): 0.1 + 0.12 * m for c in range(6) for m in range(4)}
    assert mine_excess(plain(steep), RULES, RULES.excess.material).found == ()
    kinds = {(c, m): 0.1 + 0.15 * (c // 2) for c in range(6) for m in range(4)}
    assert mine_excess(plain(kinds), RULES, RULES.excess.material).found == ()


def test_no_cases_and_too_few_cases_give_no_candidates() -> None:
    few = plain({(3, 2): 0.9}, each=3)
    assert mine_excess(few, RULES, RULES.excess.material).found == ()
    none = ReviewedCases(
        dict.fromkeys(few.values, ()),
        {name: np.zeros(0, np.int64) for name in few.codes},
        np.zeros(0, np.bool_),
    )
    assert mine_excess(none, RULES, RULES.excess.material).slices == 0


def test_an_unknown_clause_makes_no_slice() -> None:
    cases = plain({})
    words = {**cases.values, "clause": ("", *cases.values["clause"][1:])}
    unknown = ReviewedCases(words, cases.codes, cases.hit)
    (by_clause, *_) = count_slices(unknown, RULES).families
    assert len(by_clause.totals) == 5


def test_bulk_submissions_widen_what_chance_can_do() -> None:
    world = mining_world(11, 0)
    alone = ReviewedCases(world.cases.values, world.cases.codes, world.cases.hit)
    spread = mine_excess(world.cases, RULES, RULES.excess.material).spread
    assert spread > mine_excess(alone, RULES, RULES.excess.material).spread


def test_cases_of_one_partner_under_one_rule_in_one_week_are_one_event() -> None:
    partner = np.array([4, 4, 4, -1, -1], dtype=np.int64)
    rule = np.array([1, 1, 1, 1, 1], dtype=np.int64)
    day = np.array([0, 6, 7, 0, 0], dtype=np.int64)
    event = event_numbers(partner, rule, day, 7)
    assert event[0] == event[1] != event[2]
    assert (event[3:] < 0).all()


def test_planted_gaps_of_some_worlds_are_among_the_first_five() -> None:
    found = score(range(WORLDS), (4, 5))
    # 36 planted at 0.86 each: three standard errors below.
    assert found.recall >= 0.69
    assert found.precision >= 0.55
    quiet = score(range(10_000, 10_000 + 4), (0,))
    assert quiet.found <= 6
