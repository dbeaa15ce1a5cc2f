"""The view of the public report on the risk page, state by state."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cases.filter import CaseFilter
from core.desk.boot import OPERATOR, Desk
from core.desk.public_figures import KINDS, public_view
from core.desk.queue import queue_view
from core.desk.reference_series import import_release
from core.desk.sessions import person_of_token
from core.ui.state import TOKEN
from tests.support.public_reports import both_releases, write_report
from tests.support.visits import enter, words


def two_releases(desk: Desk, folder: Path) -> None:
    for path in both_releases(folder):
        import_release(desk, OPERATOR, path)


def test_without_a_release_the_view_says_how_to_bring_one(demo_desk: Desk) -> None:
    app = enter(demo_desk, "analyst", "risk", view="public")
    assert not app.exception
    assert "No public report has been imported." in words(app)
    assert "python -m core reference import FILE" in words(app)


def test_both_sides_are_named_and_kept_apart(demo_desk: Desk, tmp_path: Path) -> None:
    two_releases(demo_desk, tmp_path)
    app = enter(demo_desk, "analyst", "risk", view="public", area="hateful_conduct")
    assert not app.exception
    told = words(app)
    assert "#### Our cases" in told
    assert "#### Public report" in told
    assert "measure different things" in told
    assert "Hateful conduct on Facebook, by the quarter received" in told
    assert "2 releases in force" in told.replace("\\", "")
    assert "3 figures of this area and platform restated" in told


def test_an_area_without_a_type_of_ours_is_compared_with_nothing(
    demo_desk: Desk, tmp_path: Path
) -> None:
    two_releases(demo_desk, tmp_path)
    app = enter(demo_desk, "viewer", "risk", view="public", area="squirrel fraud")
    assert not app.exception
    assert "This area has no abuse type of ours." in words(app)
    assert [s.options for s in app.selectbox if s.key == "public-area"] == [
        ["Hateful Conduct", "Squirrel Fraud"]
    ]


def test_an_address_that_names_nothing_shows_the_first_and_says_so(
    demo_desk: Desk, tmp_path: Path
) -> None:
    two_releases(demo_desk, tmp_path)
    app = enter(demo_desk, "analyst", "risk", view="public", area="x", platform="threads")
    assert not app.exception
    told = words(app).replace("\\", "")
    assert "No release has figures of the area 'x'; Hateful Conduct is shown." in told
    assert "No release has figures of Hateful Conduct there; Facebook is shown." in told


def test_without_cases_of_the_kind_our_side_says_so(empty_desk: Desk, tmp_path: Path) -> None:
    two_releases(empty_desk, tmp_path)
    app = enter(empty_desk, "analyst", "risk", view="public", area="hateful_conduct")
    assert not app.exception
    assert "No case of this kind was received in these quarters." in words(app)


def test_another_area_goes_into_the_address(demo_desk: Desk, tmp_path: Path) -> None:
    two_releases(demo_desk, tmp_path)
    app = enter(demo_desk, "analyst", "risk", view="public")
    (area,) = [s for s in app.selectbox if s.key == "public-area"]
    app = area.select("squirrel fraud").run()
    assert not app.exception
    assert app.query_params["area"] == "squirrel fraud"


def test_a_name_in_a_release_is_never_read_as_markup(demo_desk: Desk, tmp_path: Path) -> None:
    rows = [("Facebook", "[x](http://a) **b**", "Content Actioned", "2025Q1", "1")]
    import_release(demo_desk, OPERATOR, write_report(tmp_path / "odd.csv", rows))
    app = enter(demo_desk, "analyst", "risk", view="public")
    assert not app.exception
    assert "[x](http" not in words(app)


@pytest.mark.parametrize("role", ["team_lead", "partner_manager", "viewer"])
def test_every_count_of_ours_opens_as_many_cases(
    demo_desk: Desk, tmp_path: Path, role: str
) -> None:
    rows = [("Facebook", "Bullying & Harassment", "Content Actioned", "2025Q1", "1")]
    import_release(demo_desk, OPERATOR, write_report(tmp_path / "one.csv", rows))
    app = enter(demo_desk, role, "risk", view="public")
    person = person_of_token(demo_desk, app.session_state[TOKEN])
    assert person is not None
    asked = CaseFilter(market=("US", "BR", "DE", "GB", "IN", "FR"))
    seen = 0
    for filter_, zone in ((CaseFilter(), "Pacific/Auckland"), (asked, "America/St_Johns")):
        view = public_view(demo_desk, person, filter_, "bullying_harassment", zone)
        for one in view.own:
            for kind in KINDS:
                opened = view.cases_of(one.quarter, kind)
                total = queue_view(demo_desk, person, opened, facets=()).total
                assert total == getattr(one, kind), (one.quarter, kind)
                seen += total
    assert seen
