"""Candidates: how signals become one, what a filed gap covers, and when a dismissed one comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.cases.filter import CaseFilter, Segment
from core.errors import Conflict, Refused
from core.gaps.candidate_words import new_gap, slice_words, why_words
from core.gaps.candidates import (
    Act,
    Candidate,
    CandidateAct,
    combined,
    covering,
    covers_all,
    is_new_evidence,
    matching_filter,
    overturned_part,
    reviewed_part,
    slice_filter,
    unclear_part,
    why_not_act,
    window_start,
)
from core.gaps.mining import Excess, Where
from core.gaps.mining_rules import mining_rules
from core.gaps.model import Gap

RULES = mining_rules()
RM2: Where = (("clause", "RM-2"),)
RM2_BR: Where = (("clause", "RM-2"), ("market", "BR"))
AT = datetime(2026, 11, 1, tzinfo=UTC)
TYPES = {"RM-2": "rights_match_dispute"}


def an_excess(where: Where = RM2, hits: int = 50, share: float = 0.5) -> Excess:
    return Excess(where, 100, hits, 0.27, share, share - 0.05, share + 0.05, 0.97)


def a_gap(matching: CaseFilter | None) -> Gap:
    return Gap(
        id=1,
        ref="G-0001",
        version=1,
        title="T",
        statement="S",
        gap_type="ambiguous_rule",
        severity="high",
        abuse_types=(),
        clauses=(),
        matching=matching,
        owner="",
        sponsor_team="",
        stakeholders=(),
        target_on=None,
        review_on=None,
        response="proposed",
        implementation="not_started",
        proposed_by="liaison",
        proposed_at=AT,
        response_at=AT,
        implementation_at=AT,
        responded_at=None,
        shipped_at=None,
        closed_at=None,
        changed_at=AT,
        is_erased=False,
    )


def an_act(act: Act = Act.DISMISS, count: int = 100) -> CandidateAct:
    return CandidateAct(1, Candidate(RM2).key, act, None, "no", "lead", AT, count)


def test_signals_of_one_slice_or_of_one_inside_the_other_are_one_candidate() -> None:
    other = an_excess((("clause", "MD-2"),))
    found = combined([an_excess(RM2), other], [an_excess(RM2_BR, share=0.9)])
    assert len(found) == 2
    first = found[0]
    assert first.where == RM2_BR  # of the stronger signal
    assert first.excess is not None
    assert first.unclear is not None


def test_candidates_are_ordered_by_decisions_beyond_the_usual() -> None:
    small, large = an_excess(RM2, share=0.35), an_excess((("clause", "MD-2"),), share=0.6)
    assert [c.where for c in combined([small, large], [])] == [large.where, small.where]


def test_the_name_of_a_candidate_does_not_depend_on_its_counts() -> None:
    assert Candidate(RM2, excess=an_excess()).key == Candidate(RM2, unclear=an_excess(hits=3)).key
    assert Candidate(RM2).key != Candidate(RM2_BR).key


@pytest.mark.parametrize(
    ("parts", "is_covered"),
    [
        ({"clause": ("RM-2",)}, True),
        ({"clause": ("RM-2", "MD-2")}, True),
        ({"abuse_type": ("rights_match_dispute",)}, True),
        ({"clause": ("RM-2",), "market": ("BR",)}, True),
        ({"clause": ("RM-2",), "market": ("DE",)}, False),
        ({"clause": ("RM-2",), "tier": ("T1",)}, False),
        ({"clause": ("RM-2",), "received_from": date(2026, 1, 1)}, True),
        ({"clause": ("RM-2",), "text": "clip"}, False),
        ({"outcome": ("overturned_restored",)}, False),
    ],
)
def test_a_gap_covers_a_candidate_when_its_filter_has_all_cases_of_the_slice(
    parts: dict[str, object], is_covered: bool
) -> None:
    gap = a_gap(CaseFilter(segment=Segment.ALL).but(**parts))
    assert (covering(Candidate(RM2_BR), [gap], TYPES) is gap) == is_covered


def test_a_gap_with_linked_cases_only_covers_nothing() -> None:
    assert covering(Candidate(RM2), [a_gap(None)], TYPES) is None


def test_a_dismissed_candidate_comes_back_after_half_as_many_new_decisions() -> None:
    assert not is_new_evidence(an_act(count=100), 49, RULES)
    assert is_new_evidence(an_act(count=100), 50, RULES)
    assert not is_new_evidence(an_act(count=4), 2, RULES)  # a few are never enough


def test_a_dismissal_needs_a_reason_and_what_stands_is_taken_back_first() -> None:
    assert isinstance(why_not_act(Act.DISMISS, " ", None, RULES), Refused)
    assert isinstance(why_not_act(Act.ACCEPT, "", an_act(), RULES), Conflict)
    assert isinstance(why_not_act(Act.DISMISS, "x" * 501, None, RULES), Refused)
    assert why_not_act(Act.DISMISS, "seasonal", None, RULES) is None


def test_the_parts_of_a_slice_are_parts_of_its_cases() -> None:
    since = window_start(date(2026, 11, 22), RULES)
    assert (date(2026, 11, 22) - since).days == RULES.window_days - 1
    whole = slice_filter(RM2_BR, since, "UTC")
    assert whole.segment is Segment.ALL
    assert (whole.clause, whole.market, whole.received_from) == (("RM-2",), ("BR",), since)
    assert set(overturned_part(whole).outcome) < set(reviewed_part(whole).outcome)
    assert unclear_part(whole, RULES).overturn_reason == ("policy_ambiguous",)
    assert matching_filter(RM2).received_from is None


def test_a_wider_filter_has_all_cases_of_a_narrower_one() -> None:
    assert covers_all(matching_filter(RM2), matching_filter(RM2_BR))
    assert not covers_all(matching_filter(RM2_BR), matching_filter(RM2))


def test_a_gap_filed_from_it_begins_with_what_is_known() -> None:
    found = Candidate(RM2_BR, excess=an_excess(RM2_BR), unclear=an_excess(RM2_BR, hits=30))
    titles = {"RM-2": "Reference files"}
    assert slice_words(RM2_BR, titles) == "RM-2 Reference files in Brazil"
    new = new_gap(found, titles, RULES)
    assert new.clauses == ("RM-2",)
    assert new.gap_type == "ambiguous_rule"
    assert new.matching == matching_filter(RM2_BR)
    assert "30 of 100" in new.statement
    assert "50 of 100" in new.statement
    assert why_words(found, titles, RULES).count("usual") == 2
