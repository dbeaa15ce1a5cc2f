"""People who decide like cases differently are found where they do, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from core.gaps.mining_people import PeopleDecisions, mine_people
from core.gaps.mining_rules import mining_rules

RULES = mining_rules().people
CLAUSES, PEOPLE = 20, 12


def decisions(seed: int, odd: dict[int, float], strict: float = 0.0) -> PeopleDecisions:
    """Six thousand decisions; ``odd`` gives a clause its spread of people, ``strict`` all of them."""
    rng, n = np.random.default_rng([seed, 5]), 6_000
    clause, person = rng.integers(0, CLAUSES, n), rng.integers(0, PEOPLE, n)
    odds = np.full(n, logit(0.3)) + rng.normal(0, strict, PEOPLE)[person]
    odds += rng.normal(0, 0.3, CLAUSES)[clause]
    for one, spread in odd.items():
        odds += (clause == one) * rng.normal(0, spread, PEOPLE)[person]
    names = tuple(f"C-{i}" for i in range(CLAUSES))
    return PeopleDecisions(names, clause, person % 4, person, rng.random(n) < expit(odds))


def test_clauses_under_which_people_differ_are_found() -> None:
    planted, hit, false = 0, 0, 0
    for seed in range(6):
        found = {one.clause for one in mine_people(decisions(seed, {3: 1.2, 11: 1.2}), RULES).found}
        planted += 2
        hit += len(found & {"C-3", "C-11"})
        false += len(found - {"C-3", "C-11"})
    assert hit >= 0.8 * planted
    assert false <= 2


def test_people_who_are_strict_everywhere_do_not_make_a_clause_stand_out() -> None:
    found = [len(mine_people(decisions(seed, {}, strict=0.6), RULES).found) for seed in range(6)]
    assert sum(found) <= 2


def test_what_is_told_is_in_shares_with_its_interval() -> None:
    mined = mine_people(decisions(2, {3: 1.5}), RULES)
    one = mined.found[0]
    assert one.clause == "C-3"
    assert one.low_share < one.share < one.high_share
    assert one.width_low < one.high_share - one.low_share < one.width_high
    assert one.chance <= RULES.false_share
    assert mined.decisions == 6_000
    assert mined.people == PEOPLE
    assert mined.clauses == CLAUSES


@pytest.mark.parametrize("people", [1, 3])
def test_too_few_people_say_nothing(people: int) -> None:
    all_of = decisions(1, {3: 1.5})
    keep = all_of.person < people
    few = PeopleDecisions(
        all_of.clauses,
        all_of.clause[keep],
        all_of.market[keep],
        all_of.person[keep],
        all_of.hit[keep],
    )
    assert mine_people(few, RULES).clauses == 0


def test_no_decisions_are_nothing() -> None:
    none = np.zeros(0, np.int64)
    empty = PeopleDecisions((), none, none, none, np.zeros(0, np.bool_))
    assert mine_people(empty, RULES).found == ()
