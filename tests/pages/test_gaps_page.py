"""The page of policy gaps, state by state, and linking cases to a gap from where they are seen."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.desk.boot import Desk
from core.desk.gaps import NewGap, propose_gap
from core.desk.queue import queue_view
from core.storage.gap_reads import gap_by_ref, linked_cases
from tests.support.visits import enter, words

LIAISON = Person("liaison", "Liaison", "policy_liaison")
ANALYST = Person("analyst", "Analyst", "analyst")
NEW = NewGap("Reports read as praise", "Reports are removed as praise.", "wrong_scope", "high")


def proposed(desk: Desk, *cases: str) -> str:
    return propose_gap(desk, LIAISON, NEW, cases, reason="it shows" if cases else "")


def linked(desk: Desk, ref: str) -> int:
    with desk.store.read() as connection:
        gap = gap_by_ref(connection, ref)
        return len(linked_cases(connection, gap.id)) if gap else 0


def button(app: AppTest, key: str) -> bool:
    return any(b.key == key for b in app.button)


def click(app: AppTest, key: str) -> AppTest:
    return next(b for b in app.button if b.key == key).click().run()


def test_all_cases_of_the_queue_are_linked_and_taken_back(demo_desk: Desk) -> None:
    ref = proposed(demo_desk)
    these = CaseFilter(segment=Segment.ALL, priority=("P1",))
    total = queue_view(demo_desk, ANALYST, these, facets=()).total
    app = enter(demo_desk, "analyst", "queue", segment="all", priority="P1")
    app = click(app, "queue-link-mode")
    assert not app.exception
    assert "Tick rows to link only these" in words(app)
    next(s for s in app.selectbox if s.key == "queue-gap").set_value(ref).run()
    assert f"Links {total} cases." in words(app)
    next(t for t in app.text_input if t.key == "queue-reason").set_value("they wait for it").run()
    app = click(app, "queue-link-yes")
    assert f"{total} cases linked to {ref}." in words(app)
    assert linked(demo_desk, ref) == total
    app = click(app, "undo-last")
    assert f"{total} links to {ref} taken back." in words(app)
    assert linked(demo_desk, ref) == 0


@pytest.mark.parametrize(("role", "may"), [("analyst", True), ("viewer", False)])
def test_only_those_who_may_propose_can_link_from_the_queue(
    demo_desk: Desk, role: str, *, may: bool
) -> None:
    assert button(enter(demo_desk, role, "queue"), "queue-link-mode") == may


def test_the_list_says_what_is_due_and_is_cut_by_the_address(demo_desk: Desk) -> None:
    ref = proposed(demo_desk)
    app = enter(demo_desk, "viewer", "gaps", severity="high", owner="nonsense", kind="wrong")
    assert "'wrong' is no value of kind" in words(app)
    assert "No gap satisfies all of this." in words(app)
    app = enter(demo_desk, "viewer", "gaps", severity="high", type="wrong_scope")
    rows = app.dataframe[0].value
    row = rows[rows["ref"] == ref].iloc[0]
    assert (row["title"], list(row["due"]), row["next"]) == (NEW.title, ["in 30 d"], "Answer it")
    assert (list(row["severity"]), list(row["response"]), row["owner"]) == (
        ["High"],
        ["Proposed"],
        "nobody",
    )


def test_a_card_of_the_board_offers_the_acts_that_are_open_to_it(demo_desk: Desk) -> None:
    ref = proposed(demo_desk)
    app = enter(demo_desk, "team_lead", "gaps", view="board")
    assert not app.exception
    (menu,) = [m for m in app.menu_button if m.key == f"board-move-{ref}"]
    assert "Decline" in menu.options
    app = menu.click("Decline").run()
    assert "This closes the gap" in words(app)
    (reason,) = [t for t in app.text_area if t.key == "drawer-field-reason"]
    reason.set_value("The rule says it already.")
    app = next(b for b in app.button if b.label == "Decline").click().run()
    assert not app.exception
    with demo_desk.store.read() as connection:
        gap = gap_by_ref(connection, ref)
    assert gap is not None
    assert gap.response == "declined"


def test_who_only_reads_gets_no_moves_on_the_board(demo_desk: Desk) -> None:
    proposed(demo_desk)
    app = enter(demo_desk, "analyst", "gaps", view="board")
    assert not app.exception
    assert not app.menu_button


@pytest.mark.parametrize(("role", "said"), [("analyst", "Propose one"), ("viewer", "An analyst")])
def test_without_any_gap_the_list_says_what_would_bring_one(
    empty_desk: Desk, role: str, said: str
) -> None:
    assert said in words(enter(empty_desk, role, "gaps"))


def test_a_gap_is_proposed_from_the_filter_of_the_queue(demo_desk: Desk) -> None:
    app = enter(demo_desk, "analyst", "gaps", new="A title", priority="P1", abuse_type="spam")
    assert not app.exception
    (kind, severity) = (
        next(s for s in app.selectbox if s.key == f"new-gap-{name}")
        for name in ("gap_type", "severity")
    )
    kind.set_value("missing_rule")
    severity.set_value("low")
    app.run()
    app = click(app, "gap-save")
    assert "The statement is empty" in words(app)
    text = next(t for t in app.text_area if t.key == "new-gap-statement")
    assert next(t for t in app.text_input if t.key == "new-gap-title").value == "A title"
    text.set_value("No rule says what to do.").run()
    next(t for t in app.text_input if t.key == "new-gap-reason").set_value("seen").run()
    app = click(app, "gap-save")
    assert not app.exception
    assert "is proposed" in words(app)


def test_a_viewer_gets_no_form_for_a_new_gap(demo_desk: Desk) -> None:
    assert "Your role does not allow this" in words(enter(demo_desk, "viewer", "gaps", new=""))
