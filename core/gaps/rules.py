"""What may be done to a gap, by whom and with what said: pure; the moves themselves are in workflow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from core.cases.filter import CaseFilter
from core.errors import BadInput, Refused
from core.gaps.limits import GapLimits, gap_limits
from core.gaps.matching import is_narrow, lasting
from core.gaps.model import Gap, GapEntry, GapTask, Given, NewGap
from core.gaps.workflow import LISTS, Move, Need, moves, moves_from
from core.risk.investigation_rules import absolute
from core.taxonomy import taxonomy
from core.written import usable_text

LEAD = "team_lead"
UNDOABLE = ("linked", "unlinked")
WORKED = "worked"  # the verdict on an effect that lets a gap be closed


def usable_gap(new: NewGap, username: str, team: str) -> NewGap:
    """A gap as it is kept; what it lacks or names wrongly is refused with its place."""
    limits = gap_limits()
    return replace(
        new,
        title=usable_text(new.title, "title", limits.longest_title),
        statement=usable_text(new.statement, "statement", limits.longest_statement),
        gap_type=usable_code("gap_types", new.gap_type, "type"),
        severity=usable_code("gap_severities", new.severity, "severity"),
        abuse_types=tuple(
            usable_code("abuse_types", one, "areas")
            for one in _several(new.abuse_types, "areas", limits.most_areas)
        ),
        clauses=_several(new.clauses, "clauses", limits.most_clauses),
        matching=usable_matching(new.matching, username, team),
        sponsor_team=usable_name(new.sponsor_team, "sponsor team", limits),
        stakeholders=tuple(
            usable_name(one, "stakeholders", limits)
            for one in _several(new.stakeholders, "stakeholders", limits.most_stakeholders)
        ),
    )


def usable_matching(filter_: CaseFilter | None, username: str, team: str) -> CaseFilter | None:
    """The filter in words that mean the same to everybody and at all times; one for all cases is refused."""
    if filter_ is None:
        return None
    kept = lasting(absolute(filter_, username, team))
    if is_narrow(kept):
        return kept
    raise Refused(
        "Without any condition, every case would match.",
        hint="Choose what the cases of this gap have in common.",
    )


def usable_name(name: str, at: str, limits: GapLimits) -> str:
    """A name of a team or person; may be empty."""
    return _short(" ".join(name.split()), at, limits.longest_name)


def usable_code(list_name: str, value: str, at: str) -> str:
    """A value that the list has."""
    terms = taxonomy().terms(list_name)
    if value in terms:
        return value
    hint = "one of " + ", ".join(list(terms)[:8])
    raise BadInput(f"'{value[:40]}' is unknown.", at=at, hint=hint)


def usable_link(link: str) -> str:
    """An address that a browser opens as a page, or none; anything that would run is refused."""
    if not link.strip():
        return ""
    parts = urlsplit(link.strip())
    if parts.scheme in {"http", "https"} and parts.netloc:
        return _short(parts.geturl(), "link", gap_limits().longest_text)
    raise BadInput(f"'{link[:80]}' is no link.", at="link", hint="begin it with https://")


def usable_given(given: Given) -> Given:
    """What was said along with an act, as it is kept."""
    reason = given.reason.strip()
    if reason:
        reason = usable_text(reason, "reason", gap_limits().longest_text)
    return replace(given, reason=reason, link=usable_link(given.link))


def usable_refs(refs: Iterable[str]) -> tuple[str, ...]:
    """References of cases as they were typed, each once, not more than one act may link."""
    found = tuple(dict.fromkeys(ref.strip().upper() for ref in refs if ref.strip()))
    refusal = why_not_so_many(len(found))
    if refusal:
        raise refusal
    return found


def why_not_so_many(number: int) -> Refused | None:
    """Why so many cases are not linked in one act."""
    most = gap_limits().most_linked_at_once
    if number <= most:
        return None
    return Refused(
        f"{number:,} cases are too many to link at once; at most {most:,} are.",
        hint="Narrow the list, or say with a filter which cases the gap is about.",
    )


def why_not_link(linked: int, more: int) -> Refused | None:
    """Why a gap takes no more links."""
    most = gap_limits().most_linked
    if linked + more <= most:
        return None
    return Refused(
        f"A gap has at most {most:,} linked cases; this one has {linked:,}.",
        hint="Say with a filter which cases the gap is about.",
    )


def why_not_change(gap: Gap) -> Refused | None:
    """A closed gap stands as it was closed, until somebody opens it again; evidence still comes in."""
    if gap.is_open:
        return None
    return Refused(
        f"{gap.ref} is closed and is not changed any more.", hint=f"{_way_on(gap)} first."
    )


def why_not_edit(gap: Gap, username: str, *, may_write: bool) -> Refused | None:
    """Facts belong to those who write gaps, to the owner, and to the proposer until it is answered."""
    if may_write or gap.owner == username:
        return None
    if gap.proposed_by == username and gap.responded_at is None:
        return None
    return Refused(
        f"{gap.ref} is not yours to change.",
        hint="Add a note, or ask its owner, a policy liaison or a team lead.",
    )


def why_not_unlink(links_of_others: int, *, may_write: bool) -> Refused | None:
    """What somebody linked is theirs to take away, or of those who write gaps."""
    if may_write or not links_of_others:
        return None
    return Refused(
        f"{links_of_others:,} of these cases were linked by somebody else.",
        hint="Ask a policy liaison or a team lead.",
    )


def why_not_one_more_task(number: int) -> Refused | None:
    """Why a gap takes no more tasks."""
    most = gap_limits().most_tasks
    if number < most:
        return None
    return Refused(f"A gap has at most {most} tasks.", hint="Split it into two gaps.")


def why_not_finish(gap: Gap, task: GapTask, username: str, *, may_write: bool) -> Refused | None:
    """A task is finished once, by whoever it is given to or whoever may change the gap."""
    if task.done_at is not None:
        return Refused(f"That task was finished by {task.done_by}.")
    if not gap.is_open:
        return why_not_change(gap)
    if task.owner == username:
        return None
    return why_not_edit(gap, username, may_write=may_write)


def why_not_undo(
    entry: GapEntry | None, username: str, since: timedelta, *, may_write: bool
) -> Refused | None:
    """Linking and unlinking can be taken back for a while, by whoever did it."""
    if entry is None or entry.act not in UNDOABLE:
        return Refused("Only linking and unlinking can be taken back.")
    if entry.is_undone:
        return Refused("That was taken back already.")
    if entry.by != username and not may_write:
        return Refused(f"That was done by {entry.by}.", hint="Ask them to take it back.")
    if since >= gap_limits().undo_for:
        minutes = gap_limits().undo_minutes
        return Refused(f"It can be taken back for {minutes} minutes; they are over.")
    return None


def why_not_move(
    gap: Gap, act: str, given: Given, role: str, today: date, effect: str = ""
) -> Refused | None:
    """Why an act does not move the gap: not from its states, or not without what the act needs."""
    move = moves().get(act)
    if move is None or not move.leads_from(gap.states):
        return _not_from_here(gap, move)
    said = _said(given, role, effect)
    for need, asked in move.needs.items():
        if not said[need]:
            return _lacking(move, need, asked, effect)
    return _why_not_day(move, given.day, today)


def why_not_verify(
    gap: Gap, proof: Given, effect_verdict: str, role: str, today: date
) -> Refused | None:
    """Why a gap cannot be closed as verified: it needs a proof, and an effect that is there."""
    return why_not_move(gap, "verify", proof, role, today, effect_verdict)


def _said(given: Given, role: str, effect: str) -> dict[Need, bool]:
    return {
        "reason": bool(given.reason.strip()),
        "link": bool(given.link.strip()),
        "review_on": given.day is not None,
        "shipped_on": given.day is not None,
        "effect": effect == WORKED,
        "lead": role == LEAD,
    }


def _not_from_here(gap: Gap, move: Move | None) -> Refused:
    label = taxonomy().label
    now = " and ".join(label(LISTS[axis], gap.states.on(axis)).lower() for axis in LISTS)
    open_acts = [one.label.lower() for one in moves_from(gap.states)]
    does = f"'{move.label}' is" if move else "That is"
    return Refused(
        f"{gap.ref} is {now}; {does} not open to it.", hint=f"Open to it: {', '.join(open_acts)}."
    )


def _lacking(move: Move, need: Need, asked: str, effect: str) -> Refused:
    if need == "effect":
        verdict = effect.replace("_", " ") or "not judged"
        return Refused(
            f"The measured effect is: {verdict}. A gap is closed as verified when it worked.",
            hint="Wait for more cases, reopen it, or let a team lead set it aside unverified.",
        )
    if need == "lead":
        return Refused(f"'{move.label}' is for a team lead.", hint="Ask one, with your reason.")
    return Refused(f"'{move.label}' needs: {asked.lower()}.", hint=f"{asked}: say it.")


def _why_not_day(move: Move, day: date | None, today: date) -> Refused | None:
    asked = {*move.needs, *move.may}
    if day is None:
        return None
    if "shipped_on" in asked and day > today:
        return Refused("That day is still to come.", hint="Record it once the change is in force.")
    if "review_on" in asked and day <= today:
        return Refused("That day is over.", hint="Choose a day to come.")
    return None


def _way_on(gap: Gap) -> str:
    open_acts = moves_from(gap.states)
    return open_acts[0].label if open_acts else "Ask a team lead"


def _several(values: Sequence[str], at: str, most: int) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
    if len(kept) > most:
        raise BadInput(f"{len(kept)} {at} are named.", at=at, hint=f"at most {most}")
    return kept


def _short(text: str, at: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    raise BadInput(
        f"The {at} has {len(text):,} characters.", at=at, hint=f"use at most {longest:,}"
    )
