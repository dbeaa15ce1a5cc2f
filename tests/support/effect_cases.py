"""Cases of some clauses over half a year, of which one was mended in the middle."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from core.clock import from_micros
from core.gaps.model import Gap
from core.storage.engine import Store
from core.storage.tables import CaseRow
from tests.support.gaps import a_gap
from tests.support.rows import DAY, DRAFT, HOUR, NOW, a_finished_case, a_partner, store_partners

# All of the register, none with a new version in these months.
MENDED = "FS-2"
WEEKS, PER_WEEK = 12, 14  # on each side, of every clause
OTHERS = ("FS-3", "FS-4", "RG-1", "RG-2", "RG-3", "VI-3", "CH-3")
WEEK = 7 * DAY
LATEST = NOW - NOW % DAY - DAY
# Midnight of UTC; the last week ends the day before yesterday.
SHIPPED = LATEST - WEEKS * WEEK
OWN_PARTNER, OTHER_PARTNER = 1, 2


def shipped_gap(**parts: object) -> Gap:
    """The gap of the mended clause."""
    shipped_at = from_micros(SHIPPED)
    facts = {"clauses": (MENDED,), "shipped_at": shipped_at, "proposed_at": shipped_at}
    return a_gap("accepted_full", "shipped", **(facts | parts))


def fill_effect(store: Store) -> list[dict[str, Any]]:
    """Overturned are 10 of 14 a week, since the change 5; of the others always 4."""
    store_partners(store, a_partner(OWN_PARTNER), a_partner(OTHER_PARTNER))
    cases: list[dict[str, Any]] = []
    for clause in (MENDED, *OTHERS):
        for week in range(-WEEKS, WEEKS):
            usual = 4 if clause != MENDED else 10 if week < 0 else 5
            cases += [_case(len(cases) + at + 1, clause, week, at, usual) for at in range(PER_WEEK)]
    # Not re-reviewed, not resolved, restricted, and before everything: none of them counts.
    first = -WEEKS * WEEK - 2 * DAY
    cases.append(_made(len(cases) + 1, MENDED, SHIPPED + first, "no_violation"))
    cases.append(_made(len(cases) + 1, MENDED, SHIPPED + HOUR, "not_actionable"))
    sealed = _made(len(cases) + 1, MENDED, SHIPPED + HOUR, "overturned_restored")
    cases.append({**sealed, "restriction": "sealed"})
    with store.write(DRAFT) as write:
        rows = [{**case, "change_seq": write.seq} for case in cases]
        write.connection.execute(insert(CaseRow), rows)
    return cases


def _case(number: int, clause: str, week: int, at: int, usual: int) -> dict[str, Any]:
    wobble = (week * 7 + sum(map(ord, clause))) % 3 - 1  # so that no week is like the next
    outcome = "overturned_restored" if at < usual + wobble else "upheld"
    moment = SHIPPED + week * WEEK + at * 12 * HOUR + HOUR
    return _made(number, clause, moment, outcome)


def _made(number: int, clause: str, resolved: int, outcome: str) -> dict[str, Any]:
    partner = OWN_PARTNER if number % 2 else OTHER_PARTNER
    return a_finished_case(
        number,
        clause=clause,
        outcome=outcome,
        partner_id=partner,
        received_at=resolved - HOUR,
        resolved_at=resolved,
        restriction="open",
        market="DE",
    )
