"""A file of the public report: every row is a figure or refused, and damage is told with its place."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from core.errors import BadInput
from core.intake.public_figures import PublicFile, read_public_file
from core.settings import Settings
from tests.support.public_reports import EARLIER, HEAD, Rows, write_report

TODAY = date(2026, 3, 2)


def read(path: Path) -> PublicFile:
    return read_public_file(path, Settings(local_dir=path.parent), TODAY)


def of_rows(folder: Path, rows: Rows) -> PublicFile:
    found = read(write_report(folder / "report.csv", rows))
    assert found.read == len(found.figures) + found.repeated + len(found.rejects.faults)
    return found


def refusal(path: Path) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read(path)
    assert caught.value.at
    assert caught.value.hint
    assert "mapping" not in caught.value.hint
    return caught.value


def test_a_whole_release_is_read(tmp_path: Path) -> None:
    found = of_rows(tmp_path, EARLIER)
    assert (found.read, len(found.figures), found.not_published) == (6, 6, 1)
    assert found.last_quarter == "2025Q2"
    assert found.rejects.faults == []


def test_each_unusable_cell_is_refused_with_line_field_and_hint(tmp_path: Path) -> None:
    good = EARLIER[0]
    bad = [("MySpace", *good[1:]), (good[0], " ", *good[2:]), (*good[:2], "Likes", *good[3:])]
    bad += [(*good[:3], "2025", good[4]), (*good[:4], "about many")]
    found = of_rows(tmp_path, [good, *bad])
    told = [(fault.line, fault.field) for fault in found.rejects.faults]
    assert told == [(3, "app"), (4, "policy_area"), (5, "metric"), (6, "period"), (7, "value")]
    assert all(fault.reason and fault.hint for fault in found.rejects.faults)


def test_a_row_that_repeats_another_counts_once(tmp_path: Path) -> None:
    found = of_rows(tmp_path, [*EARLIER, EARLIER[0]])
    assert (found.read, len(found.figures), found.repeated) == (7, 6, 1)


def test_a_figure_told_in_two_ways_is_taken_in_neither(tmp_path: Path) -> None:
    other = (*EARLIER[0][:4], "3,500,000")
    found = of_rows(tmp_path, [*EARLIER, other, EARLIER[0]])
    assert [(f.line, f.value) for f in found.rejects.faults] == [
        (2, "3,400,000"),
        (8, "3,500,000"),
        (9, "3,400,000"),
    ]
    assert "Line 8" in found.rejects.faults[0].reason
    assert len(found.figures) == 5


def test_an_area_under_its_old_and_new_name_is_one(tmp_path: Path) -> None:
    new = ("Facebook", "Hateful Conduct", *EARLIER[0][2:4], "N/A")
    for rows in ([*EARLIER, new], [new, *EARLIER]):
        found = of_rows(tmp_path, rows)
        assert (len(found.figures), found.repeated, found.rejects.faults) == (6, 1, [])
        assert {f.value for f in found.figures if f.quarter == "2025Q1"} >= {3_400_000}


def test_an_unknown_area_is_kept_and_told(tmp_path: Path) -> None:
    found = of_rows(tmp_path, [*EARLIER, ("Facebook", "Squirrel Fraud", *EARLIER[0][2:])])
    assert "Squirrel Fraud" in {figure.area for figure in found.figures}
    assert any("Squirrel Fraud" in note for note in found.notes)


def test_an_area_that_ends_early_is_told(tmp_path: Path) -> None:
    found = of_rows(tmp_path, [*EARLIER, ("Facebook", "Spam", *EARLIER[0][2:])])
    assert any("Spam (2025Q1)" in note for note in found.notes)


def test_columns_may_stand_in_another_order_and_under_other_ones(tmp_path: Path) -> None:
    head = ("Value", "extra", "Period", "Metric", "Policy Area", "App")
    rows = [(r[4], "x", r[3], r[2], r[1], r[0]) for r in EARLIER]
    plain, turned = tmp_path / "plain.csv", tmp_path / "turned.csv"
    write_report(plain, EARLIER)
    write_report(turned, rows, head)
    assert read(plain).content_hash == read(turned).content_hash


def test_a_zipped_release_says_the_same(tmp_path: Path) -> None:
    plain = write_report(tmp_path / "report.csv", EARLIER)
    packed = tmp_path / "report.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read(packed).content_hash == read(plain).content_hash


def test_another_table_is_refused_with_the_columns_it_lacks(tmp_path: Path) -> None:
    problem = refusal(write_report(tmp_path / "x.csv", [("1", "2")], ("id", "value")))
    assert problem.at == "x.csv, line 1"
    assert "app, policy_area, metric, period" in problem.message


def test_the_right_columns_with_other_content_are_refused(tmp_path: Path) -> None:
    problem = refusal(write_report(tmp_path / "x.csv", [("a", "b", "c", "d", "e")]))
    assert "line 2, app" in problem.hint


def test_a_file_cut_off_inside_a_row_is_refused(tmp_path: Path) -> None:
    whole = write_report(tmp_path / "report.csv", EARLIER).read_bytes()
    for lost in (2, 12, 30):
        path = tmp_path / "cut.csv"
        path.write_bytes(whole[:-lost])
        problem = refusal(path)
        assert problem.message == "The file ends in the middle of a row."
        assert problem.at == "cut.csv, line 7"


def test_a_file_cut_off_inside_quotes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_text(",".join(HEAD) + '\nFacebook,Spam,Content Actioned,2025Q1,"3,4', "utf-8")
    assert "never closed" in refusal(path).message


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(write_report(tmp_path / "report.csv", EARLIER).read_bytes())
    path = tmp_path / "report.csv.gz"
    path.write_bytes(whole[:-20])
    assert "damaged" in refusal(path).message


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    text = write_report(tmp_path / "report.csv", EARLIER).read_text("utf-8")
    path = tmp_path / "other.csv"
    path.write_bytes((text + "Facebook,Désordre,Content Actioned,2025Q1,1\n").encode(encoding))
    assert "UTF-8" in refusal(path).hint


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    refusal(path)


def test_a_report_without_any_figure_is_refused(tmp_path: Path) -> None:
    refusal(write_report(tmp_path / "x.csv", [EARLIER[3]]))
