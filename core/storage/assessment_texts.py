"""What people wrote in assessments and on the register, as erasing and retention know it.

Levels, verdicts and vectors stay, so that an erased assessment still judges the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, select, tuple_

from core.clock import to_micros
from core.risk.framework import Assessment, Evidence
from core.risk.framework_record import assessment_text, read_assessment
from core.risk.register import Status, register_rules
from core.storage.assessments import ASSESSMENTS, OVERRIDES, params_text, read_params
from core.storage.engine import Write
from core.storage.personal_texts import Tells, Written, erasing
from core.storage.retention import kept_for
from core.storage.risks import RISKS

SUBJECT = (ASSESSMENTS.c.kind, ASSESSMENTS.c.subject_key)
# What an override says is about its assessment's subject.
OVERRIDDEN = select(OVERRIDES, *SUBJECT, ASSESSMENTS.c.params).join(
    ASSESSMENTS, ASSESSMENTS.c.id == OVERRIDES.c.assessment_id
)


def _past_time(write: Write, at: datetime) -> dict[Table, ColumnElement[bool]]:
    """What is older than it is kept, but for what stands on the register open."""
    before = to_micros(at - kept_for()[register_rules().kept_as])
    is_open = RISKS.c.status == Status.OPEN.value
    kept: set[tuple[str, str]] = set()
    for row in write.connection.execute(select(RISKS).where(is_open)):
        kept |= {("risk", f"R-{row.id:04d}"), (row.origin_kind, row.origin_key)}
    is_free = tuple_(*SUBJECT).not_in(sorted(kept))
    return {
        ASSESSMENTS: and_(ASSESSMENTS.c.made_at < before, is_free),
        OVERRIDES: and_(OVERRIDES.c.made_at < before, is_free),
        RISKS: and_(~is_open, RISKS.c.changed_at < before),
    }


def _of_assessment(row: Row[Any], tells: Tells) -> Mapping[str, object]:
    values = dict(_of_risk(row, tells))
    made = read_assessment(row.record)
    told = _without(made, tells)
    if told != made:
        values["record"] = assessment_text(told)
    return values


def _of_risk(row: Row[Any], tells: Tells) -> Mapping[str, object]:
    """The columns of words; an override has no title and its filter is the assessment's."""
    texts = {name: getattr(row, name, "") for name in ("title", "reason")}
    values = {name: "" for name, text in texts.items() if text and tells(text)}
    if "title" in row._fields:
        filter_ = read_params(row.params)
        if filter_.text and tells(filter_.text):
            values["params"] = params_text(filter_.without("text"))
    return values


def _without(made: Assessment, tells: Tells) -> Assessment:
    judged = {
        key: replace(one, evidence=tuple(_emptied(each, tells) for each in one.evidence))
        for key, one in made.judgements.items()
    }
    return replace(made, judgements=judged)


def _emptied(evidence: Evidence, tells: Tells) -> Evidence:
    words = f"{evidence.text}\n{evidence.source}"
    is_empty = not words.strip()
    return evidence if is_empty or not tells(words) else replace(evidence, text="", source="")


ASSESSMENT_TEXTS = erasing(
    (
        Written(ASSESSMENTS, ("subject_key", "title", "params", "record"), _of_assessment),
        Written(OVERRIDES, ("reason", "subject_key", "params"), _of_risk, OVERRIDDEN),
        Written(RISKS, ("origin_key", "title", "params", "reason"), _of_risk),
    ),
    _past_time,
)
