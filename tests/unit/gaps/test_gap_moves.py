"""The one table of moves against the rule that reads it: all pairs of states, all acts."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
import yaml

from core.gaps.model import Given
from core.gaps.picture import states_document
from core.gaps.rules import why_not_move, why_not_verify
from core.gaps.workflow import MOVES_FILE, first_states, moves, moves_from, reachable
from core.taxonomy import taxonomy
from tests.support.gaps import a_gap
from tools.draw_gap_states import PAGE

TABLE = yaml.safe_load(MOVES_FILE.read_text("utf-8"))
ACTS = {line["act"]: line for line in TABLE["acts"]}
PAIRS = list(product(taxonomy().gap_responses, taxonomy().gap_implementations))
TODAY, LATER, BEFORE = date(2026, 3, 2), date(2026, 4, 1), date(2026, 2, 1)


def enough_for(act: str) -> Given:
    """All that the act asks for."""
    day = LATER if "review_on" in ACTS[act].get("needs", {}) else BEFORE
    return Given("Because.", "https://x.example/proof", day)


def is_in_table(act: str, response: str, implementation: str) -> bool:
    """The table read by hand, apart from the code that it is read by."""
    line = ACTS[act]
    now = {"response": response, "implementation": implementation}
    other = "implementation" if line["axis"] == "response" else "response"
    return now[line["axis"]] in line["from"] and now[other] in line["when"]


@pytest.mark.parametrize("act", ACTS)
def test_an_act_goes_from_the_states_of_the_table_and_from_no_other(act: str) -> None:
    for response, implementation in PAIRS:
        gap = a_gap(response, implementation)
        refusal = why_not_move(gap, act, enough_for(act), "team_lead", TODAY, "worked")
        if is_in_table(act, response, implementation):
            assert refusal is None, (act, response, implementation)
        else:
            assert refusal is not None
            assert "not open to it" in refusal.message
            assert refusal.hint.startswith("Open to it: ")


def test_the_table_knows_only_states_of_the_lists() -> None:
    for move in moves().values():
        own = (
            taxonomy().gap_responses if move.axis == "response" else taxonomy().gap_implementations
        )
        other = (
            taxonomy().gap_implementations if move.axis == "response" else taxonomy().gap_responses
        )
        assert {move.to, *move.sources} <= set(own)
        assert set(move.when) <= set(other)
        assert move.to not in move.sources


def test_every_state_of_the_lists_can_be_reached_and_left() -> None:
    found = reachable()
    assert found[0] == first_states()
    assert {s.response for s in found} == set(taxonomy().gap_responses)
    assert {s.implementation for s in found} == set(taxonomy().gap_implementations)
    assert all(moves_from(states) for states in found)


def test_from_everywhere_a_gap_can_still_be_verified() -> None:
    leads = {s: {m.after(s) for m in moves_from(s)} for s in reachable()}
    verified = {s for s in leads if s.implementation == "verified_closed"}
    while more := {s for s, to in leads.items() if to & verified} - verified:
        verified |= more
    assert verified == set(leads)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_without_what_it_needs_is_refused_with_what_is_lacking(act: str) -> None:
    line = ACTS[act]
    states = next(s for s in reachable() if is_in_table(act, s.response, s.implementation))
    gap, whole = a_gap(states.response, states.implementation), enough_for(act)
    less = {
        "reason": Given("  ", whole.link, whole.day),
        "link": Given(whole.reason, "", whole.day),
        "review_on": Given(whole.reason, whole.link, None),
        "shipped_on": Given(whole.reason, whole.link, None),
    }
    for need, asked in line.get("needs", {}).items():
        if need == "lead":
            refusal = why_not_move(gap, act, whole, "policy_liaison", TODAY, "worked")
            expected = "team lead"
        elif need == "effect":
            refusal = why_not_move(gap, act, whole, "team_lead", TODAY, "too_early")
            expected = "too early"
        else:
            refusal = why_not_move(gap, act, less[need], "team_lead", TODAY, "worked")
            expected = asked.lower()
        assert refusal is not None
        assert expected in refusal.message


@pytest.mark.parametrize(
    "verdict", ["", "no_measurable_effect", "got_worse", "too_early", "no_data"]
)
def test_a_gap_is_not_verified_without_an_effect_that_worked(verdict: str) -> None:
    gap, proof = a_gap("accepted_full", "shipped"), enough_for("verify")
    refusal = why_not_verify(gap, proof, verdict, "policy_liaison", TODAY)
    assert refusal is not None
    assert refusal.message.startswith("The measured effect is:")
    assert why_not_verify(gap, proof, "worked", "policy_liaison", TODAY) is None


def test_a_gap_is_not_verified_without_proof() -> None:
    gap = a_gap("accepted_full", "shipped")
    for proof in (Given(), Given("It is in force."), Given("", "https://x.example/a")):
        refusal = why_not_verify(gap, proof, "worked", "team_lead", TODAY)
        assert refusal is not None
        assert "proof" in refusal.message or "proves" in refusal.message


@pytest.mark.parametrize(("act", "day"), [("ship", LATER), ("defer", BEFORE), ("defer", TODAY)])
def test_a_day_on_the_wrong_side_of_today_is_refused(act: str, day: date) -> None:
    states = next(s for s in reachable() if is_in_table(act, s.response, s.implementation))
    gap = a_gap(states.response, states.implementation)
    refusal = why_not_move(gap, act, Given("Because.", "", day), "team_lead", TODAY)
    assert refusal is not None
    assert refusal.message.startswith("That day is")


def test_the_picture_in_the_documents_is_that_of_the_table() -> None:
    assert PAGE.read_text("utf-8") == states_document(), "python -m tools.draw_gap_states"
