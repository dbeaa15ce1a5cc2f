"""Moments are read by the form of their column, in the zone of the source, and never guessed."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from core.clock import from_micros
from core.errors import BadInput
from core.intake.moments import Bounds, outside, read_moments, refuse_wrong_order, swapped

READINGS = [
    ("29/2/2016 01:16", "%d/%m/%Y %H:%M", "UTC", "2016-02-29T01:16:00"),
    ("2/29/2016", "%m/%d/%Y", "UTC", "2016-02-29T00:00:00"),
    ("1/13/16 1:06 PM", "%m/%d/%y %I:%M %p", "UTC", "2016-01-13T13:06:00"),
    ("12/1/2016 12:05 AM", "%d/%m/%Y %I:%M %p", "UTC", "2016-01-12T00:05:00"),
    ("3-Feb-2016", "%d-%b-%Y", "UTC", "2016-02-03T00:00:00"),
    ("February 3, 2016", "%B %d, %Y", "UTC", "2016-02-03T00:00:00"),
    ("May 15, 2025", "%b %d, %Y", "UTC", "2025-05-15T00:00:00"),
    ("2024-03-01", "iso", "UTC", "2024-03-01T00:00:00"),
    ("2024-03-01T10:30:00Z", "iso", "Asia/Tokyo", "2024-03-01T10:30:00"),
    ("2024-03-01 10:30:00.250000+02:00", "iso", "UTC", "2024-03-01T08:30:00.250000"),
    ("2024-03-01T10:30", "iso", "Asia/Tokyo", "2024-03-01T01:30:00"),
    ("1709288100", "epoch_s", "Asia/Tokyo", "2024-03-01T10:15:00"),
    ("1709288100123", "epoch_ms", "UTC", "2024-03-01T10:15:00.123000"),
    ("45352.4375", "excel", "UTC", "2024-03-01T10:30:00"),
    ("01.07.2024 12:00", "%d.%m.%Y %H:%M", "Europe/Berlin", "2024-07-01T10:00:00"),
    # The doubled hour of autumn is read as its first pass.
    ("27.10.2024 02:30", "%d.%m.%Y %H:%M", "Europe/Berlin", "2024-10-27T00:30:00"),
    ("1.2.2024 12:00:01.5", "%d.%m.%Y %H:%M:%S.%f", "UTC", "2024-02-01T12:00:01.500000"),
    ("2024-03-01 10:30 +0530", "%Y-%m-%d %H:%M %z", "UTC", "2024-03-01T05:00:00"),
]


@pytest.mark.parametrize(("text", "form", "zone", "expected"), READINGS)
def test_a_moment_reads_in_its_form_and_zone(
    text: str, form: str, zone: str, expected: str
) -> None:
    found = read_moments(pa.array([text, ""]), (form,), zone)
    assert found.known.tolist() == [True, False]
    assert not found.faulty.any()
    moment = from_micros(int(found.micros[0]))
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("31/2/2016 01:16", "%d/%m/%Y %H:%M"),
        ("29/2/2015", "%d/%m/%Y"),
        ("29/2/2016x", "%d/%m/%Y"),
        ("29/13/2016", "%d/%m/%Y"),
        ("2016", "iso"),
        ("2016-13-01", "iso"),
        ("12,5", "epoch_s"),
        ("soon", "iso"),
    ],
)
def test_what_is_no_moment_is_faulty_and_not_rounded(text: str, form: str) -> None:
    found = read_moments(pa.array([text]), (form,), "UTC")
    assert found.faulty.tolist() == [True]
    assert not found.known.any()


def test_a_time_that_the_clocks_jumped_over_is_faulty() -> None:
    found = read_moments(pa.array(["31.03.2024 02:30"]), ("%d.%m.%Y %H:%M",), "Europe/Berlin")
    assert found.skipped.tolist() == [True]


def test_a_column_may_be_written_in_several_forms() -> None:
    forms = ("%d/%m/%Y %H:%M", "%d/%m/%Y")
    found = read_moments(pa.array(["1/2/2024", "1/2/2024 10:00"]), forms, "UTC")
    assert found.known.all()


def test_a_wrong_order_of_day_and_month_stops_the_import() -> None:
    values = pa.array(["2/3/2016", "29/2/2016"])
    found = read_moments(values, ("%m/%d/%Y",), "UTC")
    with pytest.raises(BadInput, match="only fits %d/%m/%Y"):
        refuse_wrong_order(values, found, ("%m/%d/%Y",), "opened", "f.csv, line 3")


def test_exchanging_day_and_month_twice_changes_nothing() -> None:
    assert swapped(swapped("%d/%m/%Y")) == "%d/%m/%Y"
    assert swapped("iso") == ""


def test_moments_outside_the_bounds_are_told() -> None:
    found = read_moments(pa.array(["1970-01-01", "2024-01-01", "2999-01-01", ""]), ("iso",), "UTC")
    bounds = Bounds(int(found.micros[1]), int(found.micros[1]))
    assert outside(found, bounds).tolist() == [True, False, True, False]
