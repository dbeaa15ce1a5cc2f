"""The sentences of a fall: who fell how far, which input pulled it down, and in which cases."""

from __future__ import annotations

from core.cases.filter import DIMENSIONS
from core.desk.health_moves import Part
from core.desk.partner_movers import CauseCases, SeenMover
from core.taxonomy import taxonomy
from core.ui.format import UNKNOWN, escape, share
from core.ui.input_words import COUNTED, input_label, value_words
from core.ui.partners.partner_words import MINUS, signed

PREPOSITIONS = {"channel": "by", "abuse_type": "in", "market": "from"}


def fall_sentence(seen: SeenMover, level: float) -> str:
    """``**Marisombra Courier** (T1) fell from 71.2 to 55.0 (−16.2, 80 %: −24 to −8).``

    With a decimal place, so that the fall is the difference that a reader works out.
    """
    mover = seen.found.mover
    ends = f"{signed(mover.low)} to {signed(mover.high)}"
    tier = f" ({seen.tier})" if seen.tier else ""
    return (
        f"**{escape(seen.found.name)}**{tier} fell from **{mover.before:.1f}** to"
        f" **{mover.after:.1f}** ({_decimal(mover.total)}, {share(level)}: {ends})."
    )


def cause_sentence(one: CauseCases) -> str:
    """``SLA attainment, 28 days: 90 % → 75 % (−9 points)``, without its full stop."""
    cause = one.cause
    before = value_words(one.kind, cause.before.value) if cause.before else "not recorded"
    after = value_words(one.kind, cause.after.value) if cause.after else "not recorded"
    told = f"{input_label(cause.name)}: {before} → {after} ({_points(cause.part)}"
    if cause.part < 0 and cause.others < cause.part / 2:
        told += ", mostly because what is usual in its tier moved"
    return f"{told})"


def part_sentence(part: Part, one: CauseCases) -> str:
    """``by Partner e-mail: 27 of 30 met before, 20 of 43 now.``"""
    way = PREPOSITIONS.get(part.dimension, "in")
    hit = COUNTED.get(one.cause.name, ("", ""))[0]
    before, after = (
        f"{hits:,} of {of:,}"
        for hits, of in ((part.before_hits, part.before_of), (part.after_hits, part.after_of))
    )
    return f"{way} **{escape(_label(part))}**: {before} {hit} before, {after} now."


def _label(part: Part) -> str:
    terms = DIMENSIONS.get(part.dimension, "")
    if not part.value:
        return UNKNOWN
    return taxonomy().label(terms, part.value) if terms else part.value


def _points(part: float) -> str:
    return f"{_decimal(part)} points"


def _decimal(points: float) -> str:
    return f"{MINUS if points < 0 else '+'}{abs(points):.1f}"
