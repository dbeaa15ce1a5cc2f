"""What the cells of the public report mean: figures, quarters and footnote marks, each way they are written.

A cell that could mean two things is refused with the way out; nothing is rounded or guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.risk.public_report import Unit, fold, public_report
from core.risk.public_series import MILLION
from core.risk.quarters import last_day

MOST_PIECES = 10**15  # more than there can be, and far from what a column holds
PERCENT = 100
MARK = re.compile(r"\s*(\*+|[†‡§]+|[¹²³⁰⁴-⁹]+|\[\w{1,2}\]|\(\d{1,2}\))$")
ABOUT = re.compile(r"^(?:~|≈|about|around|approximately|approx\.)\s*", re.IGNORECASE)
AT_MOST = re.compile(r"^(?:<=?|≤|less than|fewer than|under|up to|at most)\s*", re.IGNORECASE)
AT_LEAST = re.compile(r"^(?:>=?|≥|more than|over|at least)\s*", re.IGNORECASE)
RANGE = re.compile(r"^(.*\S)\s*(?:\s-\s|[–—]|-|\bto\b)\s*(\S.*)$", re.IGNORECASE)
PIECES = re.compile(r"^(?:\d{1,3}(?:,\d{3})+|\d+)$")
SHARE = re.compile(r"^(\d+(?:\.\d+)?)\s?%$")
QUARTER = re.compile(r"^(?:(\d{4})[\s/-]*Q([1-4])|Q([1-4])[\s/-]*(\d{4}))$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a cell means nothing, and what would."""

    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Ends:
    """A figure from its lower to its upper end; neither where none was published."""

    low: int | None = None
    high: int | None = None
    mark: str = ""


def read_name(text: str) -> tuple[str, str]:
    """A name without blanks around and inside it, and the mark of a footnote behind it."""
    return _unmarked(text, "")


def read_quarter(text: str, today: date) -> str | Wrong:
    """A quarter that is over, as ``2024Q2``."""
    found = QUARTER.match(_unmarked(text, "")[0])
    if not found:
        return Wrong("This is no quarter.", "such as 2024Q2")
    year, part = (found[1], found[2]) if found[1] else (found[4], found[3])
    quarter = f"{year}Q{part}"
    if not 2000 <= int(year) < 2200 or last_day(quarter) >= today:
        return Wrong("The quarter is not over.", "a report tells of quarters that have ended")
    return quarter


def read_value(text: str, unit: Unit) -> Ends | Wrong:
    """A figure in pieces, or a share in millionths of one."""
    plain, mark = _unmarked(text, "")
    if not plain:
        return Wrong("The cell is empty.", "N/A where no figure was published")
    if fold(plain) in {fold(word) for word in public_report().not_published}:
        return Ends(mark=mark)
    if about := ABOUT.match(plain):
        plain, mark = plain[about.end() :], f"~{mark}"
    for bound, is_upper in ((AT_MOST, True), (AT_LEAST, False)):
        if found := bound.match(plain):
            end = _number(plain[found.end() :], unit)
            if isinstance(end, Wrong):
                return end
            return Ends(high=end, mark=mark) if is_upper else Ends(low=end, mark=mark)
    ends = _ends(plain, unit)
    if isinstance(ends, Wrong):
        return ends
    return Ends(*ends, mark)


def _ends(plain: str, unit: Unit) -> tuple[int, int] | Wrong:
    parts = RANGE.match(plain)
    if not parts:
        single = _number(plain, unit)
        return single if isinstance(single, Wrong) else (single, single)
    lower, upper = parts.groups()
    if unit == "share" and upper.endswith("%") and not lower.endswith("%"):
        lower += "%"
    low, high = _number(lower, unit), _number(upper, unit)
    if isinstance(low, Wrong):
        return low
    if isinstance(high, Wrong):
        return high
    if low > high:
        return Wrong("The range ends before it begins.", "the lower end comes first")
    return low, high


def _number(text: str, unit: Unit) -> int | Wrong:
    return _share(text.strip()) if unit == "share" else _pieces(text.strip())


def _pieces(text: str) -> int | Wrong:
    if not PIECES.match(text):
        hint = "a whole number in full, such as 20,800,000"
        if text.endswith("%"):
            return Wrong("A percentage stands where a number of pieces belongs.", hint)
        return Wrong("This is no number of pieces.", hint)
    found = int(text.replace(",", ""))
    return found if found <= MOST_PIECES else Wrong("The number is too large.", "is it a count?")


def _share(text: str) -> int | Wrong:
    found = SHARE.match(text)
    if not found:
        if PIECES.match(text) or re.fullmatch(r"\d*\.\d+", text):
            return Wrong(
                "The percent sign is missing.", "0.97 could be 97 % or 0.97 %: write 97% or 0.97%"
            )
        return Wrong("This is no percentage.", "such as 0.02%")
    millionths = Decimal(found[1]) * MILLION / PERCENT
    if millionths > MILLION:
        return Wrong("The share is more than 100 %.", "a share is between 0% and 100%")
    if millionths != int(millionths):
        return Wrong("The percentage has more than four decimals.", "such as 0.0251%")
    return int(millionths)


def _unmarked(text: str, mark: str) -> tuple[str, str]:
    plain = " ".join(text.replace("\u00a0", " ").split())
    found = MARK.search(plain)
    # A dash or a bracket alone is the value itself, not a mark behind one.
    if not found or not found.start():
        return plain, mark
    return _unmarked(plain[: found.start()], found[1] + mark)
