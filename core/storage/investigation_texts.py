"""Erases what people wrote in investigations, with the cases and requesters that it is about.

What is erased is a text as a whole: a name cannot be cut out of a sentence that tells of a person.
A pinned case under legal hold holds the texts of its investigation too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, update

from core.cases.filter import CaseFilter
from core.clock import to_micros
from core.risk.investigation import investigation_limits
from core.storage.engine import Write
from core.storage.investigations import (
    INVESTIGATIONS,
    ITEMS,
    LINKS,
    PINS,
    Touch,
    scope_text,
    touch,
)
from core.storage.personal_texts import Erasing, Tells, telling
from core.storage.retention import CASES, kept_for
from core.storage.sets import among

NO_TEXT = {"question": "", "outcome": ""}


def erase_about(write: Write, case_ids: Sequence[int]) -> int:
    """Empty findings that rest on any of these cases; gives how many texts."""
    linked = exists().where(
        LINKS.c.item_id == ITEMS.c.id, among(LINKS.c.case_id, case_ids, write.dialect)
    )
    rows = write.connection.execute(
        select(ITEMS.c.id, ITEMS.c.investigation_id).where(
            linked, ITEMS.c.erased_at.is_(None), ~_is_held(ITEMS.c.investigation_id)
        )
    ).all()
    _empty_items(write, [row.id for row in rows])
    _mark(write, {row.investigation_id for row in rows})
    return len(rows)


def erase_mentions(write: Write, names: Iterable[str]) -> int:
    """Empty every text and filter that tells any of these names; gives how many."""
    tells = telling(names)
    items = _items_that_tell(write, tells)
    _empty_items(write, list(items))
    heads = _empty_heads(write, tells)
    _mark(write, set(items.values()) | heads)
    return len(items) + len(heads)


def erase_ended(write: Write, at: datetime) -> int:
    """Empty the texts of investigations that ended longer ago than they are kept; gives how many."""
    kept = kept_for()[investigation_limits().kept_as]
    facts = INVESTIGATIONS.c
    has_item = exists().where(ITEMS.c.investigation_id == facts.id, ITEMS.c.erased_at.is_(None))
    statement = select(facts.id).where(
        facts.ended_at < to_micros(at - kept),
        or_(facts.question != "", facts.outcome != "", has_item),
        ~_is_held(facts.id),
    )
    ended = list(write.connection.execute(statement).scalars())
    items = select(ITEMS.c.id).where(among(ITEMS.c.investigation_id, ended, write.dialect))
    _empty_items(write, list(write.connection.execute(items).scalars()))
    for key in ended:
        _empty_head(write, key, **NO_TEXT)
    _mark(write, ended)
    return len(ended)


def _is_held(key: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(
        PINS.c.investigation_id == key, CASES.c.id == PINS.c.case_id, CASES.c.legal_hold
    )


def _items_that_tell(write: Write, tells: Tells) -> dict[int, int]:
    """Findings and hypotheses, with their investigation, that tell it themselves or in a link."""
    rows = write.connection.execute(
        select(ITEMS.c.id, ITEMS.c.investigation_id, ITEMS.c.body, ITEMS.c.reason, LINKS.c.value)
        .outerjoin(LINKS, LINKS.c.item_id == ITEMS.c.id)
        .where(ITEMS.c.erased_at.is_(None), ~_is_held(ITEMS.c.investigation_id))
    )
    return {
        row.id: row.investigation_id
        for row in rows
        if tells(f"{row.body}\n{row.reason}\n{row.value or ''}")
    }


def _empty_items(write: Write, ids: Sequence[int]) -> None:
    """Empty the texts, and every link but those to cases: a filter or address can name somebody."""
    write.connection.execute(
        update(ITEMS)
        .where(among(ITEMS.c.id, ids, write.dialect))
        .values(body="", reason="", erased_at=write.at)
    )
    write.connection.execute(
        LINKS.delete().where(among(LINKS.c.item_id, ids, write.dialect), LINKS.c.kind != "case")
    )


def _empty_heads(write: Write, tells: Tells) -> set[int]:
    """Empty questions and outcomes that tell it, and take it out of scopes."""
    emptied: set[int] = set()
    statement = select(INVESTIGATIONS).where(~_is_held(INVESTIGATIONS.c.id))
    for row in write.connection.execute(statement).all():
        facts = {n: "" for n in NO_TEXT if tells(getattr(row, n))}
        scope = CaseFilter.model_validate_json(row.scope)
        if tells(scope.text):
            facts["scope"] = scope_text(scope.without("text"))
        if facts:
            _empty_head(write, row.id, **facts)
            emptied.add(row.id)
    return emptied


def _empty_head(write: Write, key: int, **facts: str) -> None:
    write.connection.execute(
        update(INVESTIGATIONS).where(INVESTIGATIONS.c.id == key).values(**facts, erased_at=write.at)
    )


def _mark(write: Write, keys: Collection[int]) -> None:
    """Give a new version, so that nobody saves over it what they still have on the screen."""
    statement = select(INVESTIGATIONS.c.id, INVESTIGATIONS.c.version)
    chosen = among(INVESTIGATIONS.c.id, sorted(keys), write.dialect)
    for row in write.connection.execute(statement.where(chosen)).all():
        touch(write, row.id, row.version, Touch("erased"))


INVESTIGATION_TEXTS = Erasing(erase_about, erase_mentions, erase_ended)
