"""What a role may do, as answered by the table of permissions; nothing here knows a person."""

from __future__ import annotations

from core.taxonomy import acts, acts_of, taxonomy

# Held to the partners that they serve; every other role with the act sees all partners.
ROLES_BOUND_TO_PARTNERS = frozenset({"partner_manager"})


def role_may(role: str, act: str) -> bool:
    """True when the table says so; an unknown role may do nothing, an unknown act is a mistake."""
    if act not in acts():
        msg = f"no act is called {act!r}"
        raise LookupError(msg)
    return act in acts_of(role)


def who_may(act: str) -> str:
    """The roles that may do an act, as people read them: ``Team lead or Auditor``."""
    labels = [taxonomy().roles[role].label for role in acts()[act].roles]
    if len(labels) < 2:
        return "".join(labels)
    return f"{', '.join(labels[:-1])} or {labels[-1]}"


def is_bound_to_partners(role: str) -> bool:
    """True for roles whose reads contain own partners only."""
    return role in ROLES_BOUND_TO_PARTNERS
