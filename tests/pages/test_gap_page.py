"""The page of one policy gap over the roles: its views, every act on it, tasks, notes and links."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.desk.boot import Desk
from core.desk.gap_moves import move
from core.desk.gap_views import gap_dossier
from core.desk.gap_writes import Seen
from core.desk.gaps import NewGap, edit_gap, propose_gap
from core.desk.queue import queue_view
from core.gaps.model import Given
from core.ui.format import escape
from tests.support.visits import enter, words

LIAISON = Person("liaison", "Liaison", "policy_liaison")
LEAD = Person("lead", "Lead", "team_lead")
NEW = NewGap(
    "Reports read as praise", "Reports are removed as praise.", "wrong_scope", "high", owner="lead"
)
NOT_FOUND = "This page or case was not found."


def refs(desk: Desk, number: int) -> list[str]:
    found = queue_view(desk, LEAD, CaseFilter(restriction=("open",)), facets=())
    return list(found.rows["ref"].iloc[:number])


def proposed(desk: Desk, *cases: str) -> str:
    return propose_gap(desk, LIAISON, NEW, cases, reason="it shows" if cases else "")


def moved(desk: Desk, ref: str, *acts: str) -> None:
    for act in acts:
        version = gap_dossier(desk, LEAD, ref).gap.version
        day = desk.clock.now().date() if act == "ship" else None
        move(desk, LEAD, Seen(ref, version), [act], Given("as agreed", day=day))


def response(desk: Desk, ref: str) -> str:
    return gap_dossier(desk, LEAD, ref).gap.response


def click(app: AppTest, key: str) -> AppTest:
    return next(b for b in app.button if b.key == key).click().run()


def submit(app: AppTest, label: str) -> AppTest:
    found = (b for b in app.button if b.label == label and "FormSubmitter" in (b.key or ""))
    return next(found).click().run()


def fill(app: AppTest, field: str, text: str) -> None:
    (found,) = [a for a in (*app.text_area, *app.text_input) if a.key == f"drawer-field-{field}"]
    found.set_value(text)


def greyed(app: AppTest) -> dict[str, str]:
    keyed = {str(b.key): b for b in app.button if b.disabled}
    return {key: b.help for key, b in keyed.items() if key.startswith("act-")}


@pytest.mark.parametrize(
    ("role", "view"), [("partner_manager", "cases"), ("viewer", "dossier"), ("auditor", "log")]
)
def test_those_who_change_nothing_read_every_view(demo_desk: Desk, role: str, view: str) -> None:
    ref = proposed(demo_desk, *refs(demo_desk, 2))
    app = enter(demo_desk, role, "gap", gap=ref, view=view)
    assert not app.exception
    assert NEW.title in words(app)
    assert not [b for b in app.button if b.key == "task-add"]


@pytest.mark.parametrize("ref", ["G-9999", ""])
def test_an_unknown_gap_is_not_found(demo_desk: Desk, ref: str) -> None:
    assert NOT_FOUND in words(enter(demo_desk, "team_lead", "gap", gap=ref))


def test_acts_are_greyed_with_the_reason_for_those_who_only_propose(demo_desk: Desk) -> None:
    ref = proposed(demo_desk)
    found = greyed(enter(demo_desk, "analyst", "gap", gap=ref))
    assert {"act-accept", "act-decline", "act-defer"} <= set(found)
    assert all("Your role does not allow this" in why for why in found.values())
    assert not greyed(enter(demo_desk, "team_lead", "gap", gap=ref))


def test_declining_says_what_it_changes_needs_a_reason_and_can_be_taken_up(demo_desk: Desk) -> None:
    ref = proposed(demo_desk)
    app = click(enter(demo_desk, "team_lead", "gap", gap=ref), "act-decline")
    assert "This closes the gap" in words(app)
    app = submit(app, "Decline")
    assert "needs: why it will not be done" in words(app)
    assert response(demo_desk, ref) == "proposed"
    fill(app, "reason", "The rule says it already.")
    app = submit(app, "Decline")
    assert not app.exception
    assert response(demo_desk, ref) == "declined"
    assert "The rule says it already." in words(app)
    assert [b.key for b in app.button if (b.key or "").startswith("act-")] == [
        "act-reconsider",
    ]


def test_a_gap_is_not_closed_without_a_measured_effect(demo_desk: Desk) -> None:
    ref = proposed(demo_desk, *refs(demo_desk, 1))
    moved(demo_desk, ref, "accept", "ship")
    app = click(enter(demo_desk, "team_lead", "gap", gap=ref), "act-verify")
    assert not app.exception
    assert "Measured effect" in words(app)
    fill(app, "reason", "The guidance is out.")
    fill(app, "link", "https://policy.example/guidance")
    app = submit(app, "Verify and close")
    assert "A gap is closed as verified when it worked" in words(app)
    assert gap_dossier(demo_desk, LEAD, ref).gap.implementation == "shipped"


def test_a_refused_act_tells_what_somebody_else_changed(demo_desk: Desk) -> None:
    ref = proposed(demo_desk)
    app = click(enter(demo_desk, "team_lead", "gap", gap=ref), "act-decline")
    moved(demo_desk, ref, "assess")
    fill(app, "reason", "No.")
    app = submit(app, "Decline")
    assert "was changed while you looked at it" in words(app)
    assert response(demo_desk, ref) == "assessing"
    app = submit(app, "Decline")
    assert response(demo_desk, ref) == "declined"


def test_what_somebody_else_edited_meanwhile_is_taken_into_the_form(demo_desk: Desk) -> None:
    ref = proposed(demo_desk)
    app = click(enter(demo_desk, "team_lead", "gap", gap=ref), "gap-edit")
    edit_gap(demo_desk, LIAISON, Seen(ref, 1), replace(NEW, severity="critical"))
    fill(app, "title", "Reports are read as praise")
    app = submit(app, "Save")
    assert "was changed while you looked at it" in words(app)
    app = submit(app, "Save")
    gap = gap_dossier(demo_desk, LEAD, ref).gap
    assert (gap.title, gap.severity) == ("Reports are read as praise", "critical")


def test_facts_are_edited_in_a_form_that_begins_with_them(demo_desk: Desk) -> None:
    ref = proposed(demo_desk)
    app = click(enter(demo_desk, "team_lead", "gap", gap=ref), "gap-edit")
    title = next(t for t in app.text_input if t.key == "drawer-field-title")
    assert title.value == NEW.title
    title.set_value("Reports are read as praise")
    app = submit(app, "Save")
    assert not app.exception
    assert "Reports are read as praise" in words(app)


def test_tasks_are_added_finished_and_taken_up_again(demo_desk: Desk) -> None:
    ref = proposed(demo_desk)
    app = click(enter(demo_desk, "team_lead", "gap", gap=ref), "task-add")
    fill(app, "text", "Write the guidance.")
    app = submit(app, "Add it")
    assert not app.exception
    (task,) = gap_dossier(demo_desk, LEAD, ref).tasks
    app = click(app, f"task-done-{task.id}")
    assert "The task is done." in words(app)
    app = click(app, f"task-again-{task.id}")
    assert gap_dossier(demo_desk, LEAD, ref).tasks[0].done_at is None


def test_a_note_and_the_undo_of_a_link_stand_in_the_log(demo_desk: Desk) -> None:
    ref = proposed(demo_desk, *refs(demo_desk, 2))
    app = click(enter(demo_desk, "team_lead", "gap", gap=ref, view="log"), "log-note")
    fill(app, "text", "Asked the regional desk.")
    app = submit(app, "Add it")
    assert "Asked the regional desk." in words(app)
    (undo,) = [str(b.key) for b in app.button if str(b.key).startswith("log-undo-")]
    app = click(app, undo)
    assert "Taken back for 2 cases." in words(app)
    assert not gap_dossier(demo_desk, LEAD, ref).evidence


def test_evidence_is_listed_with_who_and_why_and_links_are_taken_back(demo_desk: Desk) -> None:
    cases = refs(demo_desk, 2)
    ref = proposed(demo_desk, *cases)
    app = enter(demo_desk, "team_lead", "gap", gap=ref, view="cases")
    rows = app.dataframe[0].value
    assert sorted(rows["case"]) == sorted(cases)
    assert set(rows["reason"]) == {"it shows"}
    assert [b.label for b in app.button if b.key == "gap-to-linked"] == ["2 linked"]
    app = click(app, "ask-unlink")
    next(m for m in app.multiselect if m.key == "drawer-field-cases").set_value([cases[0]])
    app = submit(app, "Take back")
    assert "1 link taken back." in words(app)
    assert [one.case_ref for one in gap_dossier(demo_desk, LEAD, ref).evidence] == [cases[1]]


def test_a_case_tells_which_gaps_it_is_evidence_of(demo_desk: Desk) -> None:
    case = refs(demo_desk, 1)[0]
    ref = proposed(demo_desk, case)
    app = enter(demo_desk, "analyst", "case", case=case)
    assert not app.exception
    assert [e for e in app.get("page_link") if escape(ref) in e.proto.label]


def test_a_partner_tells_which_open_gaps_hold_its_cases(demo_desk: Desk) -> None:
    every = CaseFilter(segment=Segment.ALL)
    found = queue_view(demo_desk, LEAD, every, facets=("partner",)).facets
    partner = next(f.value for f in found.dimensions["partner"] if f.value)
    theirs = queue_view(demo_desk, LEAD, every.but(partner=(partner,)), facets=()).rows
    ref = proposed(demo_desk, theirs["ref"].iloc[0])
    app = enter(demo_desk, "team_lead", "partner", partner=partner, view="cases")
    assert not [b for b in app.button if b.key == f"gap-{ref}"]
    app.session_state["partner-gaps"] = True
    app.run()
    assert not app.exception
    assert [b.label for b in app.button if b.key == f"gap-{ref}"] == ["1 case"]
