"""The course of a case through its states: from what each row says to changes of status.

States that repeat are one state; leaving an end is a reopening; columns that state the moment of
an end lead over the log's own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.intake.groups import UNKNOWN_AT
from core.taxonomy import taxonomy

RESOLVED, CLOSED, REOPENED = "resolved", "closed", "reopened"


@dataclass(frozen=True, slots=True)
class Course:
    """Changes of status: the case, the moment, the row that told, and the code of the status."""

    case: np.ndarray
    at: np.ndarray
    order: np.ndarray
    code: np.ndarray

    def where(self, chosen: np.ndarray) -> Course:
        """Some of the changes."""
        return Course(self.case[chosen], self.at[chosen], self.order[chosen], self.code[chosen])


def status_codes() -> dict[str, int]:
    """A number for each status, in order of the list."""
    return {status: code for code, status in enumerate(taxonomy().statuses)}


def ended_codes() -> np.ndarray:
    """Codes of the statuses of finished cases."""
    codes = status_codes()
    open_ones = set(taxonomy().open_statuses())
    return np.array([c for s, c in codes.items() if s not in open_ones])


def changes(told: Course, final: tuple[str, ...] = ()) -> tuple[Course, Course]:
    """The changes of status, and what was told again without a change; in order of rows."""
    codes = status_codes()
    over = _after(told, [codes[f] for f in final])
    if over.any():
        course, repeated = changes(told.where(~over))
        return course, _merge(repeated, told.where(over))
    previous = _previous(told)
    same = told.code == previous
    # A resolution told after the closing adds nothing: the case had ended before.
    late = (told.code == codes[RESOLVED]) & (previous == codes[CLOSED])
    return told.where(~same & ~late), told.where(same | late)


def reopenings(course: Course) -> Course:
    """Where a finished case is open again without the log calling it reopened."""
    codes, ended = status_codes(), ended_codes()
    previous = _previous(course)
    again = np.isin(previous, ended) & ~np.isin(course.code, [*ended, codes[REOPENED]])
    found = course.where(again)
    return Course(found.case, found.at, found.order, np.full(len(found.case), codes[REOPENED]))


def _after(course: Course, codes: list[int]) -> np.ndarray:
    """Which changes come after the first of some statuses in their case."""
    hits = np.flatnonzero(np.isin(course.code, codes))
    cases, first = np.unique(course.case[hits], return_index=True)
    place = np.full(int(course.case.max(initial=-1)) + 1, len(course.case))
    place[cases] = hits[first]
    return np.asarray(np.arange(len(course.case)) > place[course.case])


def _previous(course: Course) -> np.ndarray:
    before = np.full(len(course.code), -1)
    before[1:] = course.code[:-1]
    first = np.ones(len(course.case), dtype=bool)
    first[1:] = course.case[1:] != course.case[:-1]
    before[first] = -1
    return before


def lead(
    course: Course, status: str, stated: np.ndarray, last_row: np.ndarray
) -> tuple[Course, Course]:
    """The course with a stated moment of an end put in; and the changes that it overrules.

    ``stated`` holds one moment per case. Unknown there means unknown: the log's own moments of that
    end are overruled too, since the source itself does not stand by them.
    """
    code = status_codes()[status]
    known = stated != UNKNOWN_AT
    places = np.flatnonzero(course.code == code)
    final = np.full(len(stated), -1)
    final[course.case[places]] = places  # the last one wins
    at = course.at.copy()
    held = np.flatnonzero(known & (final >= 0))
    at[final[held]] = stated[held]
    is_final = np.zeros(len(at), dtype=bool)
    is_final[final[held]] = True
    limit = stated[course.case]
    before_final = np.arange(len(at)) < final[course.case]
    overruled = (known[course.case] & before_final & (course.at > limit)) | (
        ~known[course.case] & (course.code == code)
    )
    kept = ~overruled | is_final
    moved = Course(course.case, at, course.order, course.code)
    missing = np.flatnonzero(known & (final < 0))
    added = Course(missing, stated[missing], last_row[missing], np.full(len(missing), code))
    return _merge(moved.where(kept), added), course.where(~kept)


def _merge(course: Course, added: Course) -> Course:
    if not len(added.case):
        return course
    case = np.concatenate([course.case, added.case])
    at = np.concatenate([course.at, added.at])
    row = np.concatenate([course.order, added.order])
    code = np.concatenate([course.code, added.code])
    order = np.lexsort((row, at, case))
    return Course(case[order], at[order], row[order], code[order])
