"""May this person do this, and how far do their reads reach: pure, and deny unless granted."""

from __future__ import annotations

from core.access.model import Person, Scope
from core.access.permissions import is_bound_to_partners, role_may, who_may
from core.errors import NotFound, Refused
from core.taxonomy import PageEntry, acts, home_of, page_entries


def may(person: Person, act: str) -> bool:
    """True when the person's role grants the act, or the machine's operator asks."""
    return person.is_operator or role_may(person.role, act)


def why_not(person: Person, act: str) -> Refused | None:
    """Why the person may not do the act and who may; None when they may."""
    if may(person, act):
        return None
    allowed = who_may(act)
    hint = f"Ask somebody with this role: {allowed}." if allowed else "Nobody may do this."
    return Refused(f"Your role does not allow this: {acts()[act].label.lower()}.", hint=hint)


def require(person: Person, act: str) -> None:
    """Go on, or raise the refusal."""
    refusal = why_not(person, act)
    if refusal:
        raise refusal


def scope_of(person: Person) -> Scope:
    """What the person's reads may contain; every read of cases takes this."""
    sees_cases = may(person, "case.read")
    bound = is_bound_to_partners(person.role) and not person.is_operator
    return Scope(
        username=person.username,
        role=person.role,
        partner_ids=person.partner_ids if bound or not sees_cases else None,
        sees_cases=sees_cases,
        sees_text=may(person, "case.read_content"),
        sees_sealed=may(person, "case.read_sealed"),
        sees_every_restricted=may(person, "case.read_restricted_grant"),
    )


def may_open(person: Person, page: PageEntry) -> bool:
    """True when the person's role has the page and the act behind it."""
    return person.is_operator or (person.role in page.roles and may(person, page.act))


def pages_of(person: Person) -> tuple[PageEntry, ...]:
    """The pages that the person may open, in menu order."""
    return tuple(page for page in page_entries().values() if may_open(person, page))


def open_page(person: Person, path: str) -> PageEntry:
    """The page at an address; unknown and not allowed are the same ``NotFound``."""
    for page in pages_of(person):
        if page.path == path:
            return page
    raise NotFound("Page", f"/{path}")


def home_page(person: Person) -> PageEntry | None:
    """The page that the bare address opens for the person's role."""
    home = home_of(person.role)
    return home if home and may_open(person, home) else None
