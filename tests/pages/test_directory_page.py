"""The directory and a partner's details, state by state, without a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.desk.boot import Desk
from core.desk.directory import (
    Edit,
    add_spelling,
    create_partner,
    details_view,
    directory_view,
    edit_partner,
)
from core.desk.directory_csv import export_directory
from core.desk.partner_cover import CoverAsk, cover_partner
from core.desk.partner_merges import MergeAsk, merge_partners
from core.partners.directory_rules import Facts
from tests.support.visits import enter, words

LEAD = Person("lead", "Lead", "team_lead")
DIRECTORY = {"view": "directory"}


def button(app: AppTest, key: str) -> AppTest:
    (found,) = [b for b in app.button if b.key == key]
    return found.click().run()


def submit(app: AppTest, label: str) -> AppTest:
    (found,) = [b for b in app.button if b.label == label and "FormSubmitter" in str(b.key)]
    return found.click().run()


def has_button(app: AppTest, key: str) -> bool:
    return any(b.key == key for b in app.button)


def said(app: AppTest) -> str:
    assert not app.exception
    return words(app).replace("\\", "")


def details(desk: Desk, ref: str, role: str = "team_lead", **more: str) -> AppTest:
    return enter(desk, role, "partner", partner=ref, view="details", **more)


@pytest.fixture
def twin(demo_desk: Desk) -> str:
    """A second spelling of the first partner, as a partner of its own."""
    facts = details_view(demo_desk, LEAD, "P-0001").entry.facts
    return create_partner(demo_desk, LEAD, replace(facts, name=f"{facts.name} GmbH")).ref


def test_an_empty_directory_says_what_would_fill_it(empty_desk: Desk) -> None:
    app = enter(empty_desk, "team_lead", "partners", **DIRECTORY)
    assert "No partner is in your scope yet." in said(app)
    assert "bring partners in from a file" in said(app)


def test_the_directory_lists_all_partners_and_finds_some(demo_desk: Desk) -> None:
    every = directory_view(demo_desk, LEAD)
    app = enter(demo_desk, "team_lead", "partners", **DIRECTORY)
    assert len(app.dataframe[0].value) == min(every.total, 100)
    name = every.lines[3].entry.facts.name
    app = enter(demo_desk, "team_lead", "partners", **DIRECTORY, find=name.upper())
    assert name in list(app.dataframe[0].value["partner"])
    app = enter(demo_desk, "team_lead", "partners", **DIRECTORY, find="no such name")
    assert "Nothing is found" in said(app)


def test_a_partner_manager_sees_own_partners_only(demo_desk: Desk) -> None:
    every = directory_view(demo_desk, LEAD)
    own = {
        line.entry.facts.name
        for line in every.lines
        if "partner.manager" in {who.username for who in line.managers}
    }
    app = enter(demo_desk, "partner_manager", "partners", **DIRECTORY)
    assert set(app.dataframe[0].value["partner"]) == own
    strange = next(line for line in every.lines if line.entry.facts.name not in own)
    app = enter(
        demo_desk, "partner_manager", "partners", **DIRECTORY, find=strange.entry.facts.name
    )
    assert "Nothing is found" in said(app)


def test_who_may_only_read_is_offered_no_change(demo_desk: Desk) -> None:
    app = enter(demo_desk, "viewer", "partners", **DIRECTORY)
    assert not has_button(app, "partner-add")
    app = enter(demo_desk, "viewer", "partners", **DIRECTORY, part="file")
    assert "Your role does not allow this" in said(app)
    app = details(demo_desk, "P-0001", "viewer")
    assert not app.exception
    assert not has_button(app, "details-edit")
    assert not any(str(b.key).startswith("remove-") for b in app.button)


def test_a_partner_is_added_through_the_form(demo_desk: Desk) -> None:
    app = button(enter(demo_desk, "team_lead", "partners", **DIRECTORY), "partner-add")
    app.text_input(key="drawer-field-name").input("Kleine Welle")
    app.selectbox(key="drawer-field-category").select("podcaster")
    app = submit(app, "Add it")
    assert "Kleine Welle is in the directory as P-" in said(app)
    (line,) = directory_view(demo_desk, LEAD, "kleine welle").lines
    assert (line.entry.facts.category, line.entry.facts.tier) == ("podcaster", "T4")


def test_a_refused_form_keeps_what_was_typed(demo_desk: Desk) -> None:
    taken = details_view(demo_desk, LEAD, "P-0001").entry.facts.name
    app = button(enter(demo_desk, "team_lead", "partners", **DIRECTORY), "partner-add")
    app.text_input(key="drawer-field-name").input(taken)
    app = submit(app, "Add it")
    assert "in use already" in said(app)
    assert app.text_input(key="drawer-field-name").value == taken


def test_an_edit_that_was_overtaken_takes_both_changes_when_saved_again(demo_desk: Desk) -> None:
    app = button(details(demo_desk, "P-0001"), "details-edit")
    entry = details_view(demo_desk, LEAD, "P-0001").entry
    theirs = replace(entry.facts, language="es")
    edit_partner(demo_desk, replace(LEAD, username="ben"), Edit("P-0001", 1, entry.facts, theirs))
    app.selectbox(key="drawer-field-tier").select("T3")
    app = submit(app, "Save")
    assert "ben changed this partner while you were editing: language" in said(app)
    app = submit(app, "Save")
    assert "P-0001 is changed." in said(app)
    facts = details_view(demo_desk, LEAD, "P-0001").entry.facts
    assert (facts.tier, facts.language) == ("T3", "es")


def test_a_removed_spelling_comes_back_with_undo(demo_desk: Desk) -> None:
    key = add_spelling(demo_desk, LEAD, "P-0001", "Old Name")
    app = button(details(demo_desk, "P-0001"), f"remove-spelling-{key}")
    assert "“Old Name” leads nowhere now." in said(app)
    app = button(app, "undo-last")
    assert "“Old Name” leads to this partner again." in said(app)
    spellings = details_view(demo_desk, LEAD, "P-0001").spellings
    assert "Old Name" in [known.spelling for known in spellings]


def test_a_merge_is_looked_at_done_and_undone(demo_desk: Desk, twin: str) -> None:
    app = details(demo_desk, "P-0001", merge=twin)
    told = said(app)
    assert "What moves" in told
    assert "cases that you may see" in told
    app = button(app, "merge-do")
    assert "is part of" in said(app)
    assert details_view(demo_desk, LEAD, "P-0001").entry.ref == twin
    app = button(app, "undo-last")
    assert "is a partner of its own again" in said(app)
    assert details_view(demo_desk, LEAD, "P-0001").entry.ref == "P-0001"


def test_a_merge_is_taken_back_from_the_page_of_the_partner_that_stayed(
    demo_desk: Desk, twin: str
) -> None:
    merged = merge_partners(demo_desk, LEAD, MergeAsk(twin, "P-0001"))
    app = details(demo_desk, twin)  # the old reference leads to the partner that stayed
    app = button(app, f"unmerge-{merged.id}")
    assert "Take" in said(app)
    app = button(app, "unmerge-do")
    assert "is a partner of its own again" in said(app)


def test_a_merge_of_a_strange_partner_is_not_found(demo_desk: Desk) -> None:
    own = next(
        line.entry.ref
        for line in directory_view(demo_desk, LEAD).lines
        if "partner.manager" in {who.username for who in line.managers}
    )
    strange = next(
        line.entry
        for line in directory_view(demo_desk, LEAD).lines
        if "partner.manager" not in {who.username for who in line.managers}
    )
    told = []
    for ref in (strange.ref, "P-9999"):
        app = details(demo_desk, own, "partner_manager", merge=ref)
        told.append(said(app).replace(ref, "REF"))
        assert strange.facts.name not in told[-1]
    assert "was not found" in told[0]
    assert told[0] == told[1]


def test_a_pair_is_proposed_and_can_be_said_to_differ(demo_desk: Desk, twin: str) -> None:
    app = enter(demo_desk, "team_lead", "partners", **DIRECTORY, part="same")
    assert "Only the legal form differs" in said(app)
    app = button(app, f"differ-{twin}-P-0001")
    assert "not proposed again" in said(app)
    app = button(app, "undo-last")
    assert has_button(app, f"differ-{twin}-P-0001")


def test_a_partner_without_cases_is_taken_as_a_spelling(demo_desk: Desk, twin: str) -> None:
    app = enter(demo_desk, "team_lead", "partners", **DIRECTORY, part="same")
    app = button(app, f"take-{twin}-P-0001")
    assert "is a spelling of" in said(app)
    assert details_view(demo_desk, LEAD, twin).entry.ref == "P-0001"


def test_a_cover_stands_on_the_page_and_can_be_ended(demo_desk: Desk) -> None:
    view = details_view(demo_desk, LEAD, "P-0001")
    own = {each.username for each in view.managers}
    other = next(
        who.username
        for line in directory_view(demo_desk, LEAD).lines
        for who in line.managers
        if who.username not in own
    )
    today = view.at.date()
    ask = CoverAsk(other, today, today + timedelta(days=3))
    key = cover_partner(demo_desk, LEAD, "P-0001", ask)
    app = details(demo_desk, "P-0001")
    assert "Covers now" in said(app)
    app = button(app, f"cover-end-{key}")
    assert "no longer covers" in said(app)
    app = button(app, "undo-last")
    assert "Covers now" in said(app)


def test_a_file_is_previewed_and_brought_in(demo_desk: Desk) -> None:
    text = "name,tier,market\nKleine Welle,T3,DE\nGroße Welle,T9,DE\n"
    app = enter(demo_desk, "team_lead", "partners", **DIRECTORY, part="file")
    app.file_uploader[0].upload("new.csv", text.encode(), "text/csv")
    app = app.run()
    assert {m.label: m.value for m in app.metric} == {
        "Created": "1",
        "Changed": "0",
        "Unchanged": "0",
        "Rejected": "1",
    }
    assert "There is no tier 'T9'." in str(app.dataframe[0].value["what"].tolist())
    app = button(app, "directory-import")
    assert "1 partner added" in said(app)
    assert directory_view(demo_desk, LEAD, "kleine welle").found == 1


def test_an_exported_file_has_nothing_to_bring_in(demo_desk: Desk) -> None:
    content = export_directory(demo_desk, LEAD).text.encode("utf-8-sig")
    app = enter(demo_desk, "team_lead", "partners", **DIRECTORY, part="file")
    app.file_uploader[0].upload("same.csv", content, "text/csv")
    app = app.run()
    assert "There is nothing to bring in" in said(app)
    assert not has_button(app, "directory-import")


def test_a_file_that_cannot_be_read_says_where(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "partners", **DIRECTORY, part="file")
    app.file_uploader[0].upload("bad.csv", b"colour\nred\n", "text/csv")
    app = app.run()
    assert "bad.csv, line 1" in said(app)


def test_markup_in_a_name_stays_a_name(demo_desk: Desk) -> None:
    made = create_partner(demo_desk, LEAD, Facts("**Bold** <b>x</b> :red[y]", tier="T4"))
    app = details(demo_desk, made.ref)
    assert not app.exception
    assert "\\*\\*Bold\\*\\*" in words(app)
