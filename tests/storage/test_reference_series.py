"""Releases of the public report are kept side by side, told apart, taken back, and never counted as ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.access.model import Person
from core.audit.chain import Verification
from core.cases.filter import CaseFilter
from core.clock import FixedClock
from core.desk.boot import OPERATOR, Desk
from core.desk.public_figures import public_view
from core.desk.reference_series import (
    ReferenceResult,
    import_release,
    list_releases,
    release_rejects,
    undo_release,
)
from core.errors import BadInput, NotFound, Refused
from core.risk.public_series import Edition, Figure
from core.settings import Settings
from core.storage.backup import backup, restore
from core.storage.engine import open_store
from core.storage.reference_series import figures_of, releases
from core.storage.schema import migrate
from core.storage.tables import CaseRow
from core.storage.trail import audit_entries, verify
from tests.support.public_reports import EARLIER, LATER, Rows, both_releases, write_report
from tests.support.stores import sqlite_url

ANALYST = Person(username="ana", name="Ana", role="analyst")
LEAD = Person(username="lea", name="Lea", role="team_lead")


def bring_both(desk: Desk, folder: Path) -> tuple[ReferenceResult, ReferenceResult]:
    earlier, later = both_releases(folder)
    return import_release(desk, LEAD, earlier), import_release(desk, LEAD, later)


def shown(desk: Desk, series: str, quarter: str) -> tuple[int | None, str]:
    view = public_view(desk, OPERATOR, CaseFilter(), "hateful_conduct")
    found = view.public[series, quarter]
    return found.figure.value, found.ref


def acts(desk: Desk) -> list[str]:
    with desk.store.read() as connection:
        return [entry.act for entry in audit_entries(connection, limit=2)]


def chain(desk: Desk) -> Verification:
    with desk.store.read() as connection:
        return verify(connection)


@pytest.mark.parametrize("order", [(EARLIER, LATER), (LATER, EARLIER)])
def test_a_dry_run_tells_what_the_import_then_does_and_writes_nothing(
    desk: Desk, tmp_path: Path, order: tuple[Rows, Rows]
) -> None:
    before, after = (write_report(tmp_path / f"{n}.csv", rows) for n, rows in enumerate(order))
    import_release(desk, LEAD, before)
    seq = desk.store.seq()
    dry = import_release(desk, LEAD, after, dry_run=True)
    assert (desk.store.seq(), len(list_releases(desk, LEAD)), dry.ref) == (seq, 1, "")
    done = import_release(desk, LEAD, after)
    assert (dry.count, dry.notes, dry.last_quarter) == (done.count, done.notes, done.last_quarter)
    assert [r.change_share for r in dry.restatements] == [r.change_share for r in done.restatements]
    assert done.restatements


def test_the_same_file_twice_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    earlier, _ = both_releases(tmp_path)
    first = import_release(desk, LEAD, earlier)
    seq = desk.store.seq()
    again = import_release(desk, LEAD, earlier)
    assert (first.is_known, again.is_known, again.ref) == (False, True, first.ref)
    assert (again.count.read, again.count.repeated, again.count.accepted) == (6, 6, 0)
    assert desk.store.seq() == seq
    assert len(list_releases(desk, LEAD)) == 1


def test_the_same_figures_in_another_file_change_nothing(desk: Desk, tmp_path: Path) -> None:
    import_release(desk, LEAD, write_report(tmp_path / "a.csv", EARLIER))
    turned = write_report(tmp_path / "b.csv", EARLIER[::-1])
    assert import_release(desk, LEAD, turned).is_known


def test_a_restated_quarter_is_kept_beside_the_older_and_told(desk: Desk, tmp_path: Path) -> None:
    first, second = bring_both(desk, tmp_path)
    assert first.restatements == ()
    assert shown(desk, "actioned", "2025Q1") == (3_500_000, second.ref)
    changes = {(r.after.series, r.after.quarter): r.change_share for r in second.restatements}
    assert changes == {
        ("actioned", "2025Q1"): pytest.approx(100_000 / 3_400_000),
        ("appealed", "2025Q1"): None,  # withdrawn
        ("appealed", "2025Q2"): None,  # published later
    }
    with desk.store.read() as connection:
        held = {edition.ref: len(figures) for edition, figures in figures_of(connection)}
    assert held == {first.ref: len(EARLIER), second.ref: len(LATER)}


def test_what_a_newer_release_leaves_out_goes_on_being_shown(desk: Desk, tmp_path: Path) -> None:
    first, second = bring_both(desk, tmp_path)
    assert shown(desk, "proactive", "2025Q1") == (956_000, first.ref)
    assert any("1 figures of older releases" in note for note in second.notes)


def test_the_order_of_import_does_not_matter(desk: Desk, tmp_path: Path) -> None:
    earlier, later = both_releases(tmp_path)
    newer = import_release(desk, LEAD, later)
    older = import_release(desk, LEAD, earlier)
    assert shown(desk, "actioned", "2025Q1") == (3_500_000, newer.ref)
    assert len(older.restatements) == 3


def test_a_release_taken_back_lets_the_earlier_speak_again(desk: Desk, tmp_path: Path) -> None:
    first, second = bring_both(desk, tmp_path)
    assert undo_release(desk, LEAD, second.ref) == len(LATER)
    assert shown(desk, "actioned", "2025Q1") == (3_400_000, first.ref)
    with pytest.raises(Refused, match="taken back already"):
        undo_release(desk, LEAD, second.ref)
    back = import_release(desk, LEAD, tmp_path / "later.csv")
    assert (back.is_known, back.ref) == (False, "PR-0003")
    undone = [release.undone_at is not None for release in list_releases(desk, LEAD)]
    assert undone == [False, True, False]


def test_each_act_is_on_the_record(desk: Desk, tmp_path: Path) -> None:
    first, _ = bring_both(desk, tmp_path)
    undo_release(desk, LEAD, first.ref)
    assert acts(desk) == ["reference.undo", "reference.import"]
    assert chain(desk).holds


def test_refused_rows_are_kept_with_the_release(desk: Desk, tmp_path: Path) -> None:
    rows = [*EARLIER, ("Facebook", "Spam", "Content Actioned", "2025Q1", "12%")]
    result = import_release(desk, LEAD, write_report(tmp_path / "x.csv", rows))
    assert (result.count.read, result.count.accepted, result.count.rejected) == (7, 6, 1)
    kept = release_rejects(desk, ANALYST, result.ref)
    assert kept.to_dict("records") == result.rejects.to_dict("records")
    assert (kept["line"].tolist(), kept["field"].tolist()) == ([8], ["value"])


def test_who_may_not_import_is_refused_before_the_file_is_read(desk: Desk, tmp_path: Path) -> None:
    for refused in (
        lambda: import_release(desk, ANALYST, tmp_path / "nothing.csv"),
        lambda: undo_release(desk, ANALYST, "PR-0001"),
    ):
        with pytest.raises(Refused, match="role"):
            refused()
    with pytest.raises(NotFound):
        undo_release(desk, LEAD, "PR-0009")
    with pytest.raises(BadInput, match="no day"):
        import_release(desk, LEAD, tmp_path / "x.csv", published_on="yesterday")


def test_public_figures_are_in_no_count_of_cases(desk: Desk, tmp_path: Path) -> None:
    bring_both(desk, tmp_path)
    with desk.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(CaseRow)).scalar_one() == 0
    view = public_view(desk, LEAD, CaseFilter(), "hateful_conduct")
    assert sum(one.received for one in view.own) == 0
    assert view.public


def _sets(found: list[tuple[Edition, list[Figure]]]) -> dict[Edition, set[Figure]]:
    return {edition: set(figures) for edition, figures in found}


def test_a_backup_brings_releases_and_figures_back(
    desk: Desk, tmp_path: Path, clock: FixedClock
) -> None:
    bring_both(desk, tmp_path)
    backup(desk.store, tmp_path / "desk.tar.gz", "ada")
    (tmp_path / "target").mkdir()
    url = sqlite_url(tmp_path / "target")
    target = open_store(Settings(database_url=url, local_dir=tmp_path), clock)
    migrate(target)
    restore(target, tmp_path / "desk.tar.gz", "ada")
    with desk.store.read() as one, target.read() as other:
        assert releases(one) == releases(other)
        assert _sets(figures_of(one)) == _sets(figures_of(other))
    target.close()
