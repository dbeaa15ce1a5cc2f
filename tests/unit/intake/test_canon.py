"""Attributes are canonical JSON, and the hash of a case changes with what the source says only."""

from __future__ import annotations

import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from core.intake.canon import attributes_json

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_attributes_read_back_as_they_were(rows: list[tuple[str, str]]) -> None:
    first, second = zip(*rows, strict=True)
    columns = {"b": pa.array(first, pa.string()), 'a "x"': pa.array(second, pa.string())}
    told = attributes_json(columns, len(rows)).to_pylist()
    for text, (b, a) in zip(told, rows, strict=True):
        expected = {k: v for k, v in (('a "x"', a), ("b", b)) if v}
        assert json.loads(text) == expected
        assert list(json.loads(text)) == sorted(expected)


def test_cases_without_attributes_have_an_empty_object() -> None:
    assert attributes_json({}, 2).to_pylist() == ["{}", "{}"]
