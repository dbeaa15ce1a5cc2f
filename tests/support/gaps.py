"""Gaps that name only what matters to a test."""

from __future__ import annotations

from datetime import UTC, datetime

from core.gaps.model import Gap
from core.gaps.workflow import States

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
