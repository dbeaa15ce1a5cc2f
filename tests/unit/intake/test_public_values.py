"""Cells of the public report in every way that they are written, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from core.intake.public_values import Ends, Wrong, read_name, read_quarter, read_value
from core.risk.public_report import Unit
from core.risk.public_series import Figure
from core.risk.public_words import figure_words

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "low", "high", "mark"),
    [
        ("20,800,000", 20_800_000, 20_800_000, ""),
        ("90", 90, 90, ""),
        ("0", 0, 0, ""),
        (" 572,400\u00a0", 572_400, 572_400, ""),
        ("964,400*", 964_400, 964_400, "*"),
        ("964,400 [2]", 964_400, 964_400, "[2]"),
        ("964,400 †¹", 964_400, 964_400, "†¹"),
        ("N/A", None, None, ""),
        ("n/a *", None, None, "*"),
        ("–", None, None, ""),
        ("10,000 - 12,000", 10_000, 12_000, ""),
        ("10,000–12,000", 10_000, 12_000, ""),
        ("10,000 to 12,000", 10_000, 12_000, ""),
        ("<1,000", None, 1_000, ""),
        ("at least 1,000", 1_000, None, ""),
        ("about 1,000", 1_000, 1_000, "~"),
    ],
)
def test_pieces_in_all_their_forms(text: str, low: int | None, high: int | None, mark: str) -> None:
    assert read_value(text, "pieces") == Ends(low, high, mark)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.02%", 200, 200),
        ("4%", 40_000, 40_000),
        ("99.9 %", 999_000, 999_000),
        ("0.00%", 0, 0),
        ("100.00%", 1_000_000, 1_000_000),
        ("0.0251%", 251, 251),
        ("0.04%-0.05%", 400, 500),
        ("0.04-0.05%", 400, 500),
        ("up to 0.05%", None, 500),
    ],
)
def test_shares_are_whole_millionths(text: str, low: int | None, high: int | None) -> None:
    assert read_value(text, "share") == Ends(low, high)


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    [
        ("", "pieces", "The cell is empty."),
        ("12%", "pieces", "A percentage stands where a number of pieces belongs."),
        ("20.8M", "pieces", "This is no number of pieces."),
        ("20.800.000", "pieces", "This is no number of pieces."),
        ("20,8", "pieces", "This is no number of pieces."),
        ("-5", "pieces", "This is no number of pieces."),
        ("2,5 - 3", "pieces", "This is no number of pieces."),
        ("12,000 - 10,000", "pieces", "The range ends before it begins."),
        ("9" * 20, "pieces", "The number is too large."),
        ("0.97", "share", "The percent sign is missing."),
        ("97", "share", "The percent sign is missing."),
        ("101%", "share", "The share is more than 100 %."),
        ("0.02515%", "share", "The percentage has more than four decimals."),
        ("most", "share", "This is no percentage."),
    ],
)
def test_what_could_mean_two_things_is_refused_with_a_way_out(
    text: str, unit: Unit, reason: str
) -> None:
    found = read_value(text, unit)
    assert isinstance(found, Wrong)
    assert found.reason == reason
    assert found.hint


@pytest.mark.parametrize("text", ["2024Q2", "2024q2", "Q2 2024", "2024-Q2", "2024 Q2", "2024Q2*"])
def test_a_quarter_is_known_in_all_its_forms(text: str) -> None:
    assert read_quarter(text, TODAY) == "2024Q2"


@pytest.mark.parametrize("text", ["2024", "2024Q5", "Q2", "June 2024", ""])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    assert read_quarter(text, TODAY) == Wrong("This is no quarter.", "such as 2024Q2")


@pytest.mark.parametrize("text", ["2026Q1", "2027Q1", "1924Q2"])
def test_a_quarter_that_is_not_over_is_refused(text: str) -> None:
    assert isinstance(read_quarter(text, TODAY), Wrong)


def test_a_name_is_parted_from_its_footnote() -> None:
    assert read_name("  Hate   Speech (1) ") == ("Hate Speech", "(1)")


@pytest.mark.parametrize(
    ("ends", "unit", "words"),
    [
        ((20_800_000, 20_800_000), "pieces", "20,800,000"),
        ((400, 500), "share", "0.04 % to 0.05 %"),
        ((None, 500), "share", "at most 0.05 %"),
        ((500, None), "pieces", "at least 500"),
        ((None, None), "share", "not published"),
        ((1_000_000, 1_000_000), "share", "100 %"),
    ],
)
def test_a_figure_is_told_in_full(
    ends: tuple[int | None, int | None], unit: Unit, words: str
) -> None:
    assert figure_words(Figure("actioned", "facebook", "Spam", "2024Q2", *ends), unit) == words
