"""Whose health got worse against some weeks before, by which input, and in which of its cases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from core.cases.filter import CaseFilter
from core.partners.change import Mover
from core.storage.snapshot import Reading


@dataclass(frozen=True, slots=True)
class Part:
    """A slice of an input's cases, and how many points of the score it moved.

    Counts are whole cases before and after; the filters open them.
    """

    dimension: str  # as in CaseFilter: channel, abuse_type, market
    value: str  # '' is unknown
    points: float
    before_hits: int
    before_of: int
    after_hits: int
    after_of: int
    of: CaseFilter
    hits: CaseFilter


@dataclass(frozen=True, slots=True)
class NamedMover:
    """A partner whose score fell; ``mover.partner`` is its place in the books.

    ``parts`` are slices of the first cause, the one that pulled down most first; none where that
    input has no slices or where nothing stands out.
    """

    partner_id: int
    ref: str
    name: str
    mover: Mover
    before_day: date
    day: date
    parts: tuple[Part, ...]


def movers(
    reading: Reading, day: date, ids_in_scope: Collection[int] | None, most: int
) -> tuple[NamedMover, ...]:
    """Who got worse, the surest first, of the partners in scope (None: of all)."""
    raise NotImplementedError
