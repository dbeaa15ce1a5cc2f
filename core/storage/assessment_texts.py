"""Erases what people wrote in assessments and on the register, with the people it is about.

A text goes as a whole. Levels, verdicts and vectors stay, so that an erased assessment still judges
the same. What names a case under legal hold is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, select, update

from core.clock import to_micros
from core.risk.framework import Assessment, Evidence
from core.risk.framework_record import assessment_text, read_assessment
from core.risk.register import Status, register_rules
from core.storage.assessments import ASSESSMENTS, OVERRIDES, params_text, read_params
from core.storage.engine import Write
from core.storage.fold import fold
from core.storage.retention import CASES, kept_for
from core.storage.risks import RISKS
from core.storage.sets import among

Tells = Callable[[str], bool]
CASE_REF = re.compile(r"E-\d{6,}")


def erase_assessments_about(write: Write, case_ids: Sequence[int]) -> int:
    """Empty every text that names one of these cases; gives how many rows lost some."""
    wanted = among(CASES.c.id, case_ids, write.dialect)
    refs = set(write.connection.execute(select(CASES.c.ref).where(wanted)).scalars())
    return _erase(write, lambda text: bool(refs.intersection(CASE_REF.findall(text))))


def erase_assessment_mentions(write: Write, names: Iterable[str]) -> int:
    """Empty every text and filter that tells any of these names; gives how many rows lost some."""
    known = [folded for folded in map(fold, names) if folded]
    if not known:
        return 0
    told = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in known))
    return _erase(write, lambda text: bool(told.search(fold(text))))


def erase_old_assessments(write: Write, at: datetime) -> int:
    """Empty all texts older than they are kept, but for what stands on the register open."""
    before = to_micros(at - kept_for()[register_rules().kept_as])
    open_risks = select(RISKS).where(RISKS.c.status == Status.OPEN.value)
    kept: set[tuple[str, str]] = set()
    for row in write.connection.execute(open_risks):
        kept |= {("risk", f"R-{row.id:04d}"), (row.origin_kind, row.origin_key)}

    def is_over(table: Table, row: Row[Any]) -> bool:
        if table is RISKS:
            return bool(row.status != Status.OPEN.value and row.changed_at < before)
        return row.made_at < before and (row.kind, row.subject_key) not in kept

    return _erase(write, lambda _: True, is_over)


def _erase(
    write: Write, tells: Tells, among_rows: Callable[[Table, Row[Any]], bool] | None = None
) -> int:
    held = set(write.connection.execute(select(CASES.c.ref).where(CASES.c.legal_hold)).scalars())
    number = 0
    for table, changed in ((ASSESSMENTS, _of_assessment), (OVERRIDES, _of_risk), (RISKS, _of_risk)):
        for row in write.connection.execute(_rows(table)).all():
            words = " ".join(str(value) for value in row)
            if held.intersection(CASE_REF.findall(words)):
                continue
            if among_rows and not among_rows(table, row):
                continue
            values = changed(row, tells)
            if values:
                number += 1
                write.connection.execute(
                    update(table).where(table.c.id == row.id).values(**values, erased_at=write.at)
                )
    return number


def _rows(table: Table) -> Any:
    if table is not OVERRIDES:
        return select(table)
    # What an override says is about its assessment's subject.
    of_subject = (ASSESSMENTS.c.kind, ASSESSMENTS.c.subject_key, ASSESSMENTS.c.params)
    return select(OVERRIDES, *of_subject).join(
        ASSESSMENTS, ASSESSMENTS.c.id == OVERRIDES.c.assessment_id
    )


def _of_assessment(row: Row[Any], tells: Tells) -> Mapping[str, str]:
    values = dict(_of_risk(row, tells))
    made = read_assessment(row.record)
    told = _without(made, tells)
    if told != made:
        values["record"] = assessment_text(told)
    return values


def _of_risk(row: Row[Any], tells: Tells) -> Mapping[str, str]:
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
