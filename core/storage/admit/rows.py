"""Turns case lines and their clocks into the columns of ``cases`` and ``case_texts``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.storage.admit.undated import forget_undated
from core.storage.bulk import plain
from core.storage.fold import fold
from core.storage.retention import RetentionRules
from core.storage.search import searchable

# Columns that stand in the store as the lines have them.
FROM_LINES = (
    *("source", "external_id", "content_hash", "received_at", "channel", "source_type"),
    *("requester_kind", "platform", "surface", "abuse_type", "clause", "partner_id", "market"),
    *("language", "team", "assignee", "calendar", "first_priority", "first_tier"),
    *("first_requester_kind", "outcome", "overturn_reason", "enforcement_action", "csat"),
    *("restriction", "legal_hold"),
)
# Columns that the clocks decide.
FROM_CLOCKS = (
    *("priority", "tier", "status", "first_response_at", "first_resolved_at", "resolved_at"),
    *("closed_at", "last_event_at", "reopen_count"),
    *("sla_frt", "sla_nrt", "sla_upd", "sla_ttr_first", "sla_ttr"),
    *("frt_due_at", "nrt_due_at", "upd_due_at", "ttr_due_at"),
    *("frt_us", "ttr_first_us", "ttr_us", "nrt_worst_us", "upd_worst_us"),
    *("frt_breached_at", "ttr_breached_at", "first_breached_at"),
    *("next_clock", "next_due_at", "next_target_us", "next_base_us", "next_calendar"),
    *("owner", "owner_since_at", "time_us_us", "time_requester_us", "time_policy_us"),
    *("time_product_us", "time_legal_us", "time_external_us", "time_out_of_hours_us"),
    *("wall_us", "unsupported_pause", "data_fault", "policy_version"),
)
TEXTS = ("title", "summary", "requester_name", "requester_contact", "attributes")
SEARCHED = ("title", "summary", "requester_name")


def case_columns(
    lines: pd.DataFrame, clocks: pd.DataFrame, events: pd.DataFrame, rules: RetentionRules
) -> dict[str, Sequence[Any]]:
    """All columns of ``cases`` but the keys and the stamp of the write."""
    columns: dict[str, Sequence[Any]] = {name: plain(lines[name]) for name in FROM_LINES}
    clocks = forget_undated(clocks, lines, events)
    columns |= {name: plain(clocks[name]) for name in FROM_CLOCKS}
    columns["retention_class"] = rules.classes(lines).tolist()
    columns["transfer_count"] = _transfers(lines, events)
    return columns


def _transfers(lines: pd.DataFrame, events: pd.DataFrame) -> list[int]:
    keys = events["key"].to_numpy()[(events["kind"] == "transferred").to_numpy()]
    place = np.searchsorted(lines["key"].to_numpy(), keys)
    return list(np.bincount(place, minlength=len(lines)).tolist())


def search_texts(lines: pd.DataFrame) -> list[str]:
    """The folded text of each line, for the index."""
    return [searchable(parts) for parts in zip(*(lines[n].tolist() for n in SEARCHED), strict=True)]


def text_columns(lines: pd.DataFrame, folded: list[str]) -> dict[str, Sequence[Any]]:
    """All columns of ``case_texts`` but the key."""
    columns: dict[str, Sequence[Any]] = {name: lines[name].tolist() for name in TEXTS}
    columns["requester_key"] = requester_keys(
        columns["requester_contact"], columns["requester_name"]
    )
    columns["folded"] = folded
    return columns


def requester_keys(contacts: Sequence[str], names: Sequence[str]) -> list[str]:
    """A hash of the requester's address, or of the name where there is none, for ``erase``."""
    known: dict[str, str] = {"": ""}
    keys = []
    for contact, name in zip(contacts, names, strict=True):
        who = contact or name
        if who not in known:
            known[who] = requester_key(who)
        keys.append(known[who])
    return keys


def requester_key(who: str) -> str:
    """The hash by which a requester is found again without keeping the address in an index."""
    return hashlib.sha256(fold(who).encode()).hexdigest()[:32]
