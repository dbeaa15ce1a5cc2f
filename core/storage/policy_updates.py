"""Reads what the feed is made of: clause versions, posts, and changes of published documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from core.policy.feed import CLAUSE, DOCUMENT, Update, clause_ref
from core.policy.feed_rules import FeedRules
from core.policy.model import PolicyVersion
from core.policy.twins import shown_once
from core.storage.clause_register import ClauseAddition, additions
from core.storage.policy_documents import policy_changes
from core.storage.policy_feed import Post, posts
from core.storage.reference import Clause, clauses


def all_updates(connection: Connection, rules: FeedRules) -> tuple[Update, ...]:
    """Everything that the feed can show, the newest first; posts taken back included."""
    found = [
        *of_clauses(clauses(connection), additions(connection), rules),
        *(of_post(post, rules) for post in posts(connection)),
        *of_documents(policy_changes(connection), rules),
    ]
    return tuple(sorted(found, key=lambda one: (one.announced_at, one.ref), reverse=True))


def of_clauses(
    versions: Sequence[Clause],
    added: Mapping[tuple[str, str], ClauseAddition],
    rules: FeedRules,
) -> Iterator[Update]:
    """Every version of a clause after its first."""
    known: set[str] = set()
    for clause in versions:
        if clause.key in known:
            yield _of_clause(clause, added.get((clause.key, clause.version)), rules)
        known.add(clause.key)


def of_post(post: Post, rules: FeedRules) -> Update:
    """A post; one that was changed so much that it asks again is due anew."""
    due = rules.due_at(post.importance, post.asks_since) if post.roles else None
    return Update(
        ref=post.ref,
        kind=post.kind,
        title=post.title,
        text=post.body,
        importance=post.importance,
        announced_at=post.posted_at,
        effective_at=post.effective_at,
        abuse_types=post.abuse_types,
        clauses=post.clauses,
        roles=post.roles,
        due_at=due,
        by=post.posted_by,
        version=post.version,
        asks_from=post.asks_from,
        asks_since=post.asks_since,
        changed_at=post.changed_at,
        withdrawn_at=post.withdrawn_at,
        withdrawn_by=post.withdrawn_by,
        is_erased=post.is_erased,
    )


def of_documents(versions: Sequence[PolicyVersion], rules: FeedRules) -> Iterator[Update]:
    """Changes of documents; what several of them say at about one time stands here once."""
    return (of_document(version, rules) for version in shown_once(versions))


def of_document(version: PolicyVersion, rules: FeedRules) -> Update:
    """A change of a document; when it took effect is not known."""
    importance = rules.document_importance.get(version.importance, "note")
    roles = rules.asked_roles(DOCUMENT, importance, version.abuse_types)
    update = Update(
        ref=version.key,
        kind=DOCUMENT,
        title=_title(version),
        text="",
        importance=importance,
        announced_at=version.at,
        effective_at=None,
        abuse_types=version.abuse_types,
        clauses=tuple(one.clause for one in version.clauses),
        roles=roles,
        due_at=rules.due_at(importance, version.at) if roles else None,
    )
    # What was taken back since waits for nobody.
    return replace(update, roles=(), due_at=None) if version.taken_back_at else update


def _title(version: PolicyVersion) -> str:
    """The document with the first section that changed, and how many others did."""
    whole = f"{version.service}: {version.document}"
    names = list(dict.fromkeys(one.path[-1] for one in version.sections if one.path))
    if not names:
        return whole
    return f"{whole}, {names[0]}" + (f" and {len(names) - 1} more" if names[1:] else "")


def _of_clause(clause: Clause, added: ClauseAddition | None, rules: FeedRules) -> Update:
    kind, areas = CLAUSE, (clause.abuse_type,)
    importance = added.importance if added else rules.importance_of_clause(clause.abuse_type)
    announced = added.added_at if added else clause.effective_from
    roles = rules.asked_roles(kind, importance, areas)
    return Update(
        ref=clause_ref(clause.key, clause.version),
        kind=kind,
        title=f"{clause.key} {clause.title}, version {clause.version}",
        text=added.reason if added else "",
        importance=importance,
        announced_at=announced,
        effective_at=clause.effective_from,
        abuse_types=areas,
        clauses=(clause.key,),
        roles=roles,
        due_at=rules.due_at(importance, announced) if roles else None,
        by=added.added_by if added else "",
        is_erased=added.is_erased if added else False,
    )
