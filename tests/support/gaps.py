"""Gaps that name only what matters to a test, and all that an act on one needs."""

from __future__ import annotations

from datetime import UTC, date, datetime

from core.access.model import Person
from core.desk.boot import Desk
from core.desk.gap_moves import make_move
from core.desk.gap_writes import Seen, changing
from core.gaps.model import Gap, Given
from core.gaps.workflow import States, moves

AT = datetime(2026, 3, 2, tzinfo=UTC)


def a_gap(response: str = "proposed", implementation: str = "not_started", **parts: object) -> Gap:
    facts: dict[str, object] = {
        "id": 1,
        "ref": "G-0001",
        "version": 1,
        "title": "Satire is taken down",
        "statement": "The rule does not tell satire.",
        "gap_type": "missing_rule",
        "severity": "high",
        "abuse_types": (),
        "clauses": (),
        "matching": None,
        "owner": "",
        "sponsor_team": "",
        "stakeholders": (),
        "target_on": None,
        "review_on": None,
        "response": response,
        "implementation": implementation,
        "proposed_by": "ann",
        "proposed_at": AT,
        "response_at": AT,
        "implementation_at": AT,
        "responded_at": None,
        "shipped_at": None,
        "closed_at": AT if States(response, implementation).is_closed else None,
        "changed_at": AT,
        "is_erased": False,
    }
    return Gap(**(facts | parts))  # type: ignore[arg-type]


def enough(act: str) -> Given:
    """All that the act needs, on the Monday of the tests."""
    day = date(2026, 4, 1) if "review_on" in moves()[act].needs else date(2026, 2, 27)
    return Given("Because it is so.", "https://x.example/proof", day)


def prove(desk: Desk, person: Person, seen: Seen, proof: Given) -> None:
    """Verify as if the few cases of a test showed that the change had worked."""
    with changing(desk, person, "gap.verify", seen) as change:
        make_move(change, ["verify"], proof, "worked")
