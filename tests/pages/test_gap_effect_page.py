"""The effect page of a gap: verdict, numbers and pictures, and what it says when it cannot tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.clock import from_micros
from core.desk.boot import Desk
from core.desk.gap_moves import move
from core.desk.gap_views import gap_dossier
from core.desk.gap_writes import Seen
from core.desk.gaps import NewGap, propose_gap
from core.gaps.model import Given
from tests.support.effect_cases import MENDED, SHIPPED, fill_effect
from tests.support.visits import enter, words

LIAISON = Person("liaison", "Liaison", "policy_liaison")


def shipped(desk: Desk, *clauses: str, days_later: int = 0) -> str:
    new = NewGap("Quotes read as praise", "Told apart.", "ambiguous_rule", "high", clauses=clauses)
    ref = propose_gap(desk, LIAISON, new, ())
    for act in ("accept", "ship"):
        day = (from_micros(SHIPPED) + timedelta(days=days_later)).date() if act == "ship" else None
        version = gap_dossier(desk, LIAISON, ref).gap.version
        move(desk, LIAISON, Seen(ref, version), [act], Given("as agreed", day=day))
    return ref


def visit(desk: Desk, ref: str, role: str = "team_lead", **also: str) -> AppTest:
    app = enter(desk, role, "gap", gap=ref, view="effect", **also)
    assert not app.exception
    return app


@pytest.fixture
def desk(empty_desk: Desk) -> Desk:
    fill_effect(empty_desk.store)
    return empty_desk


def test_the_page_says_what_changed_how_sure_and_against_what(desk: Desk) -> None:
    ref = shipped(desk, MENDED)
    told = words(visit(desk, ref))
    assert ":green-badge" in told
    assert "Worked" in told
    assert "the overturn share of FS\\-2 is" in told
    assert "while 7 comparison clauses together did not change measurably" in told
    assert "earlier dates" in told
    assert "What this cannot tell" in told
    assert "No new version of its clauses" in told
    cases = visit(desk, ref, measure="cases")
    assert "the number of cases of FS\\-2 " in words(cases)


def test_counts_before_and_after_stand_with_their_base(desk: Desk) -> None:
    app = visit(desk, shipped(desk, MENDED))
    sides = next(t.value for t in app.dataframe if "when" in t.value)
    assert list(sides["of"]) == ["168", "168"]
    before, after = (float(share.removesuffix(" %")) for share in sides["share"])
    assert before > 1.7 * after


def test_too_early_says_how_many_weeks_are_missing(desk: Desk) -> None:
    told = words(visit(desk, shipped(desk, MENDED, days_later=63)))
    assert "Too early" in told
    assert "at least 8 are needed on each side" in told
    assert "Look again on" in told


def test_without_a_clause_the_page_says_that_nothing_can_be_counted(desk: Desk) -> None:
    told = words(visit(desk, shipped(desk), "viewer"))
    assert "No data" in told
    assert "names neither a clause nor a filter" in told


def test_few_cases_are_not_called_an_effect(desk: Desk) -> None:
    told = words(visit(desk, shipped(desk, "HE-3")))
    assert "No data" in told
    assert "0 re\\-reviewed cases before and 0 after" in told
