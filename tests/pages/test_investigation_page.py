"""The page of investigations, state by state, and every form on it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.desk import investigations as commands
from core.desk.boot import OPERATOR, Desk
from core.desk.investigation_views import investigation_view
from core.desk.investigations import Seen, open_investigation
from core.desk.queue import queue_view
from core.desk.sessions import person_of_token
from core.risk.investigation import Evidence
from core.ui.drawer import FIELD
from core.ui.state import TOKEN
from tests.support.visits import enter, words

LEAD = Person("lead", "Lead", "team_lead")
QUESTION = "Why do impersonation cases triple?"
SCOPE = CaseFilter(segment=Segment.ALL, platform=("instagram",))
NOT_FOUND = "This page or case was not found."


def refs(desk: Desk, number: int) -> list[str]:
    found = queue_view(desk, OPERATOR, CaseFilter(restriction=("open",)), facets=())
    return list(found.rows["ref"].iloc[:number])


def opened(desk: Desk, *cases: str) -> str:
    return open_investigation(desk, LEAD, QUESTION, SCOPE, cases)


def now(desk: Desk, ref: str) -> Seen:
    return Seen(ref, investigation_view(desk, LEAD, ref).facts.version)


def click(app: AppTest, key: str) -> AppTest:
    return next(b for b in app.button if b.key == key).click().run()


def submit(app: AppTest, label: str) -> AppTest:
    return (
        next(b for b in app.button if b.label == label and "FormSubmitter" in (b.key or ""))
        .click()
        .run()
    )


def fill(app: AppTest, field: str, text: str) -> None:
    (found,) = [a for a in (*app.text_area, *app.text_input) if a.key == FIELD + field]
    found.set_value(text)


@pytest.mark.parametrize(
    ("role", "said"),
    [("team_lead", "Open one from a surge"), ("viewer", "A team lead, senior analyst")],
)
def test_without_any_the_list_says_what_would_bring_one(
    empty_desk: Desk, role: str, said: str
) -> None:
    app = enter(empty_desk, role, "investigation")
    assert not app.exception
    assert said in words(app)
    assert bool([b for b in app.button if b.key == "new"]) == (role == "team_lead")


def test_the_list_shows_ones_own_and_is_cut_by_the_address(demo_desk: Desk) -> None:
    ref = opened(demo_desk, *refs(demo_desk, 2))
    app = enter(demo_desk, "team_lead", "investigation")
    assert not app.exception
    rows = app.dataframe[0].value.to_dict("records")
    row = next(row for row in rows if row["Investigation"] == ref)
    assert (row["Investigation"], row["Status"], row["Question"], row["Cases"]) == (
        ref,
        "Open",
        QUESTION,
        2,
    )
    app = enter(demo_desk, "team_lead", "investigation", state="dropped")
    assert "No investigation fits." in words(app)


def test_a_link_with_a_question_fills_the_form_and_opens_it(demo_desk: Desk) -> None:
    ref = refs(demo_desk, 1)[0]
    app = enter(
        demo_desk,
        "team_lead",
        "investigation",
        question=QUESTION,
        segment="all",
        platform="instagram",
    )
    assert not app.exception
    total = queue_view(demo_desk, LEAD, SCOPE, facets=()).total
    assert [b.label for b in app.button if b.key == "new-to-queue"] == [
        f"Open {total:,} in the queue"
    ]
    next(a for a in app.text_area if a.key == "new-cases").set_value(ref)
    app = click(app, "new-save")
    assert not app.exception
    made = app.query_params["investigation"]
    assert f"{made} is open, and you lead it." in words(app)
    assert QUESTION.replace("?", "") in words(app)
    assert list(app.dataframe[0].value["case"]) == [ref]


def test_a_reader_without_the_right_gets_no_form_for_a_new_one(demo_desk: Desk) -> None:
    app = enter(demo_desk, "viewer", "investigation", question=QUESTION)
    assert "Your role does not allow this" in words(app)


@pytest.mark.parametrize("ref", ["I-9999", "nonsense"])
def test_an_unknown_investigation_is_not_found(demo_desk: Desk, ref: str) -> None:
    assert NOT_FOUND in words(enter(demo_desk, "analyst", "investigation", investigation=ref))


def test_a_finding_is_added_with_evidence_and_a_conclusion_follows(demo_desk: Desk) -> None:
    case = refs(demo_desk, 1)[0]
    ref = opened(demo_desk)
    app = enter(demo_desk, "team_lead", "investigation", investigation=ref)
    app = click(click(app, "move-in_progress"), "ask-finding")
    fill(app, "text", "They share one form.")
    fill(app, "cases", case)
    fill(app, "lists", "/queue?segment=all&platform=instagram")
    app = submit(app, "Save")
    assert not app.exception
    assert "The finding is added." in words(app)
    assert "They share one form." in words(app)
    assert "then ·" in words(app)
    app = click(app, "move-concluded")
    app = submit(app, "Save")
    assert "It does not end without an outcome." in words(app)
    fill(app, "outcome", "A broken form; it is mended.")
    app = submit(app, "Save")
    assert "A broken form; it is mended." in words(app)
    assert "concluded it" in words(app)
    assert "added the finding" in words(app)
    assert not [b for b in app.button if b.key == "ask-finding"]


def test_what_was_typed_survives_a_change_by_somebody_else(demo_desk: Desk) -> None:
    ref = opened(demo_desk)
    app = click(enter(demo_desk, "team_lead", "investigation", investigation=ref), "ask-hypothesis")
    fill(app, "text", "A form was changed.")
    commands.set_question(demo_desk, LEAD, now(demo_desk, ref), "Another question?")
    app = submit(app, "Write down")
    assert "was changed while you looked at it: lead changed the question." in words(app)
    assert "Another question" in words(app)
    app = submit(app, "Write down")
    assert not app.exception
    assert "A form was changed." in words(app)


def test_a_case_names_the_investigations_that_it_is_pinned_to(demo_desk: Desk) -> None:
    case = refs(demo_desk, 1)[0]
    ref = opened(demo_desk, case)
    app = enter(demo_desk, "analyst", "case", case=case)
    assert not app.exception
    links = [e.proto.label for e in app.get("page_link")]
    assert any(f"In investigation {ref}" in str(label).replace("\\", "") for label in links)


def test_a_viewer_reads_question_and_cases_but_no_texts(demo_desk: Desk) -> None:
    ref = opened(demo_desk, *refs(demo_desk, 1))
    commands.add_finding(demo_desk, LEAD, now(demo_desk, ref), "A secret text.", Evidence())
    app = enter(demo_desk, "viewer", "investigation", investigation=ref)
    assert not app.exception
    assert "A secret text." not in words(app)
    assert "Your role does not read what was written here." in words(app)
    assert not [b for b in app.button if b.key == "ask-finding"]


def test_a_partner_manager_is_told_of_own_cases_only_and_that_it_is_so(demo_desk: Desk) -> None:
    app = enter(demo_desk, "partner_manager", "queue")
    person = person_of_token(demo_desk, app.session_state[TOKEN])
    assert person is not None
    mine = set(queue_view(demo_desk, person, CaseFilter(), facets=()).rows["ref"])
    own, foreign = refs_apart(demo_desk, mine)
    ref = opened(demo_desk, own, foreign)
    commands.add_finding(demo_desk, LEAD, now(demo_desk, ref), "Of both.", Evidence((own, foreign)))
    app = enter(demo_desk, "partner_manager", "investigation", investigation=ref)
    assert not app.exception
    assert list(app.dataframe[0].value["case"]) == [own]
    assert foreign not in words(app)
    assert "Of both." not in words(app)
    assert "No finding rests on your cases alone." in words(app)
    assert "Hypotheses" not in words(app)


def refs_apart(desk: Desk, mine: set[str]) -> tuple[str, str]:
    """A case of somebody's own and one that is not."""
    every = refs(desk, 50)
    return next(r for r in every if r in mine), next(r for r in every if r not in mine)
