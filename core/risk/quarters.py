"""Calendar quarters by their name, such as ``2024Q2``: names in the order of time, days, and edges."""

from __future__ import annotations

from datetime import date, timedelta

QUARTERS_A_YEAR = 4
MONTHS_A_QUARTER = 3


def quarter_of(day: date) -> str:
    """The quarter that a day lies in."""
    return f"{day.year:04d}Q{(day.month - 1) // MONTHS_A_QUARTER + 1}"


def moved(quarter: str, by: int) -> str:
    """The quarter so many quarters later, or earlier when negative."""
    year, part = divmod(_number(quarter) + by, QUARTERS_A_YEAR)
    return f"{year:04d}Q{part + 1}"


def first_day(quarter: str) -> date:
    """The day that a quarter begins with."""
    year, part = divmod(_number(quarter), QUARTERS_A_YEAR)
    return date(year, part * MONTHS_A_QUARTER + 1, 1)


def last_day(quarter: str) -> date:
    """The day that a quarter ends with."""
    return first_day(moved(quarter, 1)) - timedelta(days=1)


def complete_quarters(count: int, today: date) -> tuple[str, ...]:
    """The last quarters that are over on a day, oldest first."""
    running = quarter_of(today)
    return tuple(moved(running, -back) for back in range(count, 0, -1))


def quarters_between(first: str, last: str) -> tuple[str, ...]:
    """All quarters from one to another, both included."""
    return tuple(moved(first, step) for step in range(_number(last) - _number(first) + 1))


def _number(quarter: str) -> int:
    year, _, part = quarter.partition("Q")
    return int(year) * QUARTERS_A_YEAR + int(part) - 1
