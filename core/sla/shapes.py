"""The frames that enter and leave the SLA room, with their grain."""

from __future__ import annotations

from core.frames import FrameShape

SLA_CASES = FrameShape(
    name="SLA_CASES",
    grain="one row per case with the values at receipt, sorted by key",
    columns={
        "key": "int64",
        "priority": "str",
        "tier": "str",
        "requester_kind": "str",
        "calendar": "str",
    },
)

SLA_EVENTS = FrameShape(
    name="SLA_EVENTS",
    grain="one row per event, sorted by key, at and the order in which it was recorded",
    columns={"key": "int64", "at": "int64", "kind": "str", "value": "str"},
)

_VERDICTS = ("sla_frt", "sla_nrt", "sla_upd", "sla_ttr_first", "sla_ttr")
_MOMENTS_AND_LENGTHS = (
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
    "last_event_at",
    "first_response_at",
    "first_resolved_at",
    "resolved_at",
    "closed_at",
)
_TEXTS = (
    "next_clock",
    "next_calendar",
    "owner",
    "data_fault",
    "policy_version",
    "status",
    "priority",
    "tier",
)
_SUMS = (
    "time_us_us",
    "time_requester_us",
    "time_policy_us",
    "time_product_us",
    "time_legal_us",
    "time_external_us",
    "time_out_of_hours_us",
    "wall_us",
)

CLOCK_CACHE = FrameShape(
    name="CLOCK_CACHE",
    grain="one row per case: its clocks as far as its events tell, indexed like SLA_CASES",
    columns={
        **dict.fromkeys(_VERDICTS, "str"),
        **dict.fromkeys(_MOMENTS_AND_LENGTHS, "Int64"),
        **dict.fromkeys(_TEXTS, "str"),
        **dict.fromkeys(_SUMS, "int64"),
        "unsupported_pause": "bool",
        "reopen_count": "int64",
    },
)
