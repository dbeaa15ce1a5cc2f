"""The one condition that holds every read of cases to a person's scope, in store and snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, false, or_, select, true

from core.access.model import Scope

OPEN, RESTRICTED, SEALED = "open", "restricted", "sealed"
BY_PERSON, BY_ROLE = "person", "role"


def visible(
    cases: FromClause,
    grants: FromClause,
    scope: Scope,
    is_granted: ColumnElement[bool] | None = None,
) -> ColumnElement[bool]:
    """True for the cases that a scope contains; both tables have the store's column names.

    ``is_granted`` is true for ``granted_to`` where the caller has looked them up already.
    """
    if not scope.sees_cases:
        return false()
    if is_granted is None:
        is_granted = cases.c.id.in_(granted_to(grants, scope))
    return and_(_of_partners(cases, scope), _of_level(cases, is_granted, scope))


def granted_to(grants: FromClause, scope: Scope) -> Select[Any]:
    """The restricted cases that are open to the person or their role by name."""
    return select(grants.c.case_id).where(_names(grants, scope))


def is_granted_to(cases: FromClause, grants: FromClause, scope: Scope) -> ColumnElement[bool]:
    """The same asked of each case: quicker for a few cases than listing all that are granted."""
    return exists().where(grants.c.case_id == cases.c.id, _names(grants, scope))


def _names(grants: FromClause, scope: Scope) -> ColumnElement[bool]:
    by_name = and_(grants.c.kind == BY_PERSON, grants.c.name == scope.username)
    by_role = and_(grants.c.kind == BY_ROLE, grants.c.name == scope.role)
    return or_(by_name, by_role)


def _of_partners(cases: FromClause, scope: Scope) -> ColumnElement[bool]:
    if scope.partner_ids is None:
        return true()
    # No partner in scope means no case: an empty IN is false on every store.
    return either(cases.c.partner_id, sorted(scope.partner_ids))


def _of_level(
    cases: FromClause, is_granted: ColumnElement[bool], scope: Scope
) -> ColumnElement[bool]:
    level = cases.c.restriction
    allowed = [level == OPEN]
    if scope.sees_every_restricted:
        allowed.append(level == RESTRICTED)
    else:
        allowed.append(and_(level == RESTRICTED, is_granted))
    if scope.sees_sealed:
        allowed.append(level == SEALED)
    return or_(*allowed)


def either(column: ColumnElement[Any], values: Sequence[object]) -> ColumnElement[bool]:
    """Equal to any of the values; a short list as comparisons, which keep an enum an enum."""
    if not values:
        return false()
    if len(values) <= 8:
        return or_(*(column == value for value in values))
    return column.in_(values)
