"""The page of policy updates, state by state and role by role."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from streamlit.testing.v1 import AppTest

from core.access.model import Person
from core.desk.boot import Desk
from core.desk.clause_register import clause_view
from core.desk.policy_feed import FeedAsk, feed
from core.desk.policy_update import update_view
from core.desk.queue import queue_view
from core.policy.feed import Standing
from core.ui.drawer import FIELD
from tests.support.visits import enter, words

TAKEOVERS, AHEAD = "PU-0001", "PA-1@3.0"  # of the demo workspace
LIAISON = Person("liaison", "Liaison", "policy_liaison")
ANALYST = Person("analyst", "Analyst", "analyst")
NOT_FOUND = "This page or case was not found."
VIEWS: tuple[dict[str, str], ...] = (
    {},
    {"update": TAKEOVERS},
    {"update": AHEAD},
    {"view": "clauses"},
    {"view": "clauses", "clause": "PA-1"},
    {"view": "documents"},
)


def click(app: AppTest, key: str) -> AppTest:
    return next(b for b in app.button if b.key == key).click().run()


def keys(app: AppTest) -> set[str]:
    return {str(b.key) for b in app.button}


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.sidebar.get("page_link")]


def submit(app: AppTest) -> AppTest:
    return next(b for b in app.button if "FormSubmitter" in str(b.key)).click().run()


def fill(app: AppTest, **texts: str) -> None:
    for name, text in texts.items():
        (found,) = [a for a in (*app.text_area, *app.text_input) if a.key == FIELD + name]
        found.set_value(text)


@pytest.mark.parametrize(
    ("role", "views"),
    [("viewer", VIEWS), ("partner_manager", VIEWS[:2])],
    ids=["viewer", "manager"],
)
def test_every_reader_opens_what_they_may(
    demo_desk: Desk, role: str, views: Sequence[dict[str, str]]
) -> None:
    for address in views:
        app = enter(demo_desk, role, "policy", **address)
        assert not app.exception
        assert NOT_FOUND not in words(app)
        assert not keys(app) & {"new-post", "new-version", "policy-bring", "remind"}
        if role == "viewer":
            assert "confirm" not in keys(app)
            assert ("Your role reads updates" in words(app)) == ("update" in address)


def test_what_is_overdue_stands_on_top_and_in_the_frame_until_it_is_confirmed(
    demo_desk: Desk,
) -> None:
    app = enter(demo_desk, "analyst", "policy")
    assert "1 update you should have confirmed" in words(app)
    assert "reminded by lead" in words(app)
    assert "1 update to confirm" in links(app)
    app = click(app, f"read-{TAKEOVERS}")
    assert TAKEOVERS in app.query_params["update"]
    app = click(app, "confirm")
    assert "You confirmed that you have read it." in words(app)
    view = update_view(demo_desk, ANALYST, TAKEOVERS)
    assert view.line.standing is Standing.CONFIRMED
    app = app.run()
    assert "1 update to confirm" not in links(app)
    app = click(app, "take-back")
    assert "taken back" in words(app)
    assert "Overdue" in words(app)


def test_its_numbers_open_the_queue_with_as_many_cases(demo_desk: Desk) -> None:
    found = update_view(demo_desk, ANALYST, AHEAD).impact
    app = enter(demo_desk, "analyst", "policy", update=AHEAD)
    for counted, key in (
        (found.under_clauses, "impact-clauses"),
        (found.of_types, "impact-types"),
        (found.look_again, "impact-again"),
        (found.decided, "impact-decided"),
    ):
        assert counted is not None
        (button,) = [b for b in app.button if b.key == key]
        assert button.label.startswith(f"{counted.count:,} ")
        assert queue_view(demo_desk, ANALYST, counted.filter, facets=()).total == counted.count


def test_the_lead_sees_who_is_missing_and_reminds_them(demo_desk: Desk) -> None:
    app = enter(demo_desk, "team_lead", "policy", update=AHEAD)
    assert "1 of 15 missing" in words(app)
    app = click(app, "remind")
    assert "2 people reminded." in words(app)
    assert "reminded now" in words(app)


def test_a_filter_that_nothing_fits_says_so_and_an_unusable_one_too(demo_desk: Desk) -> None:
    told = words(enter(demo_desk, "analyst", "policy", kind="ops_guidance", area="spam"))
    assert "No update fits." in told
    told = words(enter(demo_desk, "analyst", "policy", kind="gossip"))
    assert "'gossip' is no value of kind" in told


def test_a_document_shows_its_changes_and_folds_the_rest_with_the_reason(
    demo_desk: Desk,
) -> None:
    name = "Facebook/Community Rules"
    app = enter(demo_desk, "policy_liaison", "policy", view="documents", document=name)
    assert "10 versions fetched" in words(app)
    assert [e.label for e in app.expander] == ["4 versions that the feed does not show"]
    app.query_params.clear()
    app.query_params["view"], app.query_params["import"] = "documents", "PD-0001"
    app = app.run()
    assert "13 versions read = " in words(app)
    assert "policy-import-undo" in keys(app)


def test_what_is_not_there_is_not_found(demo_desk: Desk) -> None:
    app = enter(demo_desk, "analyst", "policy", update="PU-0999")
    assert NOT_FOUND in words(app)
    app.query_params.clear()
    app.query_params["view"], app.query_params["clause"] = "clauses", "ZZ-9"
    assert NOT_FOUND in words(app.run())


def test_the_liaison_posts_edits_and_withdraws(demo_desk: Desk) -> None:
    app = click(enter(demo_desk, "policy_liaison", "policy"), "new-post")
    app = submit(app)
    assert "The title is empty." in words(app)
    fill(app, title="Name the *claim*", text="In the rationale, in one sentence.")
    app = submit(app)
    assert "PU-0004 stands in the feed." in words(app)
    app = enter(demo_desk, "policy_liaison", "policy", update="PU-0004")
    app = click(app, "edit-post")
    fill(app, text="In the rationale, in one short sentence.")
    app = submit(app)
    assert "PU-0004 is changed." in words(app)
    app = click(app, "withdraw-post")
    assert "It is withdrawn" in words(app)
    app = click(app, "restore-post")
    post = next(
        o.update for o in feed(demo_desk, LIAISON, FeedAsk()).lines if o.update.ref == "PU-0004"
    )
    assert (post.title, post.text, post.version) == (
        "Name the *claim*",
        "In the rationale, in one short sentence.",
        4,
    )


def test_the_liaison_adds_a_version_of_a_clause(demo_desk: Desk) -> None:
    app = enter(demo_desk, "policy_liaison", "policy", view="clauses", clause="FC-2")
    app = click(app, "new-version")
    app = submit(app)
    assert "The reason is empty." in words(app)
    fill(app, text="A rating never reaches reports about the claim.", reason="Reports were rated.")
    app = submit(app)
    assert "FC-2 version 3.0 is in the register and in the feed." in words(app)
    newest = clause_view(demo_desk, ANALYST, "FC-2").versions[0]
    assert (newest.clause.version, newest.is_in_force) == ("3.0", True)
