"""Rows of the register of perceived risks; a change names the version that it was made from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from core.clock import from_micros
from core.errors import Conflict
from core.risk.register import Risk, Status, risk_ref
from core.risk.subjects import Kind, Subject
from core.storage.assessments import params_text, read_params
from core.storage.engine import Write
from core.storage.tables import RiskRow
from core.storage.tables.base import table_of

RISKS = table_of(RiskRow)


def add_risk(write: Write, subject: Subject, *, owner: str, next_review_on: date) -> int:
    """Put a subject on the register; one that is no risk yet is kept as its origin."""
    is_from_another = subject.kind is not Kind.RISK
    found = write.connection.execute(
        insert(RiskRow)
        .values(
            title=subject.title,
            params=params_text(subject.filter),
            origin_kind=subject.kind.value if is_from_another else "",
            origin_key=subject.key if is_from_another else "",
            owner=owner,
            next_review_on=next_review_on.isoformat(),
            status=Status.OPEN.value,
            created_by=write.draft.actor,
            created_at=write.at,
            changed_by=write.draft.actor,
            changed_at=write.at,
        )
        .returning(RISKS.c.id)
    )
    return int(found.scalar_one())


def risk_by_ref(connection: Connection, ref: str) -> Risk | None:
    """One risk, or None."""
    number = ref.removeprefix("R-")
    if not number.isdecimal() or risk_ref(int(number)) != ref:
        return None
    found = _read(connection, select(RISKS).where(RISKS.c.id == int(number)))
    return found[0] if found else None


def risks(connection: Connection) -> list[Risk]:
    """Every risk, open or closed, in the order of their references."""
    return _read(connection, select(RISKS).order_by(RISKS.c.id))


def risk_of_origin(connection: Connection, subject: Subject) -> Risk | None:
    """The newest risk that a subject was put on the register as."""
    statement = (
        select(RISKS)
        .where(RISKS.c.origin_kind == subject.kind.value, RISKS.c.origin_key == subject.key)
        .order_by(RISKS.c.id.desc())
        .limit(1)
    )
    found = _read(connection, statement)
    return found[0] if found else None


def change_risk(write: Write, risk: Risk, version: int, **values: object) -> None:
    """Change a risk that still is as its reader saw it; otherwise a conflict, and nothing changes."""
    changed = write.connection.execute(
        update(RISKS)
        .where(RISKS.c.id == risk.id, RISKS.c.version == version)
        .values(
            version=RISKS.c.version + 1,
            changed_by=write.draft.actor,
            changed_at=write.at,
            **values,
        )
    )
    if changed.rowcount == 0:
        owner = risk.owner or "nobody"
        raise Conflict(
            f"{risk.changed_by} changed {risk.ref} first: owner {owner}, next review "
            f"{risk.next_review_on:%Y-%m-%d}, {risk.status}.",
            hint="It is shown as it stands now; change it again if that is still right.",
        )


def _read(connection: Connection, statement: Select[Any]) -> list[Risk]:
    return [_risk(row) for row in connection.execute(statement)]


def _risk(row: Row[Any]) -> Risk:
    ref = risk_ref(row.id)
    return Risk(
        id=row.id,
        subject=Subject(Kind.RISK, ref, row.title, read_params(row.params)),
        origin=f"{row.origin_kind}:{row.origin_key}" if row.origin_kind else "",
        owner=row.owner,
        next_review_on=date.fromisoformat(row.next_review_on),
        status=Status(row.status),
        reason=row.reason,
        version=row.version,
        changed_by=row.changed_by,
        changed_at=from_micros(row.changed_at),
    )
