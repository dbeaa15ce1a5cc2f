"""Which rows of the snapshot satisfy a filter, part by part, so that counts can leave a part out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, Table

from core.cases.filter import CaseFilter
from core.storage.queue_conditions import DAY_US, Look, conditions
from core.storage.snapshot import Reading
from core.storage.snapshot.columns import Mask
from core.storage.snapshot.evaluate import Evaluator


@dataclass(frozen=True)
class Matches:
    """The rows that each part of a filter lets through, and the means to ask more about them."""

    rows: Evaluator
    parts: Mapping[str, Mask]

    def all(self, but: Collection[str] = ()) -> Mask:
        """The rows that every part lets through, some parts left out."""
        masks = [mask for name, mask in self.parts.items() if name not in but]
        found = masks[0]
        for mask in masks[1:]:
            found = found & mask
        return found

    def tally(self, condition: ColumnElement[bool], among: Mask) -> int:
        """How many of some rows satisfy one more condition."""
        return int(np.count_nonzero(self.rows.mask(condition) & among))


def matches(
    reading: Reading, filter_: CaseFilter, look: Look, cases: Table, since: int | None = None
) -> Matches:
    """Judge the rows of a table, or of its recent part."""
    parts = conditions(filter_, cases, look)
    rows = reading.evaluator(cases, since)
    scope = parts.pop("scope")
    who = (look.scope, look.granted)
    in_scope = reading.remember(("scope", cases.name, since, who), lambda: rows.mask(scope))
    masks = {name: rows.mask(condition) for name, condition in parts.items()}
    return Matches(rows, {"scope": in_scope, **masks})


def recent_since(at: int, days: int) -> int:
    """A moment before the first of the last days in every zone, the same for a whole day."""
    return (at // DAY_US - days - 1) * DAY_US
