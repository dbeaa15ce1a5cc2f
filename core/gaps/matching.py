"""What a gap's matching filter may say: the same cases for everybody, and the same ones tomorrow."""

from __future__ import annotations

from core.cases.filter import CaseFilter, Flag, Segment, Sort
from core.errors import Refused

# Parts that hang on who looks or on the minute; a gap is about cases, whoever and whenever.
PASSING = ("whose", "health", "health_on", "due_within", "age_over", "age_under")
# Verdicts of clocks that run on: what is past due counts as missed from that minute.
CLOCKS = ("sla_frt", "sla_nrt", "sla_upd", "sla_ttr")


def lasting(filter_: CaseFilter) -> CaseFilter:
    """The filter for cases in every state, without what passes; another gap in it is refused."""
    if filter_.gap:
        raise Refused(
            "A gap cannot be described by another gap.",
            hint="Take the gap out of the filter, or choose the cases by what they have in common.",
        )
    flags = tuple(flag for flag in filter_.flags if flag is not Flag.AT_RISK)
    kept = filter_.without(*PASSING).having(segment=Segment.ALL, sort=Sort.URGENCY, flags=flags)
    return kept if kept.has_dates else kept.without("zone")


def is_narrow(filter_: CaseFilter) -> bool:
    """True where a lasting filter leaves anything out; else it would match every case there is."""
    return bool(set(lasting(filter_).chosen()) - {"segment", "sort", "zone"})


def hangs_on_now(filter_: CaseFilter) -> bool:
    """True where which cases satisfy a lasting filter changes with the minute."""
    is_late = {Flag.BREACHED, Flag.WENT_WRONG} & {*filter_.flags}
    return bool(is_late) or any(filter_.values(clock) for clock in CLOCKS)
