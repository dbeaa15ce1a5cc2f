"""Places of gaps: intervals that hold them, ties where they cannot be told apart, one order."""

from __future__ import annotations

import random

import pytest

from core.gaps.outlook import Predicted
from core.gaps.ranking import ranked


def foreseen(mean: float, variance: float | None = None) -> Predicted:
    return Predicted(mean, mean if variance is None else variance, 0.0, 0.0)


def test_gaps_far_apart_have_places_of_their_own() -> None:
    places = ranked([("G-0001", foreseen(5)), ("G-0002", foreseen(400)), ("G-0003", foreseen(60))])
    assert [one.ref for one in places] == ["G-0002", "G-0003", "G-0001"]
    assert [(one.first, one.last, one.alike) for one in places] == [
        (1, 1, ()),
        (2, 2, ()),
        (3, 3, ()),
    ]


def test_gaps_alike_are_tied_and_stand_in_the_order_of_their_references() -> None:
    places = ranked([(f"G-000{n}", foreseen(20)) for n in (3, 1, 2)])
    assert [one.ref for one in places] == ["G-0001", "G-0002", "G-0003"]
    assert places[0].alike == ("G-0002", "G-0003")
    assert all(one.first == 1 and one.last == 3 for one in places)


def test_gaps_are_tied_with_those_near_them_only() -> None:
    high = [("G-0001", foreseen(500)), ("G-0002", foreseen(510))]
    low = [("G-0003", foreseen(10)), ("G-0004", foreseen(11))]
    ties = [one.alike for one in ranked(low + high)]
    assert ties == [("G-0001",), ("G-0002",), ("G-0003",), ("G-0004",)]


@pytest.mark.parametrize("seed", range(5))
def test_intervals_hold_the_place_and_ties_hold_both_ways(seed: int) -> None:
    draw = random.Random(seed)
    asked = [(f"G-{n:04d}", foreseen(draw.expovariate(1 / 30))) for n in range(1, 21)]
    places = ranked(asked)
    draw.shuffle(asked)
    assert ranked(asked) == places
    ties = {one.ref: set(one.alike) for one in places}
    for at, one in enumerate(places, start=1):
        assert one.first <= at <= one.last
        assert all(one.ref in ties[other] for other in one.alike)


def test_no_gaps_have_no_places() -> None:
    assert ranked([]) == ()
