"""Records the rating of a resolved case, or corrects it; each is an entry of the record."""

from __future__ import annotations

from datetime import datetime

from core.access.model import Person
from core.access.rules import may, require, scope_of
from core.audit.model import Draft
from core.cases.case import Case
from core.cases.csat import usable_rating, why_not_rate
from core.clock import to_micros
from core.desk.boot import Desk
from core.errors import Refused
from core.storage.one_case import case_by_ref
from core.storage.ratings import add_rating

# Whoever writes a note on a case may also have heard how the service was.
RATE = "case.note"


def record_csat(
    desk: Desk,
    person: Person,
    ref: str,
    seen: int,
    rating: int,
    given_at: datetime | None = None,
) -> None:
    """Record how a resolved case was rated, given at that moment or now; replaces an earlier one.

    ``seen`` is the version of the case on the person's screen.
    """
    require(person, RATE)
    now = desk.clock.now()
    given_at = given_at or now
    with desk.store.write(Draft(person.username, "case.rate", ref, {"rating": rating})) as write:
        case = case_by_ref(write.connection, scope_of(person), ref)
        refusal = why_not_rate(case) or _why_not_again(case, rating)
        if refusal:
            raise refusal
        usable_rating(rating, given_at, case, now)
        if case.csat is not None:
            write.details["rating_before"] = case.csat
        add_rating(write, case, seen, rating, to_micros(given_at))


def may_rate(person: Person, case: Case) -> bool:
    """True when the person is shown the form."""
    return may(person, RATE) and why_not_rate(case) is None


def _why_not_again(case: Case, rating: int) -> Refused | None:
    if case.csat != rating:
        return None
    return Refused(f"{case.ref} is rated {rating} already.", hint="Choose another rating.")
