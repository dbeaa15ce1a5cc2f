"""Charts of quarterly figures: gaps stay gaps, the table has every quarter, only ours can be clicked."""

from __future__ import annotations

from core.charts.model import PICK
from core.charts.reference_lines import CountMark, ShareMark, count_bars, share_lines

AXIS = ("2025Q1", "2025Q2", "2025Q3")
SHARES = [
    ShareMark("2025Q1", "Overturned", 0.2, "20 %, 2 of 10", 0.1, 0.4),
    ShareMark("2025Q2", "Overturned", None, "1 of 3: too few to tell"),
    ShareMark("2025Q3", "Overturned", 0.5, "50 %, 5 of 10", 0.3, 0.7),
]
COUNTS = [
    CountMark("2025Q1", "Received", 12, "12 cases", "received"),
    CountMark("2025Q1", "Appeals", 2, "2 cases", "appeals"),
    CountMark("2025Q2", "Received", None, "not published", "received"),
]


def test_a_missing_share_is_a_gap_and_has_its_row_in_the_table() -> None:
    drawing = share_lines(SHARES, AXIS, "own")
    assert drawing.frame["share"].isna().tolist() == [False, True, False]
    table = drawing.table()
    assert table["Quarter"].tolist() == ["2025Q3", "2025Q2", "2025Q1"]
    assert table["Overturned"].tolist()[1] == "1 of 3: too few to tell"
    assert "2 values" in drawing.summary


def test_both_sides_are_drawn_over_the_same_quarters() -> None:
    for side in ("own", "public"):
        for drawing in (share_lines(SHARES, AXIS, side), count_bars(COUNTS, AXIS, side)):
            spec = dict(drawing.spec)
            parts = [spec, *spec.get("layer", [])]
            domains = [
                part["encoding"]["x"]["scale"]["domain"] for part in parts if "encoding" in part
            ]
            assert domains
            assert all(domain == list(AXIS) for domain in domains)


def test_only_our_own_marks_can_be_clicked() -> None:
    ours, theirs = (count_bars(COUNTS, AXIS, side) for side in ("own", "public"))
    assert (ours.can_be_clicked, theirs.can_be_clicked) == (True, False)
    assert PICK in str(ours.spec)
    assert PICK not in str(theirs.spec)


def test_what_is_not_published_has_no_bar_but_its_words() -> None:
    drawing = count_bars(COUNTS, AXIS, "public")
    assert len(drawing.frame) == 2
    assert drawing.table()["Received"].tolist() == ["not published", "12 cases"]
    assert drawing.table()["Appeals"].tolist() == ["–", "2 cases"]
