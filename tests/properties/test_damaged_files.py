"""A damaged file is read as far as it goes or refused in words; nothing else ever happens."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from core.intake.mapping_files import parse_mapping
from core.intake.pipeline import open_intake
from core.settings import Settings
from tests.support.exports import write
from tests.unit.intake.test_tables import FORMS

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MAPPING = parse_mapping(
    "name: a\nsource: a\nshape: case_per_row\nidentity: {column: id}\nreceived_at: opened\n"
    "times: {format: iso}\nfields: {title: note}\n"
)
WHOLE = {name: content() for name, (content, _) in FORMS.items()}


def take(name: str, content: bytes) -> None:
    """Read a file to its end, whatever it is."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        path = write(folder, name, content)
        limited = Settings(local_dir=folder, import_max_line=5000)
        with open_intake(path, MAPPING, limited, NOW) as intake:
            intake.read_rows()
            assert sum(len(c.cases) for c in intake.chunks()) <= intake.read


@pytest.mark.parametrize("name", WHOLE)
@given(st.data())
@settings(max_examples=25, deadline=None)
def test_a_file_that_was_cut_off_is_read_or_refused(name: str, data: st.DataObject) -> None:
    whole = WHOLE[name]
    with suppress(BadInput):
        take(name, whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize("name", WHOLE)
@given(st.data())
@settings(max_examples=25, deadline=None)
def test_a_file_with_changed_bytes_is_read_or_refused(name: str, data: st.DataObject) -> None:
    content = bytearray(WHOLE[name])
    places = st.integers(0, len(content) - 1)
    for place, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=4)):
        content[place] = byte
    with suppress(BadInput):
        take(name, bytes(content))
