"""Which subjects of assessments somebody may see, asked of the store; the rule itself is ``Sight``."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from core.access.model import Scope
from core.cases.filter import CaseFilter
from core.errors import NotFound
from core.risk.register import Risk
from core.risk.subjects import Kind, Sight, Subject, a_subject
from core.storage.assessments import StoredAssessment, assessment_by_id, assessments_of
from core.storage.risks import risk_by_ref, risk_of_origin
from core.storage.scope import is_granted_to, visible
from core.storage.tables import CaseGrantRow, CaseRow, PartnerRow
from core.storage.tables.base import table_of

CASES = table_of(CaseRow)
GRANTS = table_of(CaseGrantRow)
PARTNERS = table_of(PartnerRow)


def sight_of(connection: Connection, scope: Scope, subjects: Iterable[Subject]) -> Sight:
    """How far a scope reaches over these subjects."""
    named = {ref for subject in subjects for ref in subject.filter.cases}
    return Sight(
        partners=_partners(connection, scope),
        hidden_cases=_cases(connection, scope, named, is_seen=False),
        reads_text=scope.sees_text,
    )


def posed(
    connection: Connection, scope: Scope, kind: str, key: str, title: str, filter_: CaseFilter
) -> Subject:
    """The subject that somebody names, or not found, whether it is hidden or not there at all."""
    if kind == Kind.RISK:
        return seen_risk(connection, scope, key).subject
    if kind == Kind.PARTNER:
        name = _partner_name(connection, key)
        if name is None:
            raise NotFound("Partner", key)
        title, filter_ = title.strip() or name, filter_.having(partner=(key,))
    subject = a_subject(kind, key, title, filter_)
    _require_seen(connection, scope, subject)
    return subject


def seen_risk(connection: Connection, scope: Scope, ref: str) -> Risk:
    """A risk inside the scope, or not found."""
    risk = risk_by_ref(connection, ref)
    if risk is None or not sight_of(connection, scope, [risk.subject]).sees(risk.subject):
        raise NotFound("Risk", ref)
    return risk


def seen_assessment(connection: Connection, scope: Scope, ref: str) -> StoredAssessment:
    """An assessment inside the scope, or not found."""
    number = ref.removeprefix("A-")
    found = assessment_by_id(connection, int(number)) if number.isdecimal() else None
    if found is None or not sight_of(connection, scope, [found.subject]).sees(found.subject):
        raise NotFound("Assessment", ref)
    return found


def of_subject(connection: Connection, subject: Subject) -> list[StoredAssessment]:
    """Its assessments under every name, the newest first: as a risk, and as what that was first."""
    names = [subject.ref]
    if subject.kind is Kind.RISK:
        risk = risk_by_ref(connection, subject.key)
        names += [risk.origin] if risk and risk.origin else []
    else:
        risk = risk_of_origin(connection, subject)
        names += [risk.subject.ref] if risk else []
    return assessments_of(connection, names)


def _require_seen(connection: Connection, scope: Scope, subject: Subject) -> None:
    own = _partners(connection, scope)
    strange = subject.named_partners - own if own is not None else frozenset()
    for ref in sorted(strange):
        raise NotFound("Partner", ref)
    named = subject.filter.cases
    seen = _cases(connection, scope, named, is_seen=True)
    for ref in named:
        if ref not in seen:
            raise NotFound("Case", ref)


def _cases(
    connection: Connection, scope: Scope, refs: Iterable[str], *, is_seen: bool
) -> frozenset[str]:
    """Of these references, those of cases that are inside of the scope, or there and outside."""
    wanted = sorted(set(refs))
    if not wanted:
        return frozenset()
    seen = visible(CASES, GRANTS, scope, is_granted_to(CASES, GRANTS, scope))
    statement = select(CASES.c.ref).where(CASES.c.ref.in_(wanted), seen if is_seen else ~seen)
    return frozenset(connection.execute(statement).scalars())


def _partners(connection: Connection, scope: Scope) -> frozenset[str] | None:
    if scope.partner_ids is None:
        return None
    statement = select(PARTNERS.c.ref).where(PARTNERS.c.id.in_(sorted(scope.partner_ids)))
    return frozenset(connection.execute(statement).scalars())


def _partner_name(connection: Connection, ref: str) -> str | None:
    statement = select(PARTNERS.c.name).where(PARTNERS.c.ref == ref)
    found: str | None = connection.execute(statement).scalar_one_or_none()
    return found
