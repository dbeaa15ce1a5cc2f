"""What the states, severities and delays of a policy gap are called, each colour with its word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.cases.filter import LINKED, CaseFilter, Segment
from core.desk.gap_views import GapLine
from core.gaps.model import Gap
from core.gaps.overdue import Overdue
from core.taxonomy import taxonomy
from core.ui.format import DASH, escape

ERASED = "(erased)"
NOBODY = "nobody"
CLOSED = "Closed"
KINDS: Mapping[str, str] = {
    "policy": "Policy",
    "enforcement": "Enforcement",
    "process": "Process and tools",
}
# What is due, before it is late; who is late reads the words of the rules.
NEXT: Mapping[str, str] = {
    "response": "Answer it",
    "plan": "Name a target day",
    "target": "Ship it",
    "review": "Look at it again",
    "verification": "Verify it",
    "task": "Finish a task",
}
# The lists have colours for tables and charts; a badge takes one of the theme's.
SEVERITY_COLOURS = {"low": "gray", "moderate": "blue", "high": "orange", "critical": "violet"}
RESPONSE_COLOURS = {
    "proposed": "gray",
    "assessing": "blue",
    "accepted_full": "green",
    "accepted_part": "green",
    "already_done": "blue",
    "declined": "violet",
    "deferred": "gray",
}
IMPLEMENTATION_COLOURS = {
    "not_started": "gray",
    "in_progress": "blue",
    "shipped": "violet",
    "verified_closed": "green",
    "claimed_unverified": "gray",
    "closed_not_implemented": "gray",
    "reopened": "orange",
}


def severity_badge(severity: str) -> str:
    """How much harm the gap does, as Markdown."""
    return _badge("gap_severities", severity, SEVERITY_COLOURS)


def response_badge(response: str) -> str:
    """What was answered, as Markdown."""
    return _badge("gap_responses", response, RESPONSE_COLOURS)


def implementation_badge(implementation: str) -> str:
    """What was done, as Markdown."""
    return _badge("gap_implementations", implementation, IMPLEMENTATION_COLOURS)


def overdue_badge(words: str) -> str:
    """That something is late, as Markdown."""
    return f":red-badge[:material/alarm: {escape(words)}]"


def title_of(gap: Gap) -> str:
    """The title, or that it was erased."""
    return gap.title or ERASED


def area_words(gap: Gap) -> str:
    """The policy areas by name."""
    return ", ".join(taxonomy().label("abuse_types", value) for value in gap.abuse_types)


def colours(terms: str) -> tuple[list[str], list[str]]:
    """Labels and colours of a list, for a column of a table."""
    found = taxonomy().terms(terms)
    return [term.label for term in found.values()], [term.color for term in found.values()]


def _badge(terms: str, value: str, named: Mapping[str, str]) -> str:
    term = taxonomy().terms(terms)[value]
    return f":{named.get(value, 'gray')}-badge[:material/{term['icon']}: {escape(term.label)}]"


def late_words(late: Overdue) -> str:
    """What is late and by how much: ``No answer yet, 12 d late``."""
    return f"{late.words}, {late.days:,} d late"


def next_words(line: GapLine) -> str:
    """What is to be done next."""
    return NEXT[line.next.kind] if line.next else DASH


def when_words(line: GapLine, today: date) -> str:
    """When that is due: ``8 d late``, ``today``, ``in 12 d``; of a closed gap that it is closed."""
    if not line.gap.is_open:
        return CLOSED
    if line.next is None:
        return DASH
    left = (line.next.on - today).days
    if left < 0:
        return f"{-left:,} d late"
    return "today" if not left else f"in {left:,} d"


def day_words(day: date) -> str:
    """A day that is not broken over two lines."""
    return f"{day:%Y-%m-%d}".replace("-", "\N{NON-BREAKING HYPHEN}")


def linked_filter(ref: str) -> CaseFilter:
    """The cases that are linked to a gap, whatever their state."""
    return CaseFilter(segment=Segment.ALL, gap=f"{ref}{LINKED}")
