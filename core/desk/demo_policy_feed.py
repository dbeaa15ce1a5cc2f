"""What was posted and confirmed in the feed of policy updates of the demo workspace."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from pydantic import BaseModel, ConfigDict

from core.audit.model import Draft
from core.clock import from_micros, to_micros
from core.desk.boot import OPERATOR, Desk
from core.policy.feed import Confirmation, Reminder, Update, clause_ref, is_history
from core.policy.feed_rules import feed_rules, next_version
from core.reference import read_reference
from core.settings import REFERENCE_DIR
from core.storage.clause_register import NewClauseVersion, add_version
from core.storage.engine import Write
from core.storage.policy_feed import add_post, confirm, members, remind
from core.storage.policy_updates import all_updates
from core.storage.reference import clauses

FEED_FILE = REFERENCE_DIR / "demo" / "policy_feed.yaml"
ONE_DAY = timedelta(days=1)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Told(_Strict):
    by: str
    importance: str
    days_ago: int
    text: str
    missing: tuple[str, ...] = ()  # have not confirmed it
    reminded: tuple[str, ...] = ()
    reminded_by: str = ""


class _Post(_Told):
    kind: str
    title: str
    clauses: tuple[str, ...] = ()
    abuse_types: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class _Version(_Told):
    clause: str
    begins_in: int
    reason: str


class _Feed(_Strict):
    posts: tuple[_Post, ...]
    versions: tuple[_Version, ...]


def add_policy_feed(desk: Desk) -> int:
    """Write posts and versions as of the last days, with who confirmed them; gives how many."""
    found = read_reference(FEED_FILE, _Feed)
    with desk.store.write(Draft(OPERATOR.username, "demo.create", "policy feed")) as write:
        told: dict[str, _Told] = {_post(write, one): one for one in found.posts}
        told |= {_version(write, one): one for one in found.versions}
        for update in all_updates(write.connection, feed_rules()):
            _confirmed(write, update, told.get(update.ref))
        write.details["updates"] = len(told)
    return len(told)


def _post(write: Write, one: _Post) -> str:
    at = to_micros(_ago(write, one.days_ago))
    facts = one.model_dump(
        include={"kind", "importance", "title", "clauses", "abuse_types", "roles"}
    )
    day = _midnight(_ago(write, one.days_ago))
    moments = {"posted_at": at, "asks_since_at": at, "effective_at": to_micros(day)}
    return add_post(write, body=one.text, posted_by=one.by, **facts, **moments)


def _version(write: Write, one: _Version) -> str:
    last = clauses(write.connection, key=one.clause)[-1]
    version = next_version(last.version)
    begins = _midnight(_ago(write, -one.begins_in))
    new = NewClauseVersion(version, last.title, one.text, one.importance, one.reason, begins)
    add_version(write, last, new, by=one.by, at=to_micros(_ago(write, one.days_ago)))
    return clause_ref(one.clause, version)


def _confirmed(write: Write, update: Update, told: _Told | None) -> None:
    """Everybody who was asked confirmed it within a day, but for those who are missing."""
    now = from_micros(write.at)
    if is_history(update, now, feed_rules()) or update.announced_at > now:
        return
    missing = told.missing if told else ()
    at = min(update.announced_at + ONE_DAY, now)
    for one in members(write.connection):
        if one.role in update.roles and one.username not in missing:
            confirm(write, Confirmation(update.ref, one.username, one.role, update.version, at))
    if told:
        yesterday = now - ONE_DAY
        remind(write, [Reminder(update.ref, n, told.reminded_by, yesterday) for n in told.reminded])


def _ago(write: Write, days: int) -> datetime:
    return from_micros(write.at) - days * ONE_DAY


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(), tzinfo=UTC)
