"""The sentences of a partner's brief: status, what changed, what is open, promised and decided."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from core.clock import to_micros
from core.desk.partner_brief import Counted, OpenNow, PartnerBrief
from core.desk.partner_health_view import InputChange, Standing
from core.partners.commitment import Commitment
from core.partners.record_rules import record_rules
from core.reports.document import (
    Claim,
    Column,
    Document,
    Line,
    Piece,
    Place,
    Section,
    Strong,
    case_place,
)
from core.taxonomy import taxonomy
from core.ui.format import countdown, day, duration, exact, relative
from core.ui.partner.brief_advice import not_say_lines, say_lines
from core.ui.partner.brief_parts import (
    case_title,
    claim,
    input_changed,
    joined,
    one_line,
    slice_words,
)
from core.ui.partner.health_words import (
    band_label,
    ends_words,
    level_words,
    not_enough_words,
    number,
    signed,
)
from core.ui.partner.record_words import due_words

LEFT_OUT = "Left out for your role: titles of cases, texts of promises, and notes."


def brief_document(brief: PartnerBrief, username: str, zone: str) -> Document:
    """The whole page; moments are written in ``zone``."""
    partner, label = brief.partner, taxonomy().label
    about = " · ".join(
        part
        for part in (
            partner.ref,
            label("tiers", partner.tier),
            label("partner_categories", partner.category),
            label("markets", partner.market),
            f"brief of {exact(brief.at, zone)}",
        )
        if part
    )
    sections = (
        Section("status", "Status", _status(brief), Column.LEFT),
        Section("changed", _changed_title(brief), _changed(brief), Column.LEFT),
        Section("open", "Open cases and the next step", _open(brief), Column.LEFT),
        Section("decided", _decided_title(brief), _decided(brief, zone), Column.LEFT),
        Section("say", "Say", say_lines(brief), Column.RIGHT),
        Section("not_say", "Do not say", not_say_lines(brief), Column.RIGHT),
        Section("promised", "What we promised", _promised(brief), Column.RIGHT),
    )
    return Document(partner.name, about, sections, _foot(brief, username))


def _foot(brief: PartnerBrief, username: str) -> tuple[str, ...]:
    told = (
        f"Internal. Made for {username} from data {brief.version:,}. Numbers count cases of the "
        "level open, days in UTC, and open their cases in the desk. Health is the service that we "
        "give; the partner's own conduct is no part of it."
    )
    return (told,) if brief.reads_text else (told, LEFT_OUT)


def _status(brief: PartnerBrief) -> tuple[Line, ...]:
    return (_health(brief), *_load(brief.open))


def _health(brief: PartnerBrief) -> Line:
    standing, place = brief.health.standing, _health_place(brief)
    if not standing.has_score:
        return (Strong("Not enough data"), f" for a score: {not_enough_words(standing)}.")
    told = f" ({level_words(standing.rules)} interval {ends_words(standing)}), "
    score = Place(f"{standing.score:.0f} of 100", *place)
    n = _effective(brief, standing)
    return ("Health ", score, told, Strong(band_label(standing.band.band)), *_by_hand(brief), *n)


def _by_hand(brief: PartnerBrief) -> Line:
    band = brief.health.standing.band
    if band.override is None:
        return ()
    until = day(band.override.until_at - 1)
    return (f" by hand until {until} UTC (computed: {band_label(band.computed)})",)


def _effective(brief: PartnerBrief, standing: Standing) -> Line:
    """The cases that the score rests on, and the way to them."""
    counting = [name for name, own in standing.rules.inputs.items() if own.counts_for_n]
    behind = [one.behind for one in brief.health.lines if one.explained.name in counting]
    found = next((one for one in behind if one is not None), None)
    words = f"effective n {number(standing.effective)}"
    if found is None:
        return (f"; {words}.",)
    return (f"; {words} from ", claim(Counted(found.count, found.of), "judged case"), ".")


def _health_place(brief: PartnerBrief) -> tuple[str, tuple[tuple[str, str], ...]]:
    return "partner", (("partner", brief.partner.ref),)


def _load(found: OpenNow) -> tuple[Line, ...]:
    if not found.open.count:
        return (("No case is open.",),)
    parts: list[Line] = [(claim(found.open, "open case"),)]
    if found.breached.count:
        parts.append((Claim(f"{found.breached.count:,} breached", found.breached.filter),))
    if found.on_requester.count:
        words = f"{found.on_requester.count:,} wait for the requester"
        parts.append((Claim(words, found.on_requester.filter),))
    if found.on_others.count:
        words = f"{found.on_others.count:,} wait for others"
        parts.append((Claim(words, found.on_others.filter),))
    lines: list[Line] = [(*joined(parts), ".")]
    if found.oldest_us is not None:
        oldest = case_place(found.oldest_ref)
        lines.append(("The oldest, ", oldest, f", came in {duration(found.oldest_us)} ago."))
    return tuple(lines)


def _changed_title(brief: PartnerBrief) -> str:
    return f"What changed in {brief.health.standing.rules.trend_days} days"


def _changed(brief: PartnerBrief) -> tuple[Line, ...]:
    trend = brief.health.trend
    for standing in (trend.before, trend.after):
        if not standing.has_score:
            day_on = f"{standing.day:%Y-%m-%d}"
            return (
                (f"No change can be told: on {day_on} there is {not_enough_words(standing)}.",),
            )
    way = "fell" if trend.total < 0 else "rose"
    sure = "sure" if trend.is_sure else "may be chance"
    told = (
        f" from {trend.before.score:.0f} to {trend.after.score:.0f}: {signed(trend.total)} points "
        f"({level_words(trend.after.rules)}: {signed(trend.low)} to {signed(trend.high)}; {sure})."
    )
    lines: list[Line] = [(Strong(f"The score {way}"), told)]
    lines += [input_changed(brief, part) for part in _causes(brief)]
    lines += [("Most in ", *slice_words(part), ".") for part in brief.slices[:1]]
    other = trend.parts[-1]
    if other.part * trend.total < 0:
        lines.append(("Against that: ", *input_changed(brief, other)))
    return tuple(lines)


def _causes(brief: PartnerBrief) -> tuple[InputChange, ...]:
    trend, most = brief.health.trend, record_rules().brief.most_causes
    return tuple(part for part in trend.parts[:most] if part.part * trend.total > 0)


def _open(brief: PartnerBrief) -> tuple[Line, ...]:
    found, at = brief.open, to_micros(brief.at)
    lines = [_case(brief, row, at) for row in found.rows.to_dict("records")]
    rest = found.open.count - len(lines)
    if not found.open.count:
        return (("Nothing is open.",),)
    if rest > 0:
        words = f"all {found.open.count:,} open cases"
        lines.append((f"{rest:,} more among ", Claim(words, found.open.filter), "."))
    return tuple(lines)


def _case(brief: PartnerBrief, row: Mapping[Hashable, Any], at: int) -> Line:
    label = taxonomy().label
    title = case_title(brief, str(row["title"]))
    what = title or label("abuse_types", str(row["abuse_type"])) or "type unknown"
    facts = f" {row['priority']} · {what} · "
    return (case_place(str(row["ref"])), facts, *_next_step(row, at))


def _next_step(row: Mapping[Hashable, Any], at: int) -> tuple[Piece, ...]:
    """Whose turn it is, and when what is due."""
    owner, clock = str(row["owner"]), str(row["next_clock"])
    whose = "ours" if owner == "us" else taxonomy().label("owners_of_time", owner).lower()
    turn = f"turn: {whose}"
    if row["state"] == "paused":
        return (f"{turn}, clock paused",)
    if not clock:
        return (f"{turn}, no clock runs",)
    name = taxonomy().label("clocks", clock).lower()
    due = f"{name} {countdown(row['next_due_at'], at)}"
    return (f"{turn}, ", Strong(due) if row["state"] == "breached" else due)


def _promised(brief: PartnerBrief) -> tuple[Line, ...]:
    standing = [one for one in brief.record.commitments if one.is_open]
    most = record_rules().brief.most_promises
    lines = [_promise(brief, one) for one in standing[:most]]
    if len(standing) > most:
        lines.append((f"{len(standing) - most:,} more in ", _record_place(brief), "."))
    if not standing:
        lines.append(("No promise is open.",))
    return (*lines, _last_contact(brief))


def _promise(brief: PartnerBrief, one: Commitment) -> Line:
    due = due_words(one, brief.record.today)
    first: Piece = Strong("Overdue") if one.is_overdue(brief.record.today) else "Open"
    text = one_line(one.text, record_rules().brief.longest_text)
    told = f": {text}" if text else ""
    return (first, f", {due}, {one.owner or 'nobody'}{told}")


def _last_contact(brief: PartnerBrief) -> Line:
    if not brief.record.contacts:
        return ("No contact outside of cases is logged.",)
    last = brief.record.contacts[0]
    kind = taxonomy().label("contact_kinds", last.kind).lower()
    whom = f" with {last.with_whom}" if last.with_whom else ""
    return (f"Last spoken: {kind} {relative(last.held_at, brief.at)}{whom}.",)


def _record_place(brief: PartnerBrief) -> Place:
    return Place("the record", "partner", (("partner", brief.partner.ref), ("view", "record")))


def _decided_title(brief: PartnerBrief) -> str:
    return f"Decided in {record_rules().brief.decided_days} days"


def _decided(brief: PartnerBrief, zone: str) -> tuple[Line, ...]:
    found, label = brief.decided, taxonomy().label
    if not found.resolved.count:
        return ((f"No case was resolved since {found.first:%Y-%m-%d}.",),)
    parts: list[Line] = [
        (
            Claim(
                f"{one.count:,} {(label('outcomes', outcome) or 'no outcome').lower()}", one.filter
            ),
        )
        for outcome, one in found.outcomes
    ]
    lines: list[Line] = [(claim(found.resolved, "case"), " resolved: ", *joined(parts), ".")]
    for one in found.newest:
        clause = f", clause {one.clause}" if one.clause else ""
        told = f" {day(one.at, zone)}: {label('outcomes', one.outcome).lower()}{clause}"
        lines.append((case_place(one.case_ref), told))
    return tuple(lines)
