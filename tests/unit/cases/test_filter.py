"""The filter is the address: what goes in comes out, and what cannot be used is said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cases.filter import DIMENSIONS, NEVER_STORED, CaseFilter, Flag, Segment, Sort, Whose
from core.taxonomy import taxonomy


def filters() -> st.SearchStrategy[CaseFilter]:
    """Any filter that a page could build."""
    parts: dict[str, st.SearchStrategy[object]] = {
        "segment": st.sampled_from(Segment),
        "sort": st.sampled_from(Sort),
        "text": st.text(max_size=20),
        "flags": st.lists(st.sampled_from(Flag), unique=True, max_size=3).map(tuple),
        "whose": st.lists(st.sampled_from(Whose), unique=True, max_size=2).map(tuple),
        "received_from": st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        "zone": st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tokyo"]),
        "due_within": st.none() | st.integers(0, 10_000),
        "age_over": st.none() | st.integers(0, 10_000),
    }
    for name, source in DIMENSIONS.items():
        known = list(taxonomy().terms(source)) if source else ["P-0001", "a b", "ü"]
        known = [value for value in known if value not in NEVER_STORED.get(source, ())]
        values = st.lists(st.sampled_from(["", *known]), unique=True, max_size=3)
        parts[name] = values.map(tuple)
    return st.fixed_dictionaries({}, optional=parts).map(CaseFilter.model_validate)


@given(filters())
def test_an_address_gives_back_the_filter_it_was_made_from(chosen: CaseFilter) -> None:
    dates = [chosen.received_from, chosen.received_to]
    expected = chosen if any(dates) else chosen.but(zone="UTC")
    assert CaseFilter.from_params(chosen.to_params()) == (expected, [])


def test_a_default_filter_has_an_empty_address() -> None:
    assert CaseFilter().to_params() == {}
    assert CaseFilter.from_params({}) == (CaseFilter(), [])


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"priority": ["P0", "P9"]}, "P9"),
        ({"segment": "everything"}, "everything"),
        ({"received_from": "yesterday"}, "yesterday"),
        ({"received_to": "0001-01-01"}, "0001-01-01"),
        ({"sla_frt": ["at_risk"]}, "at_risk"),
        ({"due_within": "-5"}, "-5"),
        ({"zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"zone": "../../etc/passwd"}, "passwd"),
        ({"flag": "great"}, "great"),
        ({"q": "x" * 500}, "cut"),
        ({"partner": ["x" * 5000]}, "partner"),
    ],
)
def test_a_part_that_cannot_be_used_is_left_out_and_said(
    params: dict[str, str | list[str]], word: str
) -> None:
    found, ignored = CaseFilter.from_params(params)
    assert len(ignored) == 1
    assert word in ignored[0]
    kept = CaseFilter(priority=("P0",)) if "priority" in params else found
    assert found == kept


def test_the_unknown_value_has_a_sign_in_the_address() -> None:
    chosen = CaseFilter(market=("", "NA"))
    assert chosen.to_params() == {"market": ["-", "NA"]}


def test_a_filter_can_drop_and_replace_parts() -> None:
    chosen = CaseFilter(priority=("P0",), market=("DE",))
    assert chosen.without("market") == CaseFilter(priority=("P0",))
    assert chosen.but(segment="all").segment is Segment.ALL
    assert chosen.chosen() == {"priority": ("P0",), "market": ("DE",)}
