"""The published figures of the large example exports come out of the desk after their import."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import func, select

from core.cases.filter import CaseFilter
from core.desk import imports
from core.desk.boot import OPERATOR, Desk
from core.desk.export import export_cases
from core.intake.mapping_files import read_mapping
from core.storage.imports import BatchCount
from core.storage.tables import CaseRow, CaseTextRow

pytestmark = pytest.mark.fixtures
HOUR_TOLERANCE = 0.001


def bring(desk: Desk, path: Path, name: str) -> imports.ImportResult:
    return imports.run_import(desk, OPERATOR, path, read_mapping(name))


def exported(desk: Desk) -> pd.DataFrame:
    """All cases as the export gives them, every cell as text."""
    everything = CaseFilter(segment="all")
    portions = export_cases(desk, OPERATOR, everything, "csv").portions
    rows = list(csv.DictReader(io.StringIO("".join(portions), newline="")))
    return pd.DataFrame(rows, dtype="str")


def hours(frame: pd.DataFrame, end: str) -> pd.Series:
    known = frame[frame[end] != ""]
    moments = [pd.to_datetime(known[c], format="ISO8601", utc=True) for c in ("received_at", end)]
    return (moments[1] - moments[0]).dt.total_seconds() / 3600


def attributes(desk: Desk) -> list[dict[str, str]]:
    with desk.store.read() as connection:
        return [json.loads(t) for t in connection.execute(select(CaseTextRow.attributes)).scalars()]


def test_the_figures_of_the_incident_log_come_out(desk: Desk, examples: Path) -> None:
    path = examples / "servicenow_incident_events.csv"
    assert bring(desk, path, "servicenow").count == BatchCount(
        read=39_564, accepted=39_564, cases_created=6_923
    )
    cases = exported(desk)
    resolve, close = hours(cases, "resolved_at"), hours(cases, "closed_at")
    assert (len(resolve), len(close)) == (6_438, 6_923)
    assert resolve.median() == pytest.approx(24.958, abs=HOUR_TOLERANCE)
    assert np.quantile(resolve, 0.9) == pytest.approx(378.607, abs=HOUR_TOLERANCE)
    assert close.median() == pytest.approx(153.067, abs=HOUR_TOLERANCE)
    by_priority = {"P2": 6_501, "P3": 237, "P1": 118, "P0": 67}
    assert cases["priority"].value_counts().to_dict() == by_priority
    assert (cases["assignee"] == "").sum() == 256
    assert (cases["reopen_count"].astype(int) > 0).sum() == 81
    assert cases["received_at"].min()[:10] == "2016-02-29"
    assert cases["received_at"].max()[:10] == "2016-05-13"
    kept = attributes(desk)
    assert sum(a["made_sla"] == "false" for a in kept) == 2_670
    assert sum(a["reassignment_count"] != "0" for a in kept) == 3_263
    again = bring(desk, path, "servicenow").count
    assert again == BatchCount(read=39_564, unchanged=39_564)


def test_the_help_desk_log_accounts_for_its_copies(desk: Desk, examples: Path) -> None:
    path = examples / "helpdesk_events.csv"
    result = bring(desk, path, "helpdesk")
    assert result.count == BatchCount(
        read=21_348, accepted=21_221, unchanged=127, cases_created=4_580
    )
    assert any("127 rows repeat" in note for note in result.notes)
    cases = exported(desk)
    assert (cases["closed_at"] == "").sum() == 21
    assert (cases["first_response_at"] != "").sum() > 4_000


def test_complaints_without_an_id_keep_unknown_durations_unknown(
    desk: Desk, examples: Path
) -> None:
    path = examples / "cfpb_complaints_no_id.csv"
    result = bring(desk, path, "cfpb")
    assert result.count == BatchCount(read=3_186, accepted=3_175, unchanged=11, cases_created=3_175)
    assert any("11 rows repeat" in note for note in result.notes)
    assert any(note.startswith("6 cases have a moment before") for note in result.notes)
    cases = exported(desk)
    assert (cases["closed_at"] == "").all()
    assert (cases["resolved_at"] == "").all()
    assert (cases["status"] == "closed").sum() == 3_172
    assert cases["partner"].nunique() == 491
    with desk.store.read() as connection:
        timed = connection.execute(
            select(func.count()).select_from(CaseRow).where(CaseRow.ttr_us.is_not(None))
        )
        assert timed.scalar_one() == 0


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("servicenow_incident_events.csv", "servicenow"),
        ("helpdesk_events.csv", "helpdesk"),
        ("cfpb_complaints_no_id.csv", "cfpb"),
        ("oversight_board_decisions.csv", ""),
        ("meta_enforcement_report_2024q2.csv", ""),
        ("policy_versions.csv", ""),
    ],
)
def test_every_example_is_read_and_a_mapping_proposed(
    desk: Desk, examples: Path, name: str, fits: str
) -> None:
    seen = imports.preview(desk, OPERATOR, examples / name)
    assert seen.fits == fits
    assert "source:" in seen.suggestion
    assert len(seen.rows) == imports.PREVIEW_ROWS


@pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True)
def test_long_texts_over_many_lines_are_one_row_each(desk: Desk, examples: Path) -> None:
    seen = imports.preview(desk, OPERATOR, examples / "oversight_board_decisions.csv")
    assert int(seen.rows.index[-1]) > 5_000
    assert seen.rows["outcome"].isin(["Overturned", "Upheld", ""]).all()
