"""Decisions as they were taken, with who took them: what disagreement is looked for in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from core.cases.measures import overturned_outcomes, reviewed_outcomes
from core.gaps.mining_people import PeopleDecisions
from core.stats.arrays import Bools, Ints
from core.storage.mined_cases import MinedCases
from core.storage.one_case import DECISIONS


@dataclass(frozen=True, eq=False, slots=True)
class TakenDecisions:
    """One entry per decision that kept or overturned something, the newest first."""

    case_id: Ints
    person: npt.NDArray[np.object_]
    clause: npt.NDArray[np.object_]
    hit: Bools


def newest_decisions(connection: Connection, most: int) -> TakenDecisions:
    """The last decisions that name a person and a clause; at most so many are read."""
    overturned = set(overturned_outcomes())
    rows: Sequence[tuple[int, str, str, str]] = [
        (row.case_id, row.decided_by, row.clause, row.outcome)
        for row in connection.execute(
            select(
                DECISIONS.c.case_id,
                DECISIONS.c.decided_by,
                DECISIONS.c.clause,
                DECISIONS.c.outcome,
            )
            .where(DECISIONS.c.outcome.in_(reviewed_outcomes()))
            .order_by(DECISIONS.c.id.desc())
            .limit(most)
        )
    ]
    return TakenDecisions(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=object),
        np.array([row[2] for row in rows], dtype=object),
        np.array([row[3] in overturned for row in rows], dtype=np.bool_),
    )


@dataclass(frozen=True, eq=False, slots=True)
class SeenDecisions:
    """The decisions on cases that somebody may see; ``case`` numbers these cases."""

    given: PeopleDecisions
    case: Ints


def decisions_on(taken: TakenDecisions, cases: MinedCases) -> SeenDecisions:
    """Those on the given cases; a decision without a clause counts under the case's."""
    order = np.argsort(cases.ids)
    ids = cases.ids[order]
    place = np.minimum(np.searchsorted(ids, taken.case_id), max(0, len(ids) - 1))
    known = (ids[place] == taken.case_id) if len(ids) else np.zeros(len(place), dtype=np.bool_)
    known &= taken.person != ""
    own = order[place[known]] if len(ids) else np.zeros(0, dtype=np.int64)
    of_cases = np.array(cases.overturned.values["clause"] or ("",), dtype=object)
    clause = taken.clause[known]
    clause = np.where(clause == "", of_cases[cases.overturned.codes["clause"][own]], clause)
    kept = clause != ""
    names, codes = np.unique(clause[kept].astype(str), return_inverse=True)
    _, person = np.unique(taken.person[known][kept].astype(str), return_inverse=True)
    given = PeopleDecisions(
        tuple(names.tolist()),
        codes.astype(np.int64),
        cases.overturned.codes["market"][own][kept],
        person.astype(np.int64),
        taken.hit[known][kept],
    )
    return SeenDecisions(given, own[kept])
