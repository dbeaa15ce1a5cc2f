"""Which rows of the snapshot satisfy a filter, part by part, so that counts can leave a part out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Table

from core.cases.filter import CaseFilter
from core.storage.queue_conditions import Look, conditions
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
    reading: Reading,
    filter_: CaseFilter,
    look: Look,
    cases: Table,
    asked: Sequence[ColumnElement[Any]] = (),
) -> Matches:
    """Judge every row of a table; ``asked`` are expressions that will be asked about it later."""
    parts = conditions(filter_, cases, look)
    rows = reading.evaluator(cases, [*parts.values(), *asked])
    in_scope = reading.remember(
        ("scope", cases.name, look.scope), lambda: rows.mask(parts.pop("scope"))
    )
    parts.pop("scope", None)
    masks = {name: rows.mask(condition) for name, condition in parts.items()}
    return Matches(rows, {"scope": in_scope, **masks})
