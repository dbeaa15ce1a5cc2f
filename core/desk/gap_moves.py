"""Moves gaps from state to state; each act obeys the one table of moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time

from core.access.model import Person
from core.access.rules import require
from core.clock import from_micros, to_micros
from core.desk.boot import Desk
from core.desk.gap_effect import effect_of
from core.desk.gap_writes import WRITE, GapChange, Seen, changing
from core.errors import BadInput
from core.gaps.model import NOTHING, Gap, Given
from core.gaps.rules import usable_given, why_not_move
from core.gaps.workflow import Move, moves
from core.storage.engine import Write
from core.storage.gap_reads import gap_by_ref
from core.storage.gaps import Line
from core.taxonomy import taxonomy


def respond(desk: Desk, person: Person, seen: Seen, response: str, given: Given = NOTHING) -> None:
    """Give an answer: assess, accept in full or in part, already done, decline or defer.

    A declined gap is assessed again with what is new.
    """
    acts = [m.act for m in moves().values() if m.axis == "response" and m.to == response]
    if not acts:
        raise BadInput(f"'{response[:40]}' is no response.", at="response")
    move(desk, person, seen, acts, given)


def start(desk: Desk, person: Person, seen: Seen, given: Given = NOTHING) -> None:
    """Say that work has begun."""
    move(desk, person, seen, ["start"], given)


def ship(desk: Desk, person: Person, seen: Seen, given: Given) -> None:
    """Say since which day what is in force."""
    move(desk, person, seen, ["ship"], given)


def verify(desk: Desk, person: Person, seen: Seen, proof: Given, zone: str = "") -> None:
    """Close a gap whose change is proved, and whose effect is judged now to have worked."""
    move(desk, person, seen, ["verify"], proof, zone)


def claim(desk: Desk, person: Person, seen: Seen, given: Given) -> None:
    """Set aside a shipped gap whose effect cannot be measured; it stays open, unverified."""
    move(desk, person, seen, ["claim"], given)


def end_without_change(desk: Desk, person: Person, seen: Seen, given: Given) -> None:
    """Close a gap that was accepted or put off and will not be worked on."""
    move(desk, person, seen, ["end"], given)


def reopen(desk: Desk, person: Person, seen: Seen, given: Given) -> None:
    """Open a gap again whose trouble is back."""
    move(desk, person, seen, ["reopen"], given)


def move(
    desk: Desk, person: Person, seen: Seen, acts: list[str], given: Given, zone: str = ""
) -> None:
    """Do the first of the acts that is open to the gap, or say why none of them is.

    An effect that the act needs is judged here, over days of ``zone`` ('': the person's own).
    """
    require(person, WRITE)
    given = usable_given(given)
    effect = _effect(desk, person, seen.ref, zone) if _needs_effect(acts) else ""
    name = "gap.respond" if moves()[acts[0]].axis == "response" else f"gap.{acts[0]}"
    with changing(desk, person, name, seen) as change:
        make_move(change, acts, given, effect)


def make_move(change: GapChange, acts: Sequence[str], given: Given, effect: str = "") -> None:
    """The same inside a write that was begun."""
    gap, today = change.gap, from_micros(change.write.at).date()
    act = next((a for a in acts if moves()[a].leads_from(gap.states)), acts[0])
    refusal = why_not_move(gap, act, given, change.person.role, today, effect)
    if refusal:
        raise refusal
    chosen = moves()[act]
    change.tell(**{chosen.axis: chosen.to}, **({"effect": effect} if effect else {}))
    line = Line(act, chosen.to, given.reason, given.link)
    change.done(line, **_facts(change.write, gap, chosen, given), erased_at=None)


def _needs_effect(acts: Sequence[str]) -> bool:
    return any("effect" in moves()[act].needs for act in acts)


def _effect(desk: Desk, person: Person, ref: str, zone: str) -> str:
    with desk.store.read() as connection:
        gap = gap_by_ref(connection, ref)
    # Without a gap there is none to be found by the act either, which says so.
    return "" if gap is None else str(effect_of(desk, person, gap, zone).verdict)


def _facts(write: Write, gap: Gap, move: Move, given: Given) -> dict[str, object]:
    facts: dict[str, object] = {move.axis: move.to, f"{move.axis}_at": write.at}
    after = move.after(gap.states)
    facts["closed_at"] = write.at if after.is_closed else None
    if move.axis == "response" and gap.responded_at is None:
        is_answer = taxonomy().gap_responses[move.to].is_set("is_answer")
        facts["responded_at"] = write.at if is_answer else None
    if given.day and "shipped_on" in move.needs:
        facts["shipped_at"] = to_micros(datetime.combine(given.day, time(), UTC))
    if given.day and "review_on" in move.needs:
        facts["review_on"] = given.day.isoformat()
    return facts
