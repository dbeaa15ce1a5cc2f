"""Dismisses a finding, confirms it as a surge, or takes that back; each act is an audit entry."""

from __future__ import annotations

from dataclasses import dataclass

from core.access.model import Person
from core.access.rules import require
from core.audit.model import Detail, Draft
from core.cases.filter import CaseFilter
from core.desk.boot import Desk
from core.desk.surges import SeenFinding, surges_view
from core.errors import NotFound, Refused
from core.risk.finding_acts import Act, why_not_act
from core.storage.findings import add_act, end_act, standing_acts


@dataclass(frozen=True, slots=True)
class FindingAsk:
    """Which finding somebody means: as it stood on their page."""

    filter: CaseFilter
    week: str
    zone: str
    key: str


def dismiss_finding(desk: Desk, person: Person, ask: FindingAsk, reason: str) -> None:
    """Say why a finding is no surge; it stays, folded away."""
    _act(desk, person, ask, Act.DISMISS, reason)


def confirm_finding(desk: Desk, person: Person, ask: FindingAsk, reason: str = "") -> None:
    """Say that a finding is a surge; its week is no history for other weeks from now on."""
    _act(desk, person, ask, Act.CONFIRM, reason)


def take_back(desk: Desk, person: Person, ask: FindingAsk) -> None:
    """Undo a dismissal or a confirmation, whoever made it."""
    seen = _seen(desk, person, ask)
    draft = Draft(person.username, "finding.take_back", seen.key, _details(seen))
    with desk.store.write(draft) as write:
        standing = standing_acts(write.connection, seen.place.scope).get(seen.key)
        if standing is None:
            raise Refused("There is nothing to take back.", hint="Somebody did so before.")
        write.details["act"] = standing.act.value
        end_act(write, standing.id)


def _act(desk: Desk, person: Person, ask: FindingAsk, act: Act, reason: str) -> None:
    seen = _seen(desk, person, ask)
    draft = Draft(person.username, f"finding.{act}", seen.key, _details(seen))
    with desk.store.write(draft) as write:
        standing = standing_acts(write.connection, seen.place.scope).get(seen.key)
        refusal = why_not_act(act, reason, standing)
        if refusal:
            raise refusal
        add_act(write, seen.place, act, reason.strip())


def _seen(desk: Desk, person: Person, ask: FindingAsk) -> SeenFinding:
    """The finding, when the person's own reads have it."""
    require(person, "risk.write")
    view = surges_view(desk, person, ask.filter, ask.week, ask.zone)
    seen = view.finding(ask.key)
    if seen is None:
        raise NotFound("Finding", ask.key)
    return seen


def _details(seen: SeenFinding) -> dict[str, Detail]:
    where: dict[str, Detail] = dict(seen.place.slice)
    return {"week": seen.place.week_on.isoformat(), "slice": where}
