"""Large arrays a few rows at a time, so that what is worked on stays near the processor."""

from __future__ import annotations

from collections.abc import Iterator

BLOCK = 128  # rows; of some hundred numbers each, a handful of such blocks fits


def blocks(count: int) -> Iterator[slice]:
    """All of so many rows, in order."""
    for first in range(0, count, BLOCK):
        yield slice(first, min(count, first + BLOCK))
