"""However dirty a file is, every row of it is accounted for, once."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.intake.mapping_files import parse_mapping
from core.intake.pipeline import open_intake
from core.settings import Settings
from tests.support.exports import TICKET_COLUMNS, TICKET_MAPPING, as_csv, write

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MAPPING = parse_mapping(TICKET_MAPPING)
MOMENTS = (
    "01.02.2026 09:00",
    "13.02.2026 10:30",
    "",
    "soon",
    "31.02.2026 09:00",
    "01.02.2126 09:00",
)
ROWS = st.tuples(
    st.sampled_from(("T1", "T2", "T3", "")),
    st.sampled_from(MOMENTS),
    st.sampled_from(MOMENTS[:4]),
    st.sampled_from(MOMENTS[:3]),
    st.sampled_from(("open", "solved", "closed", "lost", "")),
    st.sampled_from(("high", "low", "", "?")),
    st.sampled_from(("DE", "NA", "", "Atlantis")),
    st.sampled_from(("x", '"two\nlines"', '"a ""b"""', '"broken', "a,b", "")),
)


@given(st.lists(ROWS, min_size=1, max_size=30))
@settings(max_examples=80, deadline=None)
def test_rows_read_are_cases_copies_and_rejects(rows: list[tuple[str, ...]]) -> None:
    # A quote that is open at the very end refuses the file; a last good row keeps it closed.
    lines = (*(",".join(row) for row in rows), 'T9,01.02.2026 09:00,,,open,low,DE,"end"')
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write(folder, "tickets.csv", as_csv(TICKET_COLUMNS, lines))
        with open_intake(path, MAPPING, Settings(local_dir=folder), NOW) as intake:
            intake.read_rows()
            chunks = list(intake.chunks())
    of_cases = sum(int(chunk.row_counts.sum()) for chunk in chunks)
    rejected = intake.rejects.frame()
    assert intake.read == of_cases + intake.copies + len(rejected)
    assert rejected["line"].is_unique
    assert (rejected["reason"].str.len() > 0).all()
    keys = [key for chunk in chunks for key in chunk.cases["key"]]
    assert keys == list(range(len(keys)))
    told = {e for chunk in chunks for e in chunk.events["key"]}
    assert told == set(keys)
