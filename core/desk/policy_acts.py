"""What people do in the feed of policy updates: confirm, remind, post; and add versions of clauses.

Every act is recorded with references and codes, never with what was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from core.access.model import Person
from core.access.rules import require
from core.audit.model import Draft
from core.clock import from_micros, to_micros
from core.desk.boot import Desk
from core.desk.policy_feed import REMIND, WRITE
from core.errors import BadInput, Conflict, NotFound, Refused
from core.policy.feed import (
    Confirmation,
    Reminder,
    Update,
    attendance,
    clause_ref,
    is_history,
)
from core.policy.feed_rules import (
    ACKNOWLEDGE,
    feed_rules,
    next_version,
    roles_that_may_confirm,
    usable_start,
    usable_value,
)
from core.storage import policy_feed as rows
from core.storage.clause_register import NewClauseVersion, add_version
from core.storage.engine import Write
from core.storage.policy_feed import Post
from core.storage.policy_updates import all_updates
from core.storage.reference import Clause, clauses
from core.taxonomy import taxonomy
from core.written import usable_text


@dataclass(frozen=True, slots=True)
class NewPost:
    """What a post says, to whom, and about what."""

    kind: str
    importance: str
    title: str
    text: str
    effective_from: date  # UTC
    abuse_types: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()  # that have to confirm it


@dataclass(frozen=True, slots=True)
class SeenPost:
    """A post as the person saw it; what changed since then is not written over."""

    ref: str
    version: int


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A new version of a clause, as somebody asks for it."""

    clause: str
    after: str  # the last version that the person saw
    title: str
    text: str
    importance: str
    reason: str
    effective_from: date  # UTC; today means from this moment on


def confirm(desk: Desk, person: Person, ref: str, version: int) -> None:
    """Say that one has read an update, in the version that was on the screen."""
    require(person, ACKNOWLEDGE)
    with desk.store.write(Draft(person.username, "policy.acknowledge", ref)) as write:
        update = _update(write, ref)
        if version < update.asks_from:
            raise Conflict(
                f"{ref} was changed while you read it.", hint="Read it again, then confirm it."
            )
        found = rows.confirmations(write.connection, [ref])
        if any(c.username == person.username and c.version >= update.asks_from for c in found):
            raise Refused("You confirmed this already.")
        write.details["version"] = version
        at = from_micros(write.at)
        rows.confirm(write, Confirmation(ref, person.username, person.role, version, at))


def take_back(desk: Desk, person: Person, ref: str) -> None:
    """Take one's own confirmation back."""
    require(person, ACKNOWLEDGE)
    with desk.store.write(Draft(person.username, "policy.take_back", ref)) as write:
        _update(write, ref)
        if not rows.take_back(write, ref, person.username):
            raise Refused("You have not confirmed this.")


def remind(desk: Desk, person: Person, ref: str, usernames: Sequence[str] = ()) -> int:
    """Remind those who have not confirmed an update, or some of them; gives how many it were."""
    require(person, REMIND)
    with desk.store.write(Draft(person.username, "policy.remind", ref)) as write:
        update = _update(write, ref)
        at = from_micros(write.at)
        if is_history(update, at, feed_rules()):
            raise Refused("This update waits for nobody any more.")
        found = attendance(
            update,
            rows.members(write.connection),
            rows.confirmations(write.connection, [ref]),
            rows.reminders(write.connection, [ref]),
        )
        since = at - feed_rules().remind_again
        lately = {name for name, one in found.reminded.items() if one.at > since}
        missing = [m.username for m in found.missing if not usernames or m.username in usernames]
        due = [name for name in missing if name not in lately]
        if not due:
            raise Refused(
                "Nobody is left to be reminded." if not missing else "They were reminded already.",
                hint=f"Once in {feed_rules().remind_again_hours} hours is enough.",
            )
        rows.remind(write, [Reminder(ref, name, person.username, at) for name in due])
        write.details["people"] = due
        return len(due)


def add_post(desk: Desk, person: Person, new: NewPost) -> str:
    """Post guidance or a change of how cases are worked; gives its reference."""
    require(person, WRITE)
    usable_start(new.effective_from, desk.clock.now().date(), feed_rules())
    with desk.store.write(Draft(person.username, "policy.post", "")) as write:
        write.subject = rows.add_post(write, **_facts(write, new))
        write.details |= {"kind": new.kind, "importance": new.importance}
        return write.subject


def edit_post(
    desk: Desk, person: Person, seen: SeenPost, new: NewPost, *, asks_again: bool = False
) -> None:
    """Say a post anew; where it asks again, confirmations of before no longer count."""
    with _posting(desk, person, seen, "policy.edit_post") as (write, post):
        if new.effective_from != post.effective_at.date():
            usable_start(new.effective_from, desk.clock.now().date(), feed_rules())
        facts = _facts(write, new)
        if asks_again:
            facts |= {"asks_from": post.version + 1, "asks_since_at": write.at}
        rows.change_post(write, post, **facts, erased_at=None)
        write.details |= {"asks_again": asks_again, "importance": new.importance}


