"""A partner's violations that stand, by month and action and by abuse type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.cases.filter import CaseFilter
from core.storage.partner_served_figures import chosen_by
from core.storage.queue_conditions import Look
from core.storage.snapshot.columns import Coded
from core.storage.snapshot.evaluate import Evaluator
from core.storage.snapshot.tables import CASES


@dataclass(frozen=True, slots=True)
class Violations:
    """Counts of cases: by place of the month and action, and by abuse type with the last receipt."""

    by_month: dict[tuple[int, str], int]
    by_type: dict[str, tuple[int, int]]
    total: int


def count_violations(
    rows: Evaluator, look: Look, filter_: CaseFilter, edges: Sequence[int]
) -> Violations:
    """Cases of a filter received between the edges, the starts of months and the end of the last."""
    chosen = rows.chosen(np.flatnonzero(rows.mask(chosen_by(filter_, look))))
    received = np.asarray(chosen.numbers(CASES.c.received_at).numbers, np.int64)
    month = np.searchsorted(edges, received, side="right") - 1
    actions, types = (_words(chosen, name) for name in ("enforcement_action", "abuse_type"))
    by_month: dict[tuple[int, str], int] = {}
    by_type: dict[str, tuple[int, int]] = {}
    for place, action, kind, at in zip(
        month.tolist(), actions, types, received.tolist(), strict=True
    ):
        by_month[place, action] = by_month.get((place, action), 0) + 1
        count, last = by_type.get(kind, (0, 0))
        by_type[kind] = (count + 1, max(last, at))
    return Violations(by_month, by_type, len(received))


def _words(rows: Evaluator, name: str) -> list[str]:
    column = rows.column(CASES.c[name])
    if not isinstance(column, Coded):
        msg = f"{name} is no dimension"
        raise TypeError(msg)
    return [column.values[code] for code in column.codes.tolist()]
