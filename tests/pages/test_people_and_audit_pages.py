"""The homes of admin and auditor: people with their sessions, and the record with its proof."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.desk import people
from core.desk.boot import OPERATOR, Desk
from tests.support.visits import enter, words


def press(app: AppTest, key: str) -> AppTest:
    return next(b for b in app.button if b.key == key).click().run()


def test_an_admin_sees_everybody_who_may_sign_in(demo_desk: Desk) -> None:
    app = enter(demo_desk, "admin", "admin")
    assert not app.exception
    listed = set(app.dataframe[0].value["Username"])
    assert listed == {p.username for p in people.list_people(demo_desk, OPERATOR)}


def test_an_admin_adds_a_person_and_a_weak_password_is_refused_with_the_reason(
    demo_desk: Desk,
) -> None:
    app = press(enter(demo_desk, "admin", "admin"), "add")
    fields = {t.key: t for t in app.text_input}
    fields["new-username"].set_value("mira")
    fields["new-password"].set_value("short")
    refused = next(b for b in app.button if b.label == "Add").click().run()
    assert not refused.exception
    assert "mira" not in set(refused.dataframe[0].value["Username"])
    fields = {t.key: t for t in refused.text_input}
    fields["new-username"].set_value("mira")
    fields["new-password"].set_value("a long enough sentence")
    added = next(b for b in refused.button if b.label == "Add").click().run()
    assert "mira may sign in now." in words(added)
    assert "mira" in set(added.dataframe[0].value["Username"])


def test_the_auditor_reads_the_record_and_verifies_its_chain(demo_desk: Desk) -> None:
    app = enter(demo_desk, "auditor", "audit")
    assert not app.exception
    shown = app.dataframe[0].value
    assert "Sign-in" in set(shown["Act"])
    assert "let in" in set(shown["Details"])
    assert not [act for act in shown["Act"] if "." in act]
    proved = press(app, "verify")
    assert "The chain holds" in " ".join(s.value for s in proved.success)


def test_the_act_is_chosen_by_its_words(demo_desk: Desk) -> None:
    app = enter(demo_desk, "auditor", "audit")
    (choice,) = [s for s in app.selectbox if s.key == "audit-act"]
    narrowed = choice.set_value("person.sign_in").run()
    assert narrowed.query_params["act"] == "person.sign_in"
    assert set(narrowed.dataframe[0].value["Act"]) == {"Sign-in"}


def test_a_filter_of_the_record_stands_in_the_address(demo_desk: Desk) -> None:
    app = enter(demo_desk, "auditor", "audit", actor="nobody-of-that-name")
    assert "No entry fits." in words(app)
