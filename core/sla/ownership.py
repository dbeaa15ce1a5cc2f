"""Who owned the time of a case: parts that sum to its open time, and the strip that shows them.

A wait on somebody else is theirs day and night; only our own time splits by the calendar.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from core.clock import from_micros, to_micros
from core.sla.calendars import measure_of
from core.sla.model import Owner, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from core.sla.timeline import Step


def owner_parts(steps: Sequence[Step]) -> dict[Owner, timedelta]:
    """How much of the open time belongs to each owner."""
    parts = dict.fromkeys(Owner, timedelta())
    for step in steps:
        owner, length = step.owner, step.until - step.at
        if owner is Owner.US:
            ours = step.terms.worked(step.at, step.until)
            parts[Owner.US] += ours
            parts[Owner.OUT_OF_HOURS] += length - ours
        elif owner is not None:
            parts[owner] += length
    return parts


def owner_since(steps: Sequence[Step]) -> datetime | None:
    """Since when the present owner has had the case without a break; None once ended."""
    since, owner = None, None
    for step in steps:
        if step.owner is not owner:
            since, owner = step.at, step.owner
    return since if owner is not None else None


def strip(steps: Sequence[Step]) -> tuple[Segment, ...]:
    """The open time as adjoining stretches of one owner each, oldest first."""
    drawn: list[Segment] = []
    for step in steps:
        for piece in _pieces(step):
            last = drawn[-1] if drawn else None
            if last and (last.ended_at, last.owner, last.supported) == (
                piece.started_at,
                piece.owner,
                piece.supported,
            ):
                drawn[-1] = Segment(last.started_at, piece.ended_at, piece.owner, piece.supported)
            else:
                drawn.append(piece)
    return tuple(drawn)


def _pieces(step: Step) -> Iterator[Segment]:
    owner = step.owner
    if owner is None or step.until == step.at:
        return
    if owner is not Owner.US:
        yield Segment(step.at, step.until, owner, step.supported)
        return
    measure = measure_of(step.terms.calendar)
    begin, end = to_micros(step.at), to_micros(step.until)
    first = int(np.searchsorted(measure.closes, begin, side="right"))
    last = int(np.searchsorted(measure.opens, end, side="left"))
    at = begin
    for opens, closes in zip(measure.opens[first:last], measure.closes[first:last], strict=True):
        opened, closed = max(int(opens), begin), min(int(closes), end)
        if opened > at:
            yield Segment(from_micros(at), from_micros(opened), Owner.OUT_OF_HOURS)
        yield Segment(from_micros(opened), from_micros(closed), Owner.US)
        at = closed
    if at < end:
        yield Segment(from_micros(at), from_micros(end), Owner.OUT_OF_HOURS)
