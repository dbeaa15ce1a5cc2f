"""Resolves the part of a filter that names a policy gap: which cases are linked, which filter matches.

Both are looked up with the scope of whoever asks, as a search text is; the conditions on rows
stand with all others in ``queue_conditions``.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from core.access.model import Scope
from core.cases.filter import LINKED, MATCHING, CaseFilter
from core.errors import BadInput, NotFound
from core.gaps.matching import hangs_on_now, is_narrow, lasting
from core.storage.queue import named
from core.storage.queue_conditions import Found, GapCases, Look
from core.storage.tables import GapCaseRow, GapRow
from core.storage.tables.base import table_of

GAPS, GAP_CASES = table_of(GapRow), table_of(GapCaseRow)
NO_CASES = GapCases(linked=Found())  # of a gap that is unknown


def resolved(connection: Connection, filter_: CaseFilter, look: Look, *, reads_gaps: bool) -> Look:
    """The look with what text, references and gap of a filter name.

    Refuses a text without a word to look for; an unknown gap, and any for those who read none.
    """
    if filter_.names_cases:
        look = replace(look, found=named(connection, filter_, look.scope))
    if not filter_.gap:
        return look
    gap = gap_cases(connection, filter_.gap, look.scope, look.at) if reads_gaps else None
    if gap is None:
        raise NotFound("Gap", gap_of(filter_.gap))
    return replace(look, gap=gap)


def gap_of(part: str) -> str:
    """The reference of the gap that a part of a filter names."""
    return part.removesuffix(LINKED).removesuffix(MATCHING)


def gap_cases(connection: Connection, part: str, scope: Scope, at: int) -> GapCases | None:
    """The cases that a part names, ``G-0001``, ``.linked`` or ``.matching``; None without that gap."""
    statement = select(GAPS.c.id, GAPS.c.matching).where(GAPS.c.ref == gap_of(part))
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    linked = None if part.endswith(MATCHING) else linked_ids(connection, row.id)
    told = "" if part.endswith(LINKED) else row.matching
    matching = usable_matching(CaseFilter.model_validate_json(told) if told else None)
    return cases_behind(connection, linked, matching, scope, at)


def cases_behind(
    connection: Connection, linked: Found | None, matching: CaseFilter | None, scope: Scope, at: int
) -> GapCases:
    """Linked cases and a matching filter as conditions need them, for one scope and moment."""
    if matching is None:
        return GapCases(linked or Found())
    try:
        found = named(connection, matching, scope)
    except BadInput:  # a text without a word to look for finds nothing
        found = Found()
    return GapCases(linked, matching, found, at if hangs_on_now(matching) else None)


def linked_ids(connection: Connection, gap_id: int) -> Found:
    """All cases that are linked to a gap, whoever may see them."""
    statement = select(GAP_CASES.c.case_id).where(GAP_CASES.c.gap_id == gap_id)
    return Found(connection.execute(statement).scalars())


def links_by_gap(connection: Connection) -> dict[int, Found]:
    """The cases that are linked to each gap, by its key."""
    links: dict[int, list[int]] = {}
    for gap_id, case_id in connection.execute(select(GAP_CASES.c.gap_id, GAP_CASES.c.case_id)):
        links.setdefault(gap_id, []).append(case_id)
    return {gap_id: Found(ids) for gap_id, ids in links.items()}


def usable_matching(filter_: CaseFilter | None) -> CaseFilter | None:
    """The matching filter as it is used; None where there is none that narrows."""
    if filter_ is None or filter_.gap or not is_narrow(filter_):
        return None
    return lasting(filter_)
