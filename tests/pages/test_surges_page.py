"""The surges on the risk page, state by state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.sessions import person_of_token
from core.desk.surges import SurgesView, surges_view
from core.ui.state import TOKEN
from tests.support.surge_world import fill_with_surge
from tests.support.visits import enter, words


@pytest.fixture
def surged(empty_desk: Desk) -> Desk:
    """People of every role, and a surge in the last whole week."""
    today = empty_desk.clock.now().date()
    fill_with_surge(empty_desk.store, today - timedelta(days=today.weekday() + 7))
    return empty_desk


def view_of(desk: Desk, app: AppTest) -> SurgesView:
    person = person_of_token(desk, app.session_state[TOKEN])
    assert person is not None
    return surges_view(desk, person, CaseFilter())


def press(app: AppTest, key: str) -> AppTest:
    (found,) = [b for b in app.button if b.key == key]
    return found.click().run()


def labels(app: AppTest) -> set[str]:
    return {b.label for b in app.button}


def test_without_cases_the_page_says_why_nothing_was_scanned(empty_desk: Desk) -> None:
    app = enter(empty_desk, "analyst", "risk", view="surges")
    assert not app.exception
    assert "This week cannot be scanned." in words(app)
    assert "usable weeks of history" in words(app)


def test_a_finding_is_a_sentence_with_its_cases_and_what_could_not_be_judged(surged: Desk) -> None:
    app = enter(surged, "analyst", "risk", view="surges")
    assert not app.exception
    seen = view_of(surged, app).findings[0]
    count = seen.sighting.mark.count
    told = words(app)
    assert f"**Identity misrepresentation** in **Brazil**\\: {count} against" in told
    assert "about 1 false alarm in 20 quiet weeks" in told
    assert "slices of up to 3 conditions were scanned" in told
    assert "false alarms a week among them" in told
    assert "Surface\\: Live" in told
    assert f"Open {count} in the queue" in labels(app)
    assert len(app.dataframe[-1].value) == min(50, count)


def test_a_lead_dismisses_with_a_reason_and_takes_it_back(surged: Desk) -> None:
    app = enter(surged, "team_lead", "risk", view="surges")
    key = view_of(surged, app).findings[0].key
    app = press(app, f"dismiss-yes-{key}")
    assert "A dismissal needs a reason." in words(app)
    (reason,) = [area for area in app.text_area if area.key == f"dismiss-reason-{key}"]
    app = press(reason.input("A known *campaign*").run(), f"dismiss-yes-{key}")
    assert not app.exception
    assert "Dismissed." in words(app)
    assert "Dismissed by lead" in words(app)
    assert ": A known *campaign*" in words(app)
    assert f"dismiss-yes-{key}" not in {b.key for b in app.button}
    app = press(app, f"take-back-{key}")
    assert "Taken back." in words(app)
    assert f"dismiss-yes-{key}" in {b.key for b in app.button}


def test_who_may_not_write_reads_why_and_acts_are_closed_to_them(surged: Desk) -> None:
    app = enter(surged, "viewer", "risk", view="surges")
    assert not app.exception
    assert view_of(surged, app).findings
    key = view_of(surged, app).findings[0].key
    assert f"dismiss-yes-{key}" not in {b.key for b in app.button}
    assert f"confirm-yes-{key}" not in {b.key for b in app.button}


def test_the_week_stands_in_the_address(surged: Desk) -> None:
    app = enter(surged, "team_lead", "risk", view="surges")
    (week,) = [s for s in app.selectbox if s.key == "surge-week"]
    earlier = week.options[-1]
    app = week.select_index(len(week.options) - 1).run()
    assert not app.exception
    assert app.query_params["week"]
    assert earlier.startswith("Week of")
    app = enter(surged, "team_lead", "risk", view="surges", week="nonsense")
    assert "is no week to choose" in words(app)


def test_assessing_goes_to_the_framework_with_the_sentence_and_the_cases(surged: Desk) -> None:
    app = enter(surged, "team_lead", "risk", view="surges")
    seen = view_of(surged, app).findings[0]
    (found,) = [b for b in app.button if b.key == f"assess-{seen.key}"]
    app = found.click().run()
    params = app.query_params
    assert (params["view"], params["about"], params["subject"]) == (
        "framework",
        "surge",
        seen.key,
    )
    assert "Identity misrepresentation in Brazil" in params["title"]
    assert params["market"] == "BR"
