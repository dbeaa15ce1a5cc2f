"""Rows of the store written directly, for tests of reads that need states rather than stories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import delete, insert

from core.audit.model import Draft
from core.clock import to_micros
from core.storage import grants
from core.storage.engine import Store, Write
from core.storage.tables import (
    CaseRow,
    CaseTextRow,
    PartnerRow,
    TombstoneRow,
)
from core.taxonomy import taxonomy
from tests.support.stores import MONDAY_MORNING

NOW = to_micros(MONDAY_MORNING)
ORIGIN = to_micros(datetime(2000, 1, 1, tzinfo=UTC))
MINUTE = 60_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
ALWAYS_OPEN = "24x7@2000-01-01T00:00Z"  # id of the calendar version in the reference data
DRAFT = Draft("tester", "case.write", "test")


def a_case(id_: int, **parts: Any) -> dict[str, Any]:
    """A new open case of the last hour, with only what matters said."""
    case: dict[str, Any] = {
        "id": id_,
        "ref": f"E-{id_:06d}",
        "source": "test",
        "external_id": f"T{id_}",
        "received_at": NOW - HOUR,
        "status": "new",
        "owner": "us",
        "priority": "P2",
        "channel": "partner_portal",
        "market": "DE",
        "calendar": "24x7",
        "sla_frt": "running",
        "next_clock": "frt",
        "next_due_at": NOW + HOUR,
        "frt_due_at": NOW + HOUR,
        "last_event_at": NOW - HOUR,
    }
    return {**case, **parts}


def a_finished_case(id_: int, **parts: Any) -> dict[str, Any]:
    """A case that was answered and resolved within the last day."""
    ended = {
        "received_at": NOW - DAY,
        "status": "resolved",
        "owner": "",
        "sla_frt": "met",
        "sla_ttr": "met",
        "next_clock": "",
        "next_due_at": None,
        "first_response_at": NOW - DAY + HOUR,
        "frt_us": HOUR,
        "resolved_at": NOW - HOUR,
        "ttr_us": DAY - HOUR,
    }
    return a_case(id_, **{**ended, **parts})


def a_partner(id_: int, **parts: Any) -> dict[str, Any]:
    """A partner with only what matters said."""
    partner = {"id": id_, "ref": f"P-{id_:04d}", "name": f"Partner {id_}", "created_at": NOW}
    return {**partner, "category": "news_publisher", "tier": "T2", **parts}


def put_cases(write: Write, cases: Iterable[Mapping[str, Any]]) -> None:
    """Write cases as they are given, with a title each; a case that is there is replaced."""
    for case in cases:
        write.connection.execute(delete(CaseRow).where(CaseRow.id == case["id"]))
        write.connection.execute(insert(CaseRow).values(**case, change_seq=write.seq))
        text = {"title": f"Title {case['id']}", "summary": f"Summary {case['id']}"}
        write.connection.execute(insert(CaseTextRow).values(case_id=case["id"], **text))


def store_cases(store: Store, *cases: Mapping[str, Any]) -> None:
    """``put_cases`` in a write of its own."""
    with store.write(DRAFT) as write:
        put_cases(write, cases)


def store_partners(store: Store, *partners: Mapping[str, Any]) -> None:
    """Write partners as they are given; one that is there is replaced."""
    with store.write(DRAFT) as write:
        for partner in partners:
            write.connection.execute(delete(PartnerRow).where(PartnerRow.id == partner["id"]))
            write.connection.execute(insert(PartnerRow).values(**partner))


def grant(store: Store, case_id: int, kind: str, name: str) -> None:
    """Let a person or role see a restricted case."""
    named = {"people": [name]} if kind == "person" else {"roles": [name]}
    with store.write(DRAFT) as write:
        grants.grant(write, case_id, **named)


def take_back(store: Store, case_id: int, kind: str, name: str) -> None:
    """Close it again to them."""
    with store.write(DRAFT) as write:
        grants.take_back(write, case_id, kind, name)


def remove_case(store: Store, case_id: int) -> None:
    """Take a case out and leave the tombstone that a removal leaves."""
    with store.write(DRAFT) as write:
        write.connection.execute(delete(CaseRow).where(CaseRow.id == case_id))
        write.connection.execute(delete(TombstoneRow).where(TombstoneRow.case_id == case_id))
        write.connection.execute(insert(TombstoneRow).values(case_id=case_id, change_seq=write.seq))


def random_cases(count: int, seed: int, open_share: float = 0.3) -> list[dict[str, Any]]:
    """Cases with every dimension drawn at random, in states that could be real."""
    rng = np.random.default_rng(seed)
    return [_random_case(id_, rng, open_share) for id_ in range(1, count + 1)]


def _random_case(id_: int, rng: np.random.Generator, open_share: float) -> dict[str, Any]:
    lists = taxonomy()

    def pick(name: str, *also: str) -> str:
        return str(rng.choice([*also, *lists.terms(name)]))

    received = NOW - int(rng.integers(0, 60 * DAY))
    drawn = {
        "received_at": received,
        "priority": pick("priorities"),
        "channel": pick("channels"),
        "source_type": pick("source_types", ""),
        "requester_kind": pick("requester_kinds"),
        "platform": pick("platforms", ""),
        "surface": pick("surfaces", ""),
        "abuse_type": pick("abuse_types", ""),
        "market": str(rng.choice(["", "DE", "NA", "JP", "BR"])),
        "language": str(rng.choice(["", "de", "ja", "pt-BR"])),
        "tier": pick("tiers"),
        "partner_id": int(rng.integers(1, 6)) if rng.random() < 0.7 else None,
        "team": str(rng.choice(["", "red", "blue"])),
        "assignee": str(rng.choice(["", "ana", "bo"])),
        "reopen_count": int(rng.random() < 0.2),
        "unsupported_pause": bool(rng.random() < 0.1),
        "data_fault": str(rng.choice(["", "", "reply_before_received"])),
        "legal_hold": bool(rng.random() < 0.1),
        "restriction": str(rng.choice(["open", "open", "open", "restricted", "sealed"])),
        "calendar": str(rng.choice(["24x7", "berlin"])),
    }
    if rng.random() < open_share:
        return a_case(id_, **drawn, **_open_state(received, rng))
    return a_finished_case(id_, **drawn, **_finished_state(received, rng))


def _open_state(received: int, rng: np.random.Generator) -> dict[str, Any]:
    owner = str(rng.choice(["us", "us", "requester", "policy", "legal"]))
    runs = owner != "requester" and rng.random() < 0.8
    replied = received + int(rng.integers(0, HOUR)) if rng.random() < 0.5 else None
    due = NOW + int(rng.integers(-5 * HOUR, 20 * HOUR)) // MINUTE * MINUTE
    return {
        "status": "in_progress" if owner == "us" else f"awaiting_{owner}",
        "owner": owner,
        "owner_since_at": received,
        "first_response_at": replied,
        "frt_us": None if replied is None else replied - received,
        "sla_frt": str(rng.choice(["met", "breached"])) if replied else "running",
        "frt_due_at": due if not replied else received + HOUR,
        "sla_ttr": "running" if runs else "paused",
        "ttr_due_at": due if runs else None,
        "next_clock": ("ttr" if replied else "frt") if runs else "",
        "next_due_at": due if runs else None,
        "next_target_us": 8 * HOUR if runs else None,
        # Worked time counts from 2000; the clock has used up to twelve hours of it by now.
        "next_base_us": NOW - ORIGIN - int(rng.integers(0, 12 * HOUR)) if runs else None,
        "next_calendar": ALWAYS_OPEN if runs else "",
        "first_breached_at": NOW - int(rng.integers(0, 40 * DAY)) if rng.random() < 0.2 else None,
    }


def _finished_state(received: int, rng: np.random.Generator) -> dict[str, Any]:
    resolved = min(received + int(rng.integers(HOUR, 10 * DAY)), NOW - MINUTE)
    known = rng.random() < 0.9
    return {
        "status": str(rng.choice(["resolved", "closed", "merged", "cancelled"])),
        "resolved_at": resolved if known else None,
        "closed_at": resolved + MINUTE if rng.random() < 0.5 else None,
        "last_event_at": resolved,
        "first_response_at": received + HOUR // 2,
        "frt_us": HOUR // 2 if known else None,
        "sla_ttr": str(rng.choice(["met", "breached", "none"])),
        "outcome": str(rng.choice(["upheld", "overturned_restored", ""])),
    }