def withdraw_post(desk: Desk, person: Person, seen: SeenPost) -> None:
    """Take a post out of the feed; it stays to be read by its reference."""
    with _posting(desk, person, seen, "policy.withdraw_post") as (write, post):
        if post.withdrawn_at:
            raise Refused("It is withdrawn already.")
        rows.change_post(write, post, withdrawn_by=person.username, withdrawn_at=write.at)


def restore_post(desk: Desk, person: Person, seen: SeenPost) -> None:
    """Put a withdrawn post back into the feed."""
    with _posting(desk, person, seen, "policy.restore_post") as (write, post):
        if not post.withdrawn_at:
            raise Refused("It is in the feed.")
        rows.change_post(write, post, withdrawn_by="", withdrawn_at=None)


def add_clause_version(desk: Desk, person: Person, new: NewVersion) -> str:
    """Add a version after the last one of a clause; gives its reference."""
    require(person, WRITE)
    rules = feed_rules()
    usable_value(new.importance, "policy_importances", "importance")
    title = usable_text(new.title, "title", rules.longest_title)
    body = usable_text(new.text, "text", rules.longest_text)
    reason = usable_text(new.reason, "reason", rules.longest_text)
    today = desk.clock.now().date()
    usable_start(new.effective_from, today, rules)
    with desk.store.write(Draft(person.username, "policy.add_clause_version", "")) as write:
        last = _last_version(write, new)
        begins = write.at if new.effective_from == today else to_micros(_midnight(new))
        if begins <= to_micros(last.effective_from):
            raise BadInput(
                f"Version {last.version} begins on {last.effective_from:%Y-%m-%d}.",
                at="effective from",
                hint="choose a later day",
            )
        if (title, body) == (last.title, last.body):
            raise BadInput("Nothing in it is new.", at="text", hint="change the text or the title")
        version = next_version(last.version)
        facts = NewClauseVersion(version, title, body, new.importance, reason, from_micros(begins))
        add_version(write, last, facts)
        write.subject = clause_ref(last.key, version)
        write.details |= {"importance": new.importance, "from": new.effective_from.isoformat()}
        return write.subject


@contextmanager
def _posting(desk: Desk, person: Person, seen: SeenPost, act: str) -> Iterator[tuple[Write, Post]]:
    require(person, WRITE)
    with desk.store.write(Draft(person.username, act, seen.ref)) as write:
        post = rows.post_by_ref(write.connection, seen.ref)
        if post is None:
            raise NotFound("Post", seen.ref)
        if post.version != seen.version:
            raise Conflict(
                f"{seen.ref} was changed while you looked at it.",
                hint="Nothing of yours was saved or lost. Look at it, then save again.",
            )
        yield write, post


def _facts(write: Write, new: NewPost) -> dict[str, object]:
    """What a post says, checked, as it is kept."""
    rules = feed_rules()
    usable_value(new.kind, "policy_update_kinds", "kind")
    if not taxonomy().policy_update_kinds[new.kind].is_set("is_post"):
        raise BadInput("This kind comes by itself.", at="kind", hint="guidance or workflow")
    usable_value(new.importance, "policy_importances", "importance")
    for area in new.abuse_types:
        usable_value(area, "abuse_types", "abuse type")
    if len(new.clauses) > rules.most_clauses:
        hint = f"at most {rules.most_clauses}"
        raise BadInput(f"{len(new.clauses)} clauses are named.", at="clauses", hint=hint)
    unknown = set(new.clauses) - {one.key for one in clauses(write.connection)}
    if unknown:
        raise NotFound("Clause", ", ".join(sorted(unknown)))
    wrong = [role for role in new.roles if role not in roles_that_may_confirm()]
    if wrong:
        raise BadInput(f"{wrong[0]} confirms no update.", at="roles", hint="choose other roles")
    asks = new.importance in rules.due_days
    return {
        "kind": new.kind,
        "importance": new.importance,
        "title": usable_text(new.title, "title", rules.longest_title),
        "body": usable_text(new.text, "text", rules.longest_text),
        "effective_at": to_micros(_midnight(new)),
        "abuse_types": new.abuse_types,
        "clauses": new.clauses,
        "roles": new.roles if asks else (),
    }


def _update(write: Write, ref: str) -> Update:
    for update in all_updates(write.connection, feed_rules()):
        if update.ref == ref and update.withdrawn_at is None:
            return update
    raise NotFound("Policy update", ref)


def _last_version(write: Write, new: NewVersion) -> Clause:
    found = clauses(write.connection, key=new.clause) if new.clause else []
    if not found:
        raise NotFound("Clause", new.clause)
    if found[-1].version != new.after:
        raise Conflict(
            f"{new.clause} has version {found[-1].version} by now.",
            hint="Nothing of yours was saved or lost. Look at it, then save again.",
        )
    return found[-1]


def _midnight(new: NewPost | NewVersion) -> datetime:
    return datetime.combine(new.effective_from, time(), tzinfo=UTC)
