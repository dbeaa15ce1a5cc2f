"""Pieces that several sentences of a brief are made of."""

from __future__ import annotations

from collections.abc import Sequence

from core.desk.health_moves import Part
from core.desk.partner_brief import Counted, PartnerBrief
from core.desk.partner_health_view import Behind, InputChange
from core.partners.record_rules import record_rules
from core.partners.score_rules import Kind
from core.reports.document import Claim, Line, Piece
from core.ui.format import plural
from core.ui.partner.health_words import input_label, signed, value_words
from core.ui.words import DIMENSION_LABELS, value_label


def claim(counted: Counted, noun: str) -> Claim:
    """A number with its noun, and the cases that it counts."""
    return Claim(plural(counted.count, noun), counted.filter)


def joined(parts: Sequence[Line]) -> Line:
    """Pieces with commas between."""
    found: list[Piece] = []
    for part in parts:
        found += [", ", *part] if found else part
    return tuple(found)


def case_title(brief: PartnerBrief, title: str) -> str:
    """A title in one line, cut where the page ends; '' where there is none to read."""
    if not brief.reads_text:
        return ""
    return one_line(title, record_rules().brief.longest_title)


def one_line(text: str, longest: int) -> str:
    """What somebody wrote as one line, cut where it would be too long."""
    words = " ".join(text.split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


def input_changed(brief: PartnerBrief, part: InputChange) -> Line:
    """``SLA attainment 90 % → 75 % (−5.2 points): 22 of 40 cases``."""
    kind = brief.health.standing.rules.inputs[part.name].kind
    values = [
        "not recorded" if figures is None else value_words(kind, figures.value)
        for figures in (part.before, part.after)
    ]
    told = f"{input_label(part.name)} {values[0]} → {values[1]} ({signed(part.part)} points)"
    behind = part.cases_after
    if behind is None or not behind.count:
        return (f"{told}.",)
    return (f"{told}: ", *_behind(behind, kind), ".")


def _behind(behind: Behind, kind: Kind) -> Line:
    cases = Claim(plural(behind.count, "case"), behind.of)
    if kind is not Kind.SHARE or behind.hits is None or behind.hit_count is None:
        return (cases,)
    return (Claim(f"{behind.hit_count:,}", behind.hits), " of ", cases)


def slice_words(part: Part) -> Line:
    """``Channel Partner e-mail: 12 of 30 cases, 25 of 28 before``."""
    what = f"{DIMENSION_LABELS[part.dimension].lower()} {value_label(part.dimension, part.value)}"
    before = f", {part.before_hits:,} of {part.before_of:,} before"
    hits = Claim(f"{part.after_hits:,}", part.hits)
    cases = Claim(plural(part.after_of, "case"), part.of)
    return (f"{what}: ", hits, " of ", cases, before)
