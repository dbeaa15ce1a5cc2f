"""The planted truths can be found again in the frames, within tolerances that follow from n."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.clock import to_micros
from core.demo import generate
from core.sla.policies import read_book
from core.taxonomy import taxonomy
from tests.unit.demo.worlds import AS_OF, US_PER_DAY, Seen, seen, standard_error

FULL = 60_000
SURE = 4.0  # standard errors; one false alarm in 16,000


def _truth(name: str) -> Any:
    return seen(FULL).world.truth[name]


def _micros(text: str) -> int:
    return to_micros(datetime.fromisoformat(text))


def _in_slice(cases: pd.DataFrame, slice_: dict[str, str]) -> pd.Series:
    inside = pd.Series(data=True, index=cases.index)
    for column, value in slice_.items():
        inside &= cases[column] == value
    return inside


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_a_surge_is_three_times_the_weekly_expectation(dimensions: int) -> None:
    surge = next(s for s in _truth("surges") if s["dimensions"] == dimensions)
    assert len(surge["slice"]) == dimensions
    assert 20 <= surge["weekly_expected"] <= 40
    assert surge["detectable"]
    cases = seen(FULL).cases
    inside = cases[_in_slice(cases, surge["slice"])]
    week = inside["received_at"].between(
        _micros(surge["week_starts"]), _micros(surge["week_ends"]) - 1
    )
    expected = surge["weekly_expected"]
    assert abs(week.sum() - 3 * expected) <= SURE * np.sqrt(expected)
    per_week = (len(inside) - surge["planted_extra"]) / 104
    assert per_week == pytest.approx(expected, rel=0.25), "the slice has a steady base"


def test_a_world_too_small_for_a_surge_says_so() -> None:
    world = generate(2_000, 7, AS_OF, read_book())
    surges: Any = world.truth["surges"]
    for surge in surges:
        assert not surge["detectable"]
        assert surge["weekly_expected"] < 20
        assert "too few cases" in surge["note"]


def test_a_small_world_has_a_steeper_surge_so_that_there_is_one_to_see() -> None:
    world = generate(12_000, 7, AS_OF, read_book())
    surges: Any = world.truth["surges"]
    for surge in surges:
        assert surge["planted_extra"] >= 20
        assert surge["ratio"] > 3


def _overturned(cases: pd.DataFrame) -> tuple[float, int]:
    """Share of overturns among the re-reviewed, and their number."""
    outcomes = taxonomy().outcomes
    reviewed = cases["outcome"].map(lambda o: bool(o) and outcomes[o].is_set("is_review"))
    again = cases[reviewed & (cases["overturned_again"] == 0)]
    over = again["outcome"].map(lambda o: outcomes[o].is_set("is_overturn"))
    return float(over.mean()), len(over)


def _first_decisions(found: Seen) -> pd.DataFrame:
    """Cases decided once: a reopening overturns some decisions later."""
    decisions = found.events[found.events["kind"] == "decision"]
    count = decisions.groupby("key").size()
    at = decisions.groupby("key")["at"].min()
    cases = found.cases.assign(
        overturned_again=found.cases["key"].map(count).fillna(1) - 1,
        decided_at=found.cases["key"].map(at),
    )
    return cases[cases["decided_at"].notna()]


def test_the_open_gap_overturns_twenty_five_points_more() -> None:
    gap = next(g for g in _truth("policy_gaps") if g["state"] == "open")
    cases = _first_decisions(seen(FULL))
    others = [g["clause"] for g in _truth("policy_gaps")]
    inside, n = _overturned(cases[cases["clause"] == gap["clause"]])
    outside, _ = _overturned(cases[~cases["clause"].isin(others)])
    assert n > 300
    assert abs(outside - gap["overturn_share_elsewhere"]) < 0.02
    assert abs(inside - outside - 0.25) <= SURE * standard_error(inside, n)


def test_the_closed_gap_fell_by_thirty_percent_a_year_ago() -> None:
    gap = next(g for g in _truth("policy_gaps") if g["state"] == "closed")
    closed_at = _micros(gap["closed_at"])
    assert (to_micros(AS_OF) - closed_at) / US_PER_DAY == pytest.approx(365)
    cases = _first_decisions(seen(FULL))
    cases = cases[cases["clause"] == gap["clause"]]
    before, n_before = _overturned(cases[cases["decided_at"] < closed_at])
    after, n_after = _overturned(cases[cases["decided_at"] >= closed_at])
    assert abs(before - gap["overturn_share_before"]) <= SURE * standard_error(before, n_before)
    assert abs(after - gap["overturn_share_after"]) <= SURE * standard_error(after, n_after)
    assert gap["overturn_share_after"] / gap["overturn_share_before"] == pytest.approx(
        0.7, abs=1e-3
    )
    assert after < before


def _attainment(clocks: pd.DataFrame) -> tuple[float, int]:
    judged = clocks.loc[clocks["sla_frt"].isin(["met", "breached"]), "sla_frt"]
    return float((judged == "met").mean()), len(judged)


def test_one_partner_lost_fifteen_points_in_four_weeks_by_one_channel() -> None:
    found, decline = seen(FULL), _truth("partner_in_decline")
    aliases = found.world.directory.alias_of
    spellings = [decline["partner"], aliases.get(decline["partner"], "")]
    own = found.cases["partner"].isin(spellings)
    recent = found.cases["received_at"] >= _micros(decline["since"])
    (cause,) = decline["cause"].items()
    by_cause = found.cases[cause[0]] == cause[1]
    before, n_before = _attainment(found.clocks[own & ~recent])
    after, n_after = _attainment(found.clocks[own & recent])
    spread = np.hypot(standard_error(before, n_before), standard_error(after, n_after))
    assert n_after > 60
    assert abs(before - after - 0.15) <= SURE * spread
    elsewhere, _ = _attainment(found.clocks[own & recent & ~by_cause])
    there, n_there = _attainment(found.clocks[own & recent & by_cause])
    assert elsewhere - there > 0.3 - SURE * standard_error(there, n_there)
    assert abs(elsewhere - before) < 0.15, "the rest is served as before"


@pytest.mark.parametrize("clock", ["frt_us", "ttr_first_us"])
def test_one_market_waits_forty_percent_longer_at_equal_mix(clock: str) -> None:
    found, slow = seen(FULL), _truth("slow_market")
    cases = found.cases.assign(took=np.log(found.clocks[clock].astype("float64")))
    cases = cases[cases["took"].notna() & (cases["first_priority"] == cases["priority"])]
    here = cases[cases["market"] == slow["market"]]
    calendar = here["calendar"].iloc[0]
    peers = cases[(cases["calendar"] == calendar) & (cases["market"] != slow["market"])]
    mix = ["first_priority", "first_tier", "first_requester_kind"]
    expected = peers.groupby(mix)["took"].mean().rename("expected")
    excess = here.join(expected, on=mix)
    excess = (excess["took"] - excess["expected"]).dropna()
    spread = float(excess.std() / np.sqrt(len(excess)))
    assert abs(excess.mean() - np.log(1.4)) <= SURE * spread * np.sqrt(1.5)


def test_two_alike_cases_were_decided_differently() -> None:
    pair = _truth("inconsistent_pair")
    cases = seen(FULL).cases.set_index("external_id")
    first, second = (cases.loc[ref] for ref in pair["external_ids"])
    alike = ["channel", "platform", "surface", "abuse_type", "clause", "market", "first_priority"]
    assert first[alike].tolist() == second[alike].tolist()
    assert [first["outcome"], second["outcome"]] == pair["outcomes"]
    assert first["clause"] == pair["clause"]
    assert second["overturn_reason"]


def test_the_truths_can_be_written_as_json() -> None:
    world = seen(FULL).world
    assert json.loads(json.dumps(world.truth)) == world.truth
    assert set(world.truth) == {
        "cases", "seed", "as_of", "surges", "policy_gaps", "partner_in_decline", "slow_market",
        "inconsistent_pair",
    }  # fmt: skip
