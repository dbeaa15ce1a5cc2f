"""What to say in a call and what not, as it follows from the brief's own facts."""

from __future__ import annotations

from core.cases.measures import overturned_outcomes
from core.desk.partner_brief import Counted, PartnerBrief
from core.partners.record_rules import record_rules
from core.reports.document import Claim, Line, Strong
from core.ui.format import plural
from core.ui.partner.brief_parts import claim, joined, one_line, slice_words
from core.ui.partner.health_words import input_label

NOT_FOR_PARTNERS = (
    "Score, band, interval and weights: they are ours, for our own service.",
    "Who asked, and anything about another partner.",
)


def say_lines(brief: PartnerBrief) -> tuple[Line, ...]:
    """What presses first: what got worse, what is late, what comes next, what went well."""
    lines = [*_worse(brief), *_late(brief), *_next(brief), *_went_well(brief), *_notes(brief)]
    return tuple(lines) or (("Nothing presses: ask what is coming up on their side.",),)


def not_say_lines(brief: PartnerBrief) -> tuple[Line, ...]:
    """What must not be said, with the cases where the reader may see them."""
    lines: list[Line] = []
    if brief.held.count:
        lines.append(("Anything about ", claim(brief.held, "case"), " under legal hold."))
    if brief.restricted.count:
        lines.append(("Anything about ", claim(brief.restricted, "restricted case"), "."))
    if brief.open.on_others.count:
        waiting = brief.open.on_others
        wait = "waits" if waiting.count == 1 else "wait"
        lines.append(("A date for the ", claim(waiting, "case"), f" that {wait} for others."))
    return (*lines, *((words,) for words in NOT_FOR_PARTNERS))


def _worse(brief: PartnerBrief) -> list[Line]:
    trend = brief.health.trend
    if not trend.parts or not trend.is_sure or trend.total >= 0:
        return []
    told = f"That our service got worse, most by {input_label(trend.parts[0].name)}"
    where: Line = (", in ", *slice_words(brief.slices[0])) if brief.slices else ()
    return [(told, *where, ".")]


def _late(brief: PartnerBrief) -> list[Line]:
    rules, today = record_rules().brief, brief.record.today
    late = [one for one in brief.record.commitments if one.is_overdue(today)]
    lines: list[Line] = []
    for one in late[: rules.most_late]:
        text = one_line(one.text, rules.longest_title) or "a promise whose text is left out here"
        lines.append((Strong("We are late"), f" with: {text}"))
    if len(late) > rules.most_late:
        more = plural(len(late) - rules.most_late, "more promise")
        lines.append((Strong("We are late"), f" with {more}."))
    if brief.open.breached.count:
        breached = brief.open.breached
        is_one = breached.count == 1
        words = f" {'is' if is_one else 'are'} past due, and who acts next on {'it' if is_one else 'each'}."
        lines.append(("That ", claim(breached, "case"), words))
    return lines


def _next(brief: PartnerBrief) -> list[Line]:
    waiting = brief.open.on_requester
    if not waiting.count:
        return []
    is_one = waiting.count == 1
    told = f" {'waits' if is_one else 'wait'} for an answer of theirs; ask for it."
    return [(claim(waiting, "case"), told)]


def _went_well(brief: PartnerBrief) -> list[Line]:
    parts: list[Line] = []
    overturned = [
        one for outcome, one in brief.decided.outcomes if outcome in overturned_outcomes()
    ]
    if overturned:
        parts.append(_overturned(overturned))
    lines: list[Line] = [("What we put right: ", *joined(parts), ".")] if parts else []
    trend = brief.health.trend
    if trend.parts and trend.is_sure and trend.total > 0:
        lines.append((f"That our service got better, most by {input_label(trend.parts[0].name)}.",))
    return lines


def _overturned(found: list[Counted]) -> Line:
    outcomes = tuple(value for one in found for value in one.filter.outcome)
    whole = found[0].filter.having(outcome=outcomes)
    number = sum(one.count for one in found)
    word = "decision" if number == 1 else "decisions"
    days = record_rules().brief.decided_days
    return (Claim(f"{number:,} overturned {word}", whole), f" in {days} days")


def _notes(brief: PartnerBrief) -> list[Line]:
    if not brief.reads_text:
        return []
    rules = record_rules().brief
    notes = [one for one in brief.record.notes if one.text][: rules.most_notes]
    return [(f"Keep in mind: {one_line(one.text, rules.longest_text)}",) for one in notes]
