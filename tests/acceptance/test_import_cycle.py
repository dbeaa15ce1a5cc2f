"""A file comes in once, changes nothing twice, updates when newer, and can be taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.access.model import Person
from core.desk import imports
from core.desk.boot import OPERATOR, Desk
from core.errors import NotFound, Refused
from core.intake.mapping_files import parse_mapping
from core.storage.imports import BatchCount
from core.storage.tables import CaseEventRow, CaseRow, CaseTextRow
from tests.support.exports import (
    TICKET_COLUMNS,
    TICKET_MAPPING,
    TICKET_ROWS,
    as_csv,
    write,
)
from tests.support.program import CommandLine

MAPPING = parse_mapping(TICKET_MAPPING)
BAD_ROW = "T9,soon,,,open,low,DE,x"


def bring(desk: Desk, folder: Path, *rows: str, dry_run: bool = False) -> imports.ImportResult:
    path = write(folder, "tickets.csv", as_csv(TICKET_COLUMNS, rows))
    return imports.run_import(desk, OPERATOR, path, MAPPING, dry_run=dry_run)


def counted(desk: Desk, table: type[CaseRow | CaseEventRow]) -> int:
    with desk.store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def titles(desk: Desk) -> dict[str, str]:
    with desk.store.read() as connection:
        statement = select(CaseRow.external_id, CaseTextRow.title).join(
            CaseTextRow, CaseTextRow.case_id == CaseRow.id
        )
        return {row.external_id: row.title for row in connection.execute(statement)}


def test_every_row_is_accounted_for(desk: Desk, tmp_path: Path) -> None:
    rows = (*TICKET_ROWS, TICKET_ROWS[0], BAD_ROW)
    count = bring(desk, tmp_path, *rows).count
    assert count == BatchCount(read=5, accepted=3, unchanged=1, rejected=1, cases_created=3)


def test_the_same_file_twice_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    bring(desk, tmp_path, *TICKET_ROWS)
    events = counted(desk, CaseEventRow)
    assert bring(desk, tmp_path, *TICKET_ROWS).count == BatchCount(read=3, unchanged=3)
    assert counted(desk, CaseEventRow) == events


def test_a_newer_file_updates_and_undo_brings_the_older_state_back(
    desk: Desk, tmp_path: Path
) -> None:
    bring(desk, tmp_path, *TICKET_ROWS)
    newer = (
        TICKET_ROWS[0].replace("gone", "back"),
        *TICKET_ROWS[1:],
        TICKET_ROWS[0].replace("T1", "T4"),
    )
    result = bring(desk, tmp_path, *newer)
    assert result.count == BatchCount(
        read=4, accepted=1, updated=1, unchanged=2, cases_created=1, cases_updated=1
    )
    assert titles(desk)["T1"] == "Page back"
    undone = imports.undo(desk, OPERATOR, result.batch)
    assert (undone.removed, undone.restored, undone.kept) == (1, 1, ())
    assert titles(desk) == {"T1": "Page gone", "T2": "Clips down", "T3": "Account lost"}
    with pytest.raises(Refused):
        imports.undo(desk, OPERATOR, result.batch)


def test_a_dry_run_tells_the_same_counts_and_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    bring(desk, tmp_path, *TICKET_ROWS)
    rows = (TICKET_ROWS[0].replace("gone", "back"), *TICKET_ROWS[1:], BAD_ROW)
    dry = bring(desk, tmp_path, *rows, dry_run=True)
    assert dry.batch == ""
    assert dry.rejects["line"].tolist() == [5]
    assert dry.cases["external_id"].tolist() == ["T1", "T2", "T3"]
    assert len(imports.history(desk, OPERATOR)) == 1
    assert titles(desk)["T1"] == "Page gone"
    assert bring(desk, tmp_path, *rows).count == dry.count


def test_rejected_rows_are_kept_with_the_batch(desk: Desk, tmp_path: Path) -> None:
    result = bring(desk, tmp_path, *TICKET_ROWS, BAD_ROW)
    kept = imports.rejects(desk, OPERATOR, result.batch)
    assert kept.to_dict("records") == result.rejects.to_dict("records")
    assert kept["line"].tolist() == [5]
    assert kept["field"].tolist() == ["opened"]
    with pytest.raises(NotFound):
        imports.rejects(desk, OPERATOR, "B-9999")


def test_progress_goes_from_start_to_end(desk: Desk, tmp_path: Path) -> None:
    shares: list[float] = []
    path = write(tmp_path, "tickets.csv", as_csv(TICKET_COLUMNS, TICKET_ROWS))
    imports.run_import(
        desk, OPERATOR, path, MAPPING, progress=lambda share, _what: shares.append(share)
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_only_those_with_the_right_bring_files_in(desk: Desk, tmp_path: Path) -> None:
    viewer = Person(username="v", name="V", role="viewer")
    path = write(tmp_path, "tickets.csv", as_csv(TICKET_COLUMNS, TICKET_ROWS))
    with pytest.raises(Refused):
        imports.run_import(desk, viewer, path, MAPPING)
    with pytest.raises(Refused):
        imports.preview(desk, viewer, path)
    with pytest.raises(Refused):
        imports.undo(desk, viewer, "B-0001")


def test_the_command_line_tells_counts_and_codes(command_line: CommandLine, tmp_path: Path) -> None:
    mapping = write(tmp_path, "map.yaml", TICKET_MAPPING)
    tickets = write(tmp_path, "tickets.csv", as_csv(TICKET_COLUMNS, (*TICKET_ROWS, BAD_ROW)))
    done = command_line.run("import", tickets, "--mapping", mapping, "--json")
    assert done.returncode == 3, done.stderr
    told = json.loads(done.stdout)
    counts = {k: told[k] for k in ("batch", "read", "accepted", "updated", "unchanged", "rejected")}
    assert counts == {
        "batch": "B-0001",
        "read": 4,
        "accepted": 3,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
    }
    listed = command_line.run("imports", "rejects", "B-0001")
    assert listed.stdout.splitlines()[1].startswith("5,opened,soon,")
    assert (
        json.loads(command_line.run("imports", "undo", "B-0001", "--json").stdout)["removed"] == 3
    )
