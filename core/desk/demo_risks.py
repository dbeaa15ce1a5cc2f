"""Perceived risks of the demo workspace, assessed by the framework and put on the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from core.access.model import Person
from core.access.rules import scope_of
from core.cases.filter import CaseFilter, Segment
from core.desk.assessments import Said, override_verdict, record_assessment, subject_for
from core.desk.boot import Desk
from core.desk.risk_register import add_risk, add_risk_by_hand, review_proposed
from core.desk.surges import place_of, scope_name
from core.reference import read_reference
from core.risk.subjects import Subject
from core.risk.weeks import DAYS_PER_WEEK
from core.settings import REFERENCE_DIR
from core.storage.directory import partners

RISKS_FILE = REFERENCE_DIR / "demo" / "risks.yaml"
LEAD_ROLE = "team_lead"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Point(_Strict):
    level: str | None = None
    why: str = ""
    source: str = ""


class _Override(_Strict):
    verdict: str
    reason: str


class _Risk(_Strict):
    about: Literal["surge", "partner", "risk"]
    title: str
    owner: str
    surge: int = 0
    points: dict[str, _Point] = {}
    override: _Override | None = None
    filter: dict[str, str] = {}


class _Risks(_Strict):
    risks: tuple[_Risk, ...]


def add_risks(desk: Desk, truth: Mapping[str, Any]) -> int:
    """Put them on the register; gives how many."""
    found = read_reference(RISKS_FILE, _Risks).risks
    for one in found:
        lead = Person(one.owner, one.owner, LEAD_ROLE)
        if one.about == "risk":
            filter_ = CaseFilter.from_params({"segment": Segment.ALL.value, **one.filter})[0]
            day = review_proposed(desk, lead, None)
            add_risk_by_hand(desk, lead, one.title, filter_, one.owner, day)
        else:
            _assess(desk, lead, one, _subject(desk, lead, one, truth))
    return len(found)


def _assess(desk: Desk, lead: Person, one: _Risk, subject: Subject) -> None:
    said = {key: Said(p.level, p.why, p.source) for key, p in one.points.items()}
    ref = record_assessment(desk, lead, subject, said)
    if one.override:
        override_verdict(desk, lead, ref, one.override.verdict, one.override.reason)
    add_risk(desk, lead, subject, one.owner, review_proposed(desk, lead, None))


def _subject(desk: Desk, lead: Person, one: _Risk, truth: Mapping[str, Any]) -> Subject:
    everything = CaseFilter(segment=Segment.ALL)
    if one.about == "partner":
        name = truth["partner_in_decline"]["partner"]
        with desk.store.read() as connection:
            known = {found.name: found.ref for found in partners(connection, scope_of(lead))}
        return subject_for(desk, lead, "partner", known[name], one.title, everything)
    surge = truth["surges"][one.surge]
    since = datetime.fromisoformat(surge["week_starts"]).date()
    until = since + timedelta(days=DAYS_PER_WEEK - 1)
    values = {name: (value,) for name, value in surge["slice"].items()}
    filter_ = everything.but(received_from=since, received_to=until, zone=lead.zone, **values)
    # Named like the finding of the scan, so that both have one history.
    place = place_of(since, surge["slice"], CaseFilter(), scope_name(scope_of(lead)))
    return subject_for(desk, lead, "surge", place.key, one.title, filter_)
