"""One partner as one person may open it: unknown and out of scope are refused in the same words."""

from __future__ import annotations

from core.access.model import Person
from core.access.rules import require, scope_of
from core.desk.boot import Desk
from core.errors import NotFound
from core.storage.directory import Partner, partner

__all__ = ["Partner", "open_partner", "require_seen"]


def open_partner(desk: Desk, person: Person, ref: str) -> Partner:
    """The partner of a reference; not found where it is none that the person may see."""
    require(person, "partner.read")
    if not ref:
        raise NotFound("Partner", "")
    with desk.store.read() as connection:
        return partner(connection, scope_of(person), ref)


def require_seen(person: Person, partner: Partner) -> None:
    """Go on where a partner lies in the person's scope; else it is not found."""
    scope = scope_of(person)
    if scope.partner_ids is not None and partner.id not in scope.partner_ids:
        raise NotFound("Partner", partner.ref)
