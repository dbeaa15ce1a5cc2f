"""Investigations of the demo workspace, about surges that were planted into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from core.access.model import Person
from core.cases.filter import CaseFilter, Segment
from core.clock import to_micros
from core.desk import investigations as commands
from core.desk.boot import Desk
from core.desk.investigations import Seen
from core.reference import read_reference
from core.risk.investigation import Evidence
from core.settings import REFERENCE_DIR
from core.storage.investigation_lists import refs_received
from core.storage.investigation_reads import investigation_version

STORIES_FILE = REFERENCE_DIR / "demo" / "investigations.yaml"
LEAD_ROLE = "team_lead"


class _Hypothesis(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    state: str
    reason: str


class _Finding(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    cases: int  # of the pinned ones, as evidence


class _Story(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    surge: int
    question: str
    lead: str
    members: tuple[str, ...]
    pins: int
    hypotheses: tuple[_Hypothesis, ...]
    findings: tuple[_Finding, ...]
    outcome: str
    status: str


class _Stories(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    stories: tuple[_Story, ...]


def add_investigations(desk: Desk, truth: Mapping[str, Any]) -> int:
    """Tell the stories whose surge has a case in this world; gives how many."""
    surges = truth["surges"]
    told = [
        _tell(desk, story, surges[story.surge])
        for story in read_reference(STORIES_FILE, _Stories).stories
    ]
    return sum(told)


def _tell(desk: Desk, story: _Story, surge: Mapping[str, Any]) -> bool:
    since, until = (datetime.fromisoformat(surge[name]) for name in ("week_starts", "week_ends"))
    with desk.store.read() as connection:
        refs = refs_received(
            connection, surge["slice"], to_micros(since), to_micros(until), story.pins
        )
    if not refs:
        return False
    lead = Person(story.lead, story.lead, LEAD_ROLE)
    week = {"received_from": since.date(), "received_to": (until - timedelta(days=1)).date()}
    values = {name: (value,) for name, value in surge["slice"].items()}
    scope = CaseFilter(segment=Segment.ALL).but(**week, **values)
    ref = commands.open_investigation(desk, lead, story.question, scope, refs)
    commands.move(desk, lead, _now(desk, ref), "in_progress")
    _fill(desk, lead, ref, story, refs)
    if story.outcome:
        commands.move(desk, lead, _now(desk, ref), story.status, story.outcome)
    return True


def _fill(desk: Desk, lead: Person, ref: str, story: _Story, refs: Sequence[str]) -> None:
    for username in story.members:
        commands.add_person(desk, lead, _now(desk, ref), username)
    for one in story.hypotheses:
        item = commands.add_hypothesis(desk, lead, _now(desk, ref), one.text)
        if one.reason:
            now = _now(desk, ref)
            commands.judge_hypothesis(desk, lead, now, item, one.state, one.reason)
    for found in story.findings:
        evidence = Evidence(cases=tuple(refs[: found.cases]))
        commands.add_finding(desk, lead, _now(desk, ref), found.text, evidence)


def _now(desk: Desk, ref: str) -> Seen:
    with desk.store.read() as connection:
        return Seen(ref, investigation_version(connection, ref))
