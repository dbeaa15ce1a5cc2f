"""The tables of the snapshot: cases without texts, the partners and grants that reads join.

``cases`` holds every case, ``open_cases`` the unfinished ones again, because most reads want them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ColumnElement, MetaData, Table, Text, or_

from core.storage.tables import CaseRow

# Copied as they stand in the store; each becomes an enum.
CODES = (
    "source",
    "channel",
    "source_type",
    "requester_kind",
    "platform",
    "surface",
    "abuse_type",
    "clause",
    "tier",
    "market",
    "language",
    "team",
    "assignee",
    "priority",
    "status",
    "calendar",
    "outcome",
    "overturn_reason",
    "enforcement_action",
    "restriction",
    "retention_class",
    "sla_frt",
    "sla_nrt",
    "sla_upd",
    "sla_ttr_first",
    "sla_ttr",
    "next_clock",
    "next_calendar",
    "owner",
    "data_fault",
    "policy_version",
)
NUMBERS = (
    "id",
    "partner_id",
    "received_at",
    "csat",
    "first_response_at",
    "first_resolved_at",
    "resolved_at",
    "closed_at",
    "last_event_at",
    "reopen_count",
    "transfer_count",
    "frt_due_at",
    "nrt_due_at",
    "upd_due_at",
    "ttr_due_at",
    "frt_us",
    "ttr_first_us",
    "ttr_us",
    "nrt_worst_us",
    "upd_worst_us",
    "frt_breached_at",
    "ttr_breached_at",
    "first_breached_at",
    "next_due_at",
    "next_target_us",
    "next_base_us",
    "owner_since_at",
    "time_us_us",
    "time_requester_us",
    "time_policy_us",
    "time_product_us",
    "time_legal_us",
    "time_external_us",
    "time_out_of_hours_us",
    "wall_us",
)
SWITCHES = ("legal_hold", "unsupported_pause")
# Worked out when a row enters: family and region from the lists, category from the partner.
DERIVED_CODES = ("abuse_family", "region", "partner_category")
DERIVED_NUMBERS = ("ended_at",)  # when a finished case ended; NULL while it is open
DERIVED_SWITCHES = ("has_breach",)  # a miss is recorded on one of its clocks

# What the queue asks for; fetched together where the rows are few.
QUEUE_COLUMNS = (
    *("partner_id", "received_at", "first_response_at", "resolved_at", "closed_at", "ended_at"),
    *("reopen_count", "frt_due_at", "nrt_due_at", "upd_due_at", "ttr_due_at", "frt_us"),
    *("first_breached_at", "next_due_at", "next_target_us", "next_base_us"),
    *(name for name in CODES if name not in {"source", "retention_class", "policy_version"}),
    *(*DERIVED_CODES, *SWITCHES, *DERIVED_SWITCHES),
)
# A case is recent when one of these is.
RECENT_MOMENTS = (
    *("received_at", "first_response_at", "resolved_at", "ended_at", "first_breached_at"),
)
RECENT_COLUMNS = (*RECENT_MOMENTS, "frt_us", "restriction", "owner")
COPIED = (*NUMBERS, *SWITCHES, *CODES)
ALL_CODES = (*CODES, *DERIVED_CODES)
METADATA = MetaData()


def _cases(name: str) -> Table:
    return Table(
        name,
        METADATA,
        *(Column(c, BigInteger) for c in NUMBERS),
        *(Column(c, Boolean) for c in SWITCHES),
        *(Column(c, Text) for c in CODES),
        *(Column(c, Text) for c in DERIVED_CODES),
        *(Column(c, BigInteger) for c in DERIVED_NUMBERS),
        *(Column(c, Boolean) for c in DERIVED_SWITCHES),
    )


CASES = _cases("cases")
OPEN_CASES = _cases("open_cases")
PARTNERS = Table(
    "partners",
    METADATA,
    Column("id", BigInteger),
    Column("ref", Text),
    Column("name", Text),
    Column("category", Text),
    Column("lead_id", BigInteger),  # its own, or that of the partner that it was merged into
)
GRANTS = Table(
    "grants",
    METADATA,
    Column("case_id", BigInteger),
    Column("kind", Text),
    Column("name", Text),
)
MARK = Table(
    "mark",
    METADATA,
    Column("seq", BigInteger),
    Column("taken_at", BigInteger),
    Column("state", BigInteger),  # the number of the last write that changed a case or a partner
)

STORED = CaseRow.__table__


def is_recent(cases: Table, since: int) -> ColumnElement[bool]:
    """True for a case that something happened to: received, answered, missed, resolved, ended."""
    return or_(*(cases.c[name] >= since for name in RECENT_MOMENTS))
