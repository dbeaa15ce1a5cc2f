"""What a person reads for durations, moments, counts and the unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from core.ui import format as fmt

AT = datetime(2026, 3, 29, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=1), "1 m"),
        (timedelta(minutes=59, seconds=59), "59 m"),
        (timedelta(hours=2, minutes=5), "2 h 05 m"),
        (timedelta(hours=47, minutes=59), "47 h 59 m"),
        (timedelta(hours=48), "2 d 00 h"),
        (timedelta(days=3, hours=4), "3 d 04 h"),
        (timedelta(days=14), "14 d"),
        (timedelta(days=1200), "1,200 d"),
        (timedelta(minutes=-5), "-5 m"),
    ],
)
def test_a_duration_reads_as_a_person_says_it(length: timedelta, words: str) -> None:
    assert fmt.duration(length) == words


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA])
def test_unknown_is_a_dash_with_the_word_and_never_zero(nothing: float | None) -> None:
    assert fmt.duration(nothing) == "– unknown"
    assert fmt.worked(nothing) == "– unknown"
    assert fmt.exact(nothing) == "– unknown"
    assert fmt.relative(nothing, AT) == "– unknown"
    assert fmt.countdown(nothing, AT) == "–"


def test_working_time_is_never_written_in_days() -> None:
    assert fmt.worked(timedelta(hours=120)) == "120 h 00 m"


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (timedelta(minutes=25), "in 25 m"),
        (timedelta(hours=-2, minutes=-5), "2 h 05 m ago"),
        (timedelta(seconds=30), "now"),
    ],
)
def test_a_moment_is_told_from_now(by: timedelta, words: str) -> None:
    assert fmt.relative(AT + by, AT) == words


def test_exactly_at_due_is_not_over() -> None:
    assert fmt.countdown(AT, AT) == "0 s left"
    assert fmt.countdown(AT - timedelta(minutes=3), AT) == "3 m over"


def test_a_zone_without_letters_is_told_by_its_distance_to_utc() -> None:
    assert fmt.exact(AT, "America/Argentina/Buenos_Aires") == "2026-03-29 09:05 UTC-03"


def test_the_exact_time_names_its_zone() -> None:
    assert fmt.exact(AT, "Europe/Berlin") == "2026-03-29 14:05 CEST"
    assert fmt.exact(AT) == "2026-03-29 12:05 UTC"
    assert fmt.day(AT, "Pacific/Auckland") == "Mon 2026-03-30"


def test_counts_shares_and_rows_are_grouped_in_thousands() -> None:
    assert fmt.count(1234567) == "1,234,567"
    assert fmt.share(0.125, digits=1) == "12.5 %"
    assert fmt.share(None) == "– unknown"
    assert fmt.plural(1, "case") == "1 case"
    assert fmt.plural(1204, "case") == "1,204 cases"
    assert fmt.plural(2, "entry", "entries") == "2 entries"
    assert fmt.span(51, 100, 3214) == "51–100 of 3,214"
    assert fmt.span(0, 0, 0) == "0 of 0"


def test_text_from_outside_stays_plain_words_in_markdown() -> None:
    assert fmt.escape("[a](http://x) **b**") == r"\[a\]\(http\://x\) \*\*b\*\*"
