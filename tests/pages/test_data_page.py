"""The Data page: who may bring a file in, each step of it, and taking it back."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.desk import imports, reference_series
from core.desk.boot import OPERATOR, Desk
from tests.support.public_reports import EARLIER, Rows
from tests.support.public_reports import HEAD as HEAD_OF_REPORT
from tests.support.visits import enter, finds_no_page, words

HEAD = "Ticket,Opened,State,Subject,Customer\n"
ROWS = [f"T{i},2026-01-{i:02d} 10:00,New,Page {i} is gone,Nordlicht\n" for i in range(1, 31)]
GOOD = (HEAD + "".join(ROWS) + "T31,2999-01-01 10:00,New,=1+1,Nordlicht\n").encode()
UNDECIDED = b"Ticket,Opened,State\nT1,02/04/2026 10:00,New\nT2,03/04/2026 11:00,New\n"


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    return app.file_uploader[0].upload(name, content, "text/csv").run()


def press(app: AppTest, key: str) -> AppTest:
    return next(b for b in app.button if b.key == key).click().run()


def metrics(app: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in app.metric}


def test_without_imports_the_history_says_so(empty_desk: Desk) -> None:
    app = enter(empty_desk, "team_lead", "data")
    assert not app.exception
    assert "Nothing was imported yet." in words(app)


def test_who_may_only_look_is_offered_no_import(demo_desk: Desk) -> None:
    app = enter(demo_desk, "auditor", "data")
    assert not app.exception
    assert not app.file_uploader
    assert len(app.dataframe[0].value) == 1


def test_the_history_names_states_and_offers_nothing_that_the_role_may_not(
    demo_desk: Desk,
) -> None:
    app = enter(demo_desk, "auditor", "data")
    shown = app.dataframe[0].value
    assert list(shown["State"]) == ["Done"]
    assert list(shown["Rejected"]) == [0]
    assert "take it back" not in words(app)
    assert "take it back" in words(enter(demo_desk, "team_lead", "data"))


def test_an_analyst_has_no_data_page(demo_desk: Desk) -> None:
    assert finds_no_page(demo_desk, "analyst", "data")


def test_a_file_goes_in_after_a_dry_run_and_every_row_is_accounted_for(empty_desk: Desk) -> None:
    app = upload(enter(empty_desk, "team_lead", "data"), "tickets.csv", GOOD)
    assert not app.exception
    tried = press(app, "dry-run")
    assert "not usable" not in words(tried)
    expected = {
        "Read": "31",
        "Accepted": "30",
        "Updated": "0",
        "Unchanged": "0",
        "Rejected": "1",
    }
    assert metrics(tried) == expected
    assert imports.history(empty_desk, OPERATOR) == []
    done = press(tried, "commit")
    assert metrics(done) == expected
    (batch,) = imports.history(empty_desk, OPERATOR)
    assert (batch.status, batch.count.accepted, batch.count.rejected) == ("done", 30, 1)


def test_a_question_is_asked_before_anything_is_guessed(empty_desk: Desk) -> None:
    app = upload(enter(empty_desk, "team_lead", "data"), "tickets.csv", UNDECIDED)
    answer = next(s for s in app.selectbox if str(s.key).startswith("import-answer"))
    assert answer.value is None
    assert next(b for b in app.button if b.key == "dry-run").disabled
    assert "Answer the question above" in words(app)
    answered = answer.select_index(0).run()
    assert metrics(press(answered, "dry-run"))["Accepted"] == "2"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("header.csv", b"Ticket,Opened\n"),
        ("broken.xlsx", b"PK\x03\x04 not a workbook"),
        ("twice.csv", b"A,A\n1,2\n"),
    ],
)
def test_an_unusable_file_is_refused_with_its_place_and_no_traceback(
    empty_desk: Desk, name: str, content: bytes
) -> None:
    app = upload(enter(empty_desk, "team_lead", "data"), name, content)
    if not app.exception and any(b.key == "dry-run" for b in app.button):
        app = press(app, "dry-run")
    assert not app.exception
    assert name.split(".", maxsplit=1)[0] in words(app) or "0" in metrics(app).values()
    assert imports.history(empty_desk, OPERATOR) == []


def public(app: AppTest) -> AppTest:
    app.query_params["what"] = "public"
    return app.run()


def a_release(rows: Rows) -> bytes:
    lines = (",".join(f'"{cell}"' for cell in row) for row in (HEAD_OF_REPORT, *rows))
    return "".join(f"{line}\n" for line in lines).encode()


def test_a_release_is_looked_at_then_brought_in_and_taken_back(empty_desk: Desk) -> None:
    app = public(enter(empty_desk, "team_lead", "data"))
    assert "No release of the public report is here." in words(app)
    refused = ("Facebook", "Spam", "Content Actioned", "2025Q1", "many")
    seen = upload(app, "report.csv", a_release((*EARLIER, refused)))
    assert not seen.exception
    assert metrics(seen) == {"Read": "7", "Accepted": "6", "Repeated": "0", "Rejected": "1"}
    assert reference_series.list_releases(empty_desk, OPERATOR) == []
    done = press(seen, "release-commit")
    (release,) = reference_series.list_releases(empty_desk, OPERATOR)
    assert (release.ref, release.count.accepted, release.count.rejected) == ("PR-0001", 6, 1)
    assert "The same release is here as PR-0001" in words(done)
    assert "release-commit" not in {b.key for b in done.button}
    done.query_params["release"] = release.ref
    press(press(done.run(), "release-undo"), "release-undo-yes")
    (gone,) = reference_series.list_releases(empty_desk, OPERATOR)
    assert gone.undone_at is not None


def test_a_damaged_release_is_refused_with_the_place(empty_desk: Desk) -> None:
    app = upload(public(enter(empty_desk, "team_lead", "data")), "report.csv", b"a,b\n1,2\n")
    assert not app.exception
    assert "report.csv" in words(app)
    assert "release-commit" not in {b.key for b in app.button}


def test_who_may_only_look_sees_releases_but_brings_none_in(empty_desk: Desk) -> None:
    app = public(enter(empty_desk, "auditor", "data"))
    assert not app.exception
    assert not app.file_uploader
    assert "A team lead brings one in." in words(app)
